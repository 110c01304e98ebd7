/* known_servers.c - see known_servers.h. */
#include "known_servers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state_file.h"

#define FILE_NAME    "known_servers"
#define CURVE_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
/* 43 digits have 258 bits, a key 256: the last two are 0. */
#define CURVE_LAST_DIGITS "AEIMQUYcgkosw048"
#define TLS_PIN_N         64

static const char *const kinds[KNOWN_KINDS] = {"curve", "tls"};

void known_servers_name(const struct chinwag_address *address, char name[KNOWN_NAME_MAX])
{
    bool v6 = strchr(address->host, ':') != NULL;
    snprintf(name, KNOWN_NAME_MAX, "%s%s%s:%s", v6 ? "[" : "", address->host, v6 ? "]" : "",
             address->port);
}

bool known_servers_is_key(enum known_kind kind, const char *text)
{
    size_t n = strlen(text);
    if (kind == KNOWN_TLS)
        return n == TLS_PIN_N && strspn(text, "0123456789abcdef") == n;
    return n == KNOWN_CURVE_N && strspn(text, CURVE_DIGITS) == n &&
           strchr(CURVE_LAST_DIGITS, text[n - 1]) != NULL;
}

const char *known_servers_path(void)
{
    static char path[PATH_MAX];
    if (!state_path(FILE_NAME, path))
        path[0] = 0;
    return path;
}

/* --- lines ------------------------------------------------------------------------------ */

enum line_form { LINE_KEY, LINE_COMMENT, LINE_DAMAGED };

struct known_line {
    enum line_form form;
    const char *name; /* "": none. Of a damaged line, too, if it has one */
    enum known_kind kind;
    const char *key;
};

/* Cuts a line into its words, in place. */
static struct known_line read_known_line(char *text)
{
    struct known_line line = {.form = LINE_DAMAGED, .name = ""};
    char *words[4], *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(text, " \t\r\n", &rest); word != NULL && count < 4;
         word = strtok_r(NULL, " \t\r\n", &rest))
        words[count++] = word;
    if (count == 0 || words[0][0] == '#') {
        line.form = LINE_COMMENT;
        return line;
    }
    line.name = words[0];
    for (size_t kind = 0; kind < KNOWN_KINDS && count == 3; kind++)
        if (strcmp(words[1], kinds[kind]) == 0 &&
            known_servers_is_key((enum known_kind)kind, words[2])) {
            line.form = LINE_KEY;
            line.kind = (enum known_kind)kind;
            line.key = words[2];
        }
    return line;
}

/* Without a home, and before the first server, it is as an empty one. false: errno says why. */
static bool open_known(FILE **file)
{
    const char *path = known_servers_path();
    *file = path[0] == 0 ? NULL : fopen(path, "re");
    return *file != NULL || path[0] == 0 || errno == ENOENT || errno == ENOTDIR;
}

/* --- looking up ----------------------------------------------------------------------------- */

/* false: it is a line of this server, and damaged. */
static bool take_known_line(const struct known_line *line, unsigned number, const char *name,
                            struct known_keys *keys)
{
    bool ours = strcmp(line->name, name) == 0;
    char *known = keys->key[line->kind];
    if (line->form == LINE_KEY && !ours)
        return true;
    if (line->form == LINE_KEY && (known[0] == 0 || strcmp(known, line->key) == 0)) {
        snprintf(known, KNOWN_KEY_MAX, "%s", line->key);
        return true;
    }
    if (line->form == LINE_COMMENT)
        return true;
    fprintf(stderr, "chinwag: line %u of %s is damaged%s\n", number, known_servers_path(),
            ours ? "" : ", and is not used");
    if (ours)
        fprintf(
            stderr,
            "  it is the line of %s, whose key is unknown now: mend the line, or remove it with "
            "chinwag forget-server %s\n",
            name, name);
    return !ours;
}

bool known_servers_find(const char *name, struct known_keys *keys)
{
    FILE *file;
    char *text = NULL;
    size_t size = 0;
    unsigned number = 0;
    bool good = open_known(&file);
    *keys = (struct known_keys){.key = {""}};
    if (!good)
        fprintf(stderr, "chinwag: cannot read %s: %s\n", known_servers_path(), strerror(errno));
    while (good && file != NULL && getline(&text, &size, file) > 0) {
        struct known_line line = read_known_line(text);
        good = take_known_line(&line, ++number, name, keys);
    }
    free(text);
    if (file != NULL)
        fclose(file);
    return good;
}

/* --- changing -------------------------------------------------------------------------------- */

/* Copies all lines but those of `without` ("": none is left out) to `to`. */
static unsigned copy_known_lines(FILE *from, FILE *to, const char *without)
{
    char *text = NULL;
    size_t size = 0;
    unsigned left_out = 0;
    while (from != NULL && getline(&text, &size, from) > 0) {
        char *copy = strdup(text);
        struct known_line line = {.name = ""};
        if (copy != NULL)
            line = read_known_line(copy);
        bool out = without[0] != 0 && strcmp(line.name, without) == 0;
        left_out += out;
        if (!out)
            fprintf(to, "%s%s", text, strchr(text, '\n') == NULL ? "\n" : "");
        free(copy);
    }
    free(text);
    return left_out;
}

/* Writes the file anew, without the lines of a server, or with one more line; "": no such. */
static bool rewrite_known(const char *without, const char *line, unsigned *left_out)
{
    FILE *from;
    char *text = NULL;
    size_t size = 0;
    if (!open_known(&from))
        return false;
    FILE *to = open_memstream(&text, &size);
    bool good = to != NULL;
    if (good) {
        *left_out = copy_known_lines(from, to, without);
        fputs(line, to);
        good = fclose(to) == 0;
    }
    if (from != NULL)
        fclose(from);
    good = good && state_write_bare(FILE_NAME, text);
    free(text);
    return good;
}

bool known_servers_add(const char *name, enum known_kind kind, const char *key)
{
    char line[KNOWN_NAME_MAX + KNOWN_KEY_MAX + 16];
    unsigned none;
    snprintf(line, sizeof line, "%s %s %s\n", name, kinds[kind], key);
    return rewrite_known("", line, &none);
}

bool known_servers_forget(const char *name, unsigned *count)
{
    *count = 0;
    return rewrite_known(name, "", count);
}
