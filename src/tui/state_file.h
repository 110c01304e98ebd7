/* state_file.h - what chinwag remembers between two runs.
 *
 * In $XDG_STATE_HOME/chinwag (default ~/.local/state/chinwag), readable by the
 * user alone:
 *
 *     last-server              the server of the last login
 *     SERVER/last              ... and the account
 *     SERVER/NAME.account      the account's tokens
 *     SERVER/NAME.seen         the highest message id that listen has printed
 *     SERVER/NAME.lock         held by a running listen
 *     SERVER/NAME.call.lock    held by a running call
 *
 * Position and tokens are apart because a listen writes the one while a login
 * writes the other. Files are replaced whole (written beside, synced, renamed).
 * Functions that return bool leave the reason of a failure in errno. */
#ifndef CHINWAG_TUI_STATE_FILE_H
#define CHINWAG_TUI_STATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define STATE_STRING_MAX 512

/* A session is on one connection at a time: so that a send does not take it
 * away from a listen in another terminal, each kind of use has its own. */
enum state_use { STATE_COMMANDS, STATE_LISTEN, STATE_CALL, STATE_USES };

struct state_account {
    char name[STATE_STRING_MAX]; /* as it was registered */
    char tokens[STATE_USES][STATE_STRING_MAX];
};

/* Saves the account and makes it, and its server, the last one. */
bool state_save_account(const char *server, const struct state_account *account);

/* `name` NULL: the last one. ENOENT: there is none. */
bool state_load_account(const char *server, const char *name, struct state_account *account);

/* Forgets the tokens; the position stays. */
bool state_remove_account(const char *server, const char *name);

bool state_load_last_server(char server[STATE_STRING_MAX]);

/* 0 when there is none. */
uint64_t state_load_seen(const char *server, const char *name);
bool state_save_seen(const char *server, const char *name, uint64_t seen);

/* Takes the lock of a listen, or of a call, for as long as the program runs. EAGAIN
 * or EACCES: another one holds it. */
bool state_lock(const char *server, const char *name, enum state_use use);

#endif
