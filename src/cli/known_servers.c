/* known_servers.c - see known_servers.h. */
#include "known_servers.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state_file.h"

#define FILE_NAME "known_servers"

#define KNOWN_LINE_MAX (KNOWN_NAME_MAX + KNOWN_KEY_MAX + 16)

static const char *const kinds[KNOWN_KINDS] = {"curve", "tls"};

void known_servers_name(const struct chinwag_address *address, char name[KNOWN_NAME_MAX])
{
    bool v6 = strchr(address->host, ':') != NULL;
    snprintf(name, KNOWN_NAME_MAX, "%s%s%s:%s", v6 ? "[" : "", address->host, v6 ? "]" : "",
             address->port);
}

bool known_servers_is_key(enum known_kind kind, const char *text)
{
    return kind == KNOWN_TLS ? chinwag_is_tls_pin(text) : chinwag_is_server_key(text);
}

const char *known_servers_path(void)
{
    static _Thread_local char path[PATH_MAX];
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

/* What becomes of the file: the lines that are `found` are left out or replaced, and a line is
 * added. */
struct known_change {
    const char *name;
    const char *key;   /* NULL: all lines of the name are found, damaged ones, too */
    const char *put;   /* in place of each line that is found */
    const char *added; /* at the end */
    unsigned found;
};

static bool is_found(const struct known_change *change, const struct known_line *line)
{
    if (change->name == NULL || strcmp(line->name, change->name) != 0)
        return false;
    return change->key == NULL || (line->form == LINE_KEY && strcmp(line->key, change->key) == 0);
}

static void copy_known_line(const char *text, FILE *to, struct known_change *change)
{
    char *copy = strdup(text);
    struct known_line line = {.name = ""};
    if (copy != NULL)
        line = read_known_line(copy);
    bool found = is_found(change, &line);
    change->found += found;
    if (found)
        fputs(change->put, to);
    else
        fprintf(to, "%s%s", text, strchr(text, '\n') == NULL ? "\n" : "");
    free(copy);
}

static bool write_changed(FILE *from, struct known_change *change)
{
    char *text = NULL, *line = NULL;
    size_t size = 0, line_size = 0;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return false;
    while (from != NULL && getline(&line, &line_size, from) > 0)
        copy_known_line(line, to, change);
    fputs(change->added, to);
    bool good = fclose(to) == 0 && state_write_bare(FILE_NAME, text);
    free(line);
    free(text);
    return good;
}

/* Writes the file anew; another process that does so at the same time waits. */
static bool change_known(struct known_change *change)
{
    FILE *from = NULL;
    int lock = state_lock_bare();
    bool good = open_known(&from) && write_changed(from, change);
    int why = errno;
    if (from != NULL)
        fclose(from);
    if (lock >= 0)
        close(lock);
    errno = why;
    return good;
}

static void write_known_line(const char *name, enum known_kind kind, const char *key,
                             char line[KNOWN_LINE_MAX])
{
    snprintf(line, KNOWN_LINE_MAX, "%s %s %s\n", name, kinds[kind], key);
}

bool known_servers_add(const char *name, enum known_kind kind, const char *key)
{
    char line[KNOWN_LINE_MAX];
    write_known_line(name, kind, key, line);
    /* Another process may have added it meanwhile. */
    struct known_change change = {.name = name, .key = key, .put = "", .added = line};
    return change_known(&change);
}

bool known_servers_replace(const char *name, enum known_kind kind, const char *old, const char *key,
                           unsigned *count)
{
    char line[KNOWN_LINE_MAX];
    write_known_line(name, kind, key, line);
    struct known_change change = {.name = name, .key = old, .put = line, .added = ""};
    bool good = change_known(&change);
    *count = change.found;
    return good;
}

bool known_servers_forget(const char *name, unsigned *count)
{
    struct known_change change = {.name = name, .put = "", .added = ""};
    bool good = change_known(&change);
    *count = change.found;
    return good;
}
