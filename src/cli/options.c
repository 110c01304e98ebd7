/* options.c - see options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/nearest.h"

enum option_kind { KIND_TEXT, KIND_FLAG, KIND_NUMBER, KIND_VOLUME };

const struct option_row option_rows[OPTION_COUNT_OF_ALL] = {
#define OPTION_ROW(name, text, kind, member, least, most, value, help)                             \
    [OPTION_##name] = {text, value, help},
#include "options.def"
#undef OPTION_ROW
};

/* How a value is read, and the member of struct cli that it goes to. */
static const struct {
    enum option_kind kind;
    size_t at;
    long least, most;
} readings[OPTION_COUNT_OF_ALL] = {
#define OPTION_ROW(name, text, kind, member, least, most, value, help)                             \
    [OPTION_##name] = {KIND_##kind, offsetof(struct cli, member), least, most},
#include "options.def"
#undef OPTION_ROW
};
_Static_assert(OPTION_COUNT_OF_ALL <= 128, "a set of options; NONE is ALONE (commands.h)");

/* --- values ------------------------------------------------------------------------------- */

static bool read_option_number(const char *text, long least, long most, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= least && *number <= most;
}

/* NAME=PERCENT */
static bool read_volume(struct cli *cli, const char *text)
{
    const char *equals = strrchr(text, '=');
    long percent;
    if (equals == NULL || equals == text || cli->volume_count == CLI_VOLUMES_MAX ||
        !read_option_number(equals + 1, 0, 200, &percent))
        return false;
    cli->volumes[cli->volume_count++] =
        (struct cli_volume){text, (size_t)(equals - text), (unsigned)percent};
    return true;
}

static bool take_option(struct cli *cli, int option, const char *value)
{
    void *member = (char *)cli + readings[option].at;
    switch (readings[option].kind) {
    case KIND_TEXT:
        *(const char **)member = value;
        return true;
    case KIND_FLAG:
        *(bool *)member = true;
        return true;
    case KIND_NUMBER:
        return read_option_number(value, readings[option].least, readings[option].most, member) &&
               (option != OPTION_FRAME || cli->frame_ms == 10 || cli->frame_ms % 20 == 0);
    case KIND_VOLUME:
        return read_volume(cli, value);
    }
    return false;
}

static void say_bad_value(int option, const char *value)
{
    fprintf(stderr, "chinwag: --%s does not take '%s'\n  --%s %s: %s\n", option_rows[option].name,
            value, option_rows[option].name, option_rows[option].value, option_rows[option].help);
}

/* --- the command line ----------------------------------------------------------------------- */

/* The word that getopt_long has refused: of one with a single `-`, like a text that begins so, only
 * a part may be read, and then it is the next one. */
static const char *refused_word(int argc, char **argv)
{
    const char *next = optind < argc ? argv[optind] : "";
    const char *at = optopt > 0 && optopt < 256 ? strchr(next, optopt) : NULL;
    bool begun = next[0] == '-' && next[1] != '-' && at != NULL && at[1] != 0;
    return begun ? next : argv[optind - 1];
}

/* The name in "--name" or "--name=value", or a text. */
static void say_bad_option(const char *word)
{
    struct cw_nearest nearest = cw_nearest_to(word + strspn(word, "-"));
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        cw_nearest_try(&nearest, option_rows[i].name, strlen(option_rows[i].name));
    bool single = word[1] != '-';
    int length = (int)(single ? strlen(word) : strcspn(word, "="));
    fprintf(stderr, "chinwag: there is no option '%.*s'\n", length, word);
    if (nearest.found != NULL)
        fprintf(stderr, "  did you mean --%s?\n", nearest.found);
    if (single || nearest.found == NULL)
        fprintf(stderr, "  a text that begins with - goes behind --: -- '%s'\n", word);
}

static void say_why_not(int why, int option, const char *word)
{
    if (why == ':')
        fprintf(stderr, "chinwag: --%s wants a value: --%s %s\n", option_rows[option].name,
                option_rows[option].name, option_rows[option].value);
    else if (option > OPTION_NONE && option < OPTION_COUNT_OF_ALL)
        fprintf(stderr, "chinwag: --%s takes no value\n", option_rows[option].name);
    else
        say_bad_option(word);
}

/* Beyond all characters: getopt_long itself returns ':' and '?'. */
#define FIRST 256

bool options_read(struct cli *cli, int argc, char **argv, option_set *given)
{
    struct option long_options[OPTION_COUNT_OF_ALL] = {{0}};
    for (int i = OPTION_NONE + 1; i < OPTION_COUNT_OF_ALL; i++)
        long_options[i - 1] =
            (struct option){.name = option_rows[i].name,
                            .has_arg = option_rows[i].value[0] != 0 ? required_argument : 0,
                            .val = FIRST + i};
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == 'h')
            option = FIRST + OPTION_HELP;
        if (option == '?' || option == ':') {
            say_why_not(option, optopt - FIRST, refused_word(argc, argv));
            return false;
        }
        option -= FIRST;
        if (!take_option(cli, option, optarg)) {
            say_bad_value(option, optarg);
            return false;
        }
        *given |= (option_set)1 << option;
    }
    return true;
}

enum option_index options_first(option_set set)
{
    int i = OPTION_NONE + 1;
    while (i < OPTION_COUNT_OF_ALL && (set >> i & 1) == 0)
        i++;
    return (enum option_index)i;
}
