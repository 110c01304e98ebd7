/* state_file.h - what chinwag remembers between two runs.
 *
 * In $XDG_STATE_HOME/chinwag (default ~/.local/state/chinwag), readable by the
 * user alone:
 *
 *     last-server              the server of the last login
 *     SERVER/last              ... and the account
 *     SERVER/NAME.account      the account's token
 *     SERVER/NAME.seen         the highest message id that listen has printed
 *     SERVER/NAME.lock         held by a running listen
 *
 * Position and token are apart because a listen writes the one while a login
 * writes the other. Files are replaced whole (written beside, synced, renamed).
 * Functions that return bool leave the reason of a failure in errno. */
#ifndef CHINWAG_TUI_STATE_FILE_H
#define CHINWAG_TUI_STATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#define STATE_STRING_MAX 512

/* Version 0.1.0 had three sessions for a login; two of them only remain to be ended. */
#define STATE_OLD_TOKENS 2

struct state_account {
    char name[STATE_STRING_MAX]; /* as it was registered */
    char token[STATE_STRING_MAX];
    char old[STATE_OLD_TOKENS][STATE_STRING_MAX]; /* empty: none */
};

/* Saves the account and makes it, and its server, the last one. */
bool state_save_account(const char *server, const struct state_account *account);

/* `name` NULL: the last one. ENOENT: there is none. */
bool state_load_account(const char *server, const char *name, struct state_account *account);

/* Forgets the token; the position stays. */
bool state_remove_account(const char *server, const char *name);

bool state_load_last_server(char server[STATE_STRING_MAX]);

/* 0 when there is none. */
uint64_t state_load_seen(const char *server, const char *name);
bool state_save_seen(const char *server, const char *name, uint64_t seen);

/* Takes the lock of a listen for as long as the program runs. EAGAIN or
 * EACCES: another one holds it. */
bool state_lock(const char *server, const char *name);

#endif
