/* state_path.h - where the files stand that chinwag keeps between two runs (state_file.h has the
 * list of them), and where temporary ones are made. Paths only; others read and write. */
#ifndef CHINWAG_CLI_STATE_PATH_H
#define CHINWAG_CLI_STATE_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* A server or a name, with a zero. */
#define STATE_STRING_MAX 512

/* The variable, if it is an absolute path; else NULL (XDG Base Directory Specification). */
const char *state_path_absolute(const char *variable);

/* For mkstemp and mkdtemp: NAME-XXXXXX in TMPDIR, if that is an absolute path, else in /tmp. */
void state_path_temporary(char path[PATH_MAX], const char *name);

/* Is there a folder for the state: HOME or XDG_STATE_HOME? */
bool state_has_place(void);

struct state_path {
    char text[PATH_MAX];
    size_t n;
    bool bad; /* too long, or no home: checked once, at the end */
};

/* The folder of all files, ending in a slash. */
void state_path_begin(struct state_path *path);
/* The folder of a server, likewise: "host", "HOST:4242" and "tcp://host" are the same server, and
 * so are localhost and 127.0.0.1. */
void state_path_of_server(struct state_path *path, const char *server);
/* A file of an account. */
void state_path_of_account(struct state_path *path, const char *server, const char *name,
                           const char *suffix);
void state_path_add(struct state_path *path, const char *text);

/* False: errno says so. */
bool state_path_is_good(const struct state_path *path);
/* Makes every folder on the path of a file. False: the path is not good, or it failed; errno says
 * why. */
bool state_path_make_folders(const struct state_path *path);

#endif
