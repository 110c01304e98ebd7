/* commands.c - see commands.h. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "text/nearest.h"

#define NAME_MAX_BYTES 64

#define O(name) OPTION(name)
#define ALONE   COMMAND_ALONE
const struct command_row command_rows[] = {
#define COMMAND_GROUP(title) {.line = title},
#define COMMAND(function, name, arguments, options, line, details, examples)                       \
    {name, line, #function, arguments, options, details, examples},
#define OPTION_OF(function, option, help)
#include "commands.def"
#undef COMMAND_GROUP
#undef COMMAND
#undef OPTION_OF
};
const size_t command_row_count = sizeof command_rows / sizeof command_rows[0];

static const struct {
    const char *function;
    enum option_index option;
    const char *help;
} option_helps[] = {
#define COMMAND_GROUP(title)
#define COMMAND(function, name, arguments, options, line, details, examples)
#define OPTION_OF(function, option, help) {#function, OPTION_##option, help},
#include "commands.def"
#undef COMMAND_GROUP
#undef COMMAND
#undef OPTION_OF
};

/* --- by name ------------------------------------------------------------------------------ */

bool commands_is_family(const struct command_row *command, const char *word)
{
    size_t n = strlen(word);
    return command->name != NULL && strncmp(command->name, word, n) == 0 && command->name[n] == ' ';
}

/* Returns how many of the words are the command's name; 0: another command. */
static int match(const struct command_row *command, char **words, int count)
{
    if (command->name == NULL || count < 1)
        return 0;
    if (strcmp(command->name, words[0]) == 0)
        return 1;
    const char *second = strchr(command->name, ' ');
    return count >= 2 && commands_is_family(command, words[0]) && strcmp(second + 1, words[1]) == 0
               ? 2
               : 0;
}

const struct command_row *commands_find(char **words, int count, int *used)
{
    for (size_t i = 0; i < command_row_count; i++)
        if ((*used = match(&command_rows[i], words, count)) != 0)
            return &command_rows[i];
    return NULL;
}

int commands_nearest(char **words, int count, const char **name)
{
    char both[NAME_MAX_BYTES];
    int length = snprintf(both, sizeof both, "%s %s", words[0], count > 1 ? words[1] : "");
    struct cw_nearest one = cw_nearest_to(words[0]), two = cw_nearest_to(both);
    for (size_t i = 0; i < command_row_count; i++) {
        const char *other = command_rows[i].name;
        if (other == NULL)
            continue;
        cw_nearest_try(&one, other, strcspn(other, " "));
        cw_nearest_try(&one, other, strlen(other)); /* group-list */
        if (count > 1 && length < NAME_MAX_BYTES)
            cw_nearest_try(&two, other, strlen(other));
    }
    struct cw_nearest *nearest = two.found != NULL ? &two : &one;
    *name = nearest->found;
    return nearest->found == NULL ? 0 : (int)nearest->found_length;
}

/* --- what a command takes ------------------------------------------------------------------- */

void commands_arguments(const struct command_row *command, int *least, int *most)
{
    *least = *most = 0;
    for (const char *p = command->arguments; *p != 0;) {
        size_t n = strcspn(p, " ");
        *least += *p != '[';
        ++*most;
        p += n + (p[n] == ' ');
    }
}

const char *commands_option_help(const struct command_row *command, enum option_index option)
{
    for (size_t i = 0; i < sizeof option_helps / sizeof option_helps[0]; i++)
        if (option_helps[i].option == option &&
            strcmp(option_helps[i].function, command->function) == 0)
            return option_helps[i].help;
    return option_rows[option].help;
}
