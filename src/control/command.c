/* command.c - see command.h. */
#include "control/command.h"

#include <stdio.h>
#include <string.h>

#include "text/nearest.h"

#define NAME_MAX_BYTES 64

const struct cw_control_row cw_control_rows[] = {
#define CONTROL_GROUP(title) {.line = title},
#define CONTROL(function, name, arguments, options, columns, line, details, examples)              \
    {name, line, arguments, options, columns, details, examples},
#define CONTROL_REQUEST(action, columns, name, arguments, options, line, details, examples)        \
    {name, line, arguments, options, columns, details, examples},
#include "control/control.def"
#undef CONTROL_GROUP
#undef CONTROL
#undef CONTROL_REQUEST
};
const size_t cw_control_row_count = sizeof cw_control_rows / sizeof cw_control_rows[0];

/* --- rows --------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && memcmp(a, b, strlen(a)) == 0;
}

/* How many of the words are the row's name; 0: another command. */
static unsigned match(const struct cw_control_row *row, const char *const words[], size_t count)
{
    if (row->name == NULL || count < 1)
        return 0;
    if (same(row->name, words[0]))
        return 1;
    const char *space = memchr(row->name, ' ', strlen(row->name));
    if (space == NULL || count < 2)
        return 0;
    size_t n = (size_t)(space - row->name);
    bool first = strlen(words[0]) == n && memcmp(words[0], row->name, n) == 0;
    return first && same(space + 1, words[1]) ? 2 : 0;
}

const struct cw_control_row *cw_control_find(const char *const words[], size_t count,
                                             unsigned *used)
{
    for (size_t i = 0; i < cw_control_row_count; i++)
        if ((*used = match(&cw_control_rows[i], words, count)) != 0)
            return &cw_control_rows[i];
    return NULL;
}

static size_t length_until(const char *text, const char *ends)
{
    size_t n = 0;
    while (text[n] != 0 && memchr(ends, text[n], strlen(ends)) == NULL)
        n++;
    return n;
}

bool cw_control_next_option(const char **text, struct cw_control_option *option)
{
    const char *p = *text;
    if (*p == 0)
        return false;
    option->name = p;
    option->name_n = length_until(p, " |");
    p += option->name_n + (p[option->name_n] == ' ');
    option->value = p;
    option->value_n = length_until(p, "|");
    p += option->value_n + (p[option->value_n] == '|');
    option->help = p;
    option->help_n = length_until(p, "\n");
    p += option->help_n;
    *text = p + (*p == '\n');
    return true;
}

void cw_control_arguments(const struct cw_control_row *row, unsigned *least, unsigned *most)
{
    *least = *most = 0;
    for (const char *p = row->arguments; *p != 0;) {
        size_t n = length_until(p, " ");
        *least += *p != '[';
        ++*most;
        p += n + (p[n] == ' ');
    }
}

/* --- a command line ------------------------------------------------------------------------- */

/* A family of commands has the first word in common: "user list", "user delete". */
static void refuse_name(const char *const words[], size_t count, char *error)
{
    char both[NAME_MAX_BYTES];
    int length = snprintf(both, sizeof both, count > 1 ? "%s %s" : "%s", words[0],
                          count > 1 ? words[1] : "");
    struct cw_nearest one = cw_nearest_to(words[0]), two = cw_nearest_to(both);
    for (size_t i = 0; i < cw_control_row_count; i++) {
        const char *name = cw_control_rows[i].name;
        if (name == NULL)
            continue;
        cw_nearest_try(&one, name, length_until(name, " "));
        if (count > 1 && length < NAME_MAX_BYTES)
            cw_nearest_try(&two, name, strlen(name));
    }
    const struct cw_nearest *nearest = two.found != NULL ? &two : &one;
    if (nearest->found != NULL && nearest->distance == 0)
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "'%.40s' wants another word: see 'chinwagctl help %.40s'", words[0], words[0]);
    else if (nearest->found != NULL)
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "there is no command '%.60s'; did you mean: chinwagctl %.*s", both,
                 (int)nearest->found_length, nearest->found);
    else
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "there is no command '%.60s'; 'chinwagctl help' shows all", words[0]);
}

static bool find_option(const struct cw_control_row *row, const char *name, size_t n,
                        struct cw_control_option *option)
{
    for (const char *text = row->options; cw_control_next_option(&text, option);)
        if (option->name_n == n && memcmp(option->name, name, n) == 0)
            return true;
    return false;
}

static void refuse_option(const struct cw_control_row *row, const char *word, char *error)
{
    struct cw_control_option option;
    struct cw_nearest nearest = cw_nearest_to(word + 2);
    for (const char *text = row->options; cw_control_next_option(&text, &option);)
        cw_nearest_try(&nearest, option.name, option.name_n);
    cw_nearest_try(&nearest, "json", strlen("json"));
    if (nearest.found != NULL)
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "'chinwagctl %s' has no option '%.40s'; did you mean --%.*s?", row->name, word,
                 (int)nearest.found_length, nearest.found);
    else
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "'chinwagctl %s' has no option '%.40s'; see 'chinwagctl help %s'", row->name, word,
                 row->name);
}

/* words[*i] begins with "--"; its value may be the next word. */
static bool take_option(const struct cw_control_row *row, const char *const words[], size_t count,
                        size_t *i, struct cw_control_command *command, char *error)
{
    const char *word = words[*i];
    size_t n = length_until(word + 2, "=");
    bool has_value = word[2 + n] == '=';
    struct cw_control_option option;
    if (same(word, "--json")) {
        command->json = true;
        return true;
    }
    if (!find_option(row, word + 2, n, &option) ||
        command->option_count == CW_CONTROL_OPTIONS_MAX) {
        refuse_option(row, word, error);
        return false;
    }
    bool takes = option.value_n != 0, last = *i + 1 == count;
    if (takes ? !has_value && last : has_value) {
        snprintf(error, CW_CONTROL_ERROR_MAX, "--%.*s wants %s%.*s", (int)option.name_n,
                 option.name, option.value_n == 0 ? "no value" : "a value: ", (int)option.value_n,
                 option.value);
        return false;
    }
    command->options[command->option_count].option = option;
    command->options[command->option_count++].value = has_value             ? word + 2 + n + 1
                                                      : option.value_n == 0 ? ""
                                                                            : words[++*i];
    return true;
}

/* "announce list" for "announcement list": the argument is the second word of a command whose first
 * word begins as this one. NULL: it is not. */
static const char *meant_instead(const struct cw_control_row *row, const char *argument)
{
    size_t n = strlen(row->name);
    for (size_t i = 0; i < cw_control_row_count; i++) {
        const char *name = cw_control_rows[i].name;
        const char *space = name == NULL ? NULL : memchr(name, ' ', strlen(name));
        if (space != NULL && (size_t)(space - name) > n && memcmp(name, row->name, n) == 0 &&
            same(space + 1, argument))
            return name;
    }
    return NULL;
}

static void refuse_count(const struct cw_control_row *row, bool more, char *error)
{
    snprintf(error, CW_CONTROL_ERROR_MAX, "%s: chinwagctl %s%s%s",
             more && row->arguments[0] != 0
                 ? "too many words: a text of more than one goes between '...'"
                 : "this is wanted",
             row->name, row->arguments[0] != 0 ? " " : "", row->arguments);
}

bool cw_control_parse(const char *const words[], size_t count, struct cw_control_command *command,
                      char error[CW_CONTROL_ERROR_MAX])
{
    unsigned used, least, most, given = 0;
    *command = (struct cw_control_command){0};
    if (count == 0) {
        snprintf(error, CW_CONTROL_ERROR_MAX, "a command is wanted; 'chinwagctl help' shows all");
        return false;
    }
    const struct cw_control_row *row = cw_control_find(words, count, &used);
    if (row == NULL) {
        refuse_name(words, count, error);
        return false;
    }
    command->row = (size_t)(row - cw_control_rows);
    cw_control_arguments(row, &least, &most);
    bool options = true;
    for (size_t i = used; i < count; i++) {
        if (options && same(words[i], "--")) {
            options = false;
        } else if (options && words[i][0] == '-' && words[i][1] == '-') {
            if (!take_option(row, words, count, &i, command, error))
                return false;
        } else if (given++ < CW_CONTROL_ARGUMENTS_MAX) {
            command->arguments[command->argument_count++] = words[i];
        }
    }
    const char *meant = given != 0 && options ? meant_instead(row, command->arguments[0]) : NULL;
    if (meant != NULL)
        snprintf(error, CW_CONTROL_ERROR_MAX,
                 "did you mean: chinwagctl %s; to say just this word: chinwagctl %s -- %.40s",
                 meant, row->name, command->arguments[0]);
    else if (given < least || given > most)
        refuse_count(row, given > most, error);
    else
        return true;
    return false;
}

const char *cw_control_value(const struct cw_control_command *command, const char *name)
{
    for (unsigned i = 0; i < command->option_count; i++)
        if (command->options[i].option.name_n == strlen(name) &&
            memcmp(command->options[i].option.name, name, strlen(name)) == 0)
            return command->options[i].value;
    return NULL;
}
