/* state_path.c - see state_path.h. */
#include "state_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

void state_path_add(struct state_path *path, const char *text)
{
    size_t n = strlen(text);
    if (path->n + n >= sizeof path->text) {
        path->bad = true;
        return;
    }
    memcpy(path->text + path->n, text, n + 1);
    path->n += n;
}

/* Adds a server or a name to a file name; characters with a meaning for the file system, and a
 * leading dot, become %XX. */
static void add_escaped(struct state_path *path, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_.:";
    for (const char *c = text; *c != 0; c++) {
        char escaped[4] = {*c, 0};
        if (strchr(plain, *c) == NULL || (c == text && *c == '.'))
            snprintf(escaped, sizeof escaped, "%%%02x", (unsigned)(unsigned char)*c);
        state_path_add(path, escaped);
    }
}

/* XDG Base Directory Specification: "All paths set in these environment
 * variables must be absolute. If [...] relative [...] it should be ignored." */
const char *state_path_absolute(const char *variable)
{
    const char *path = getenv(variable);
    return path != NULL && path[0] == '/' ? path : NULL;
}

void state_path_temporary(char path[PATH_MAX], const char *name)
{
    const char *folder = state_path_absolute("TMPDIR");
    snprintf(path, PATH_MAX, "%.4000s/%.64s-XXXXXX", folder == NULL ? "/tmp" : folder, name);
}

bool state_has_place(void)
{
    return state_path_absolute("XDG_STATE_HOME") != NULL || state_path_absolute("HOME") != NULL;
}

void state_path_begin(struct state_path *path)
{
    *path = (struct state_path){.n = 0};
    const char *state = state_path_absolute("XDG_STATE_HOME"), *home = state_path_absolute("HOME");
    path->bad = state == NULL && home == NULL;
    if (state != NULL || home != NULL)
        state_path_add(path, state != NULL ? state : home);
    if (state == NULL && home != NULL)
        state_path_add(path, "/.local/state");
    state_path_add(path, "/chinwag/");
}

void state_path_of_server(struct state_path *path, const char *server)
{
    char host[STATE_STRING_MAX];
    state_path_begin(path);
    if (strncmp(server, "tcp://", 6) == 0)
        server += 6;
    size_t n = strcspn(server, ":");
    bool local = n == strlen("localhost") && strncasecmp(server, "localhost", n) == 0;
    snprintf(host, sizeof host, "%s%s", local ? "127.0.0.1" : "", local ? server + n : server);
    for (char *c = host; *c != 0; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    add_escaped(path, host);
    if (strchr(host, ':') == NULL)
        state_path_add(path, ":4242");
    state_path_add(path, "/");
}

void state_path_of_account(struct state_path *path, const char *server, const char *name,
                           const char *suffix)
{
    state_path_of_server(path, server);
    add_escaped(path, name);
    state_path_add(path, suffix);
}

bool state_path_is_good(const struct state_path *path)
{
    if (path->bad)
        errno = ENAMETOOLONG;
    return !path->bad;
}

bool state_path_make_folders(const struct state_path *path)
{
    char folder[PATH_MAX];
    if (!state_path_is_good(path))
        return false;
    for (size_t i = 1; i < path->n; i++) {
        if (path->text[i] != '/')
            continue;
        memcpy(folder, path->text, i);
        folder[i] = 0;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}
