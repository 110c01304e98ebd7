/* state_file.h - the files that chinwag keeps between two runs.
 *
 * In $XDG_STATE_HOME/chinwag (default ~/.local/state/chinwag), readable by the user alone:
 *
 *     last-server              the server of the last login
 *     known_servers            the keys of servers (known_servers.h)
 *     chat_servers, chat_choices   which servers chat has open, and what is chosen in it
 *     SERVER/last              ... and the account
 *     SERVER/NAME.account      the account's token
 *     SERVER/NAME.seen         the highest message id that listen has printed, and whose
 *     SERVER/NAME.chat         what chat keeps: conversations, drafts, messages to be sent
 *                              (state_chat.h)
 *     SERVER/NAME.lock         held by a running listen
 *
 * Position and token are separate files because a listen writes the one while a login writes the
 * other. Each file has a checksum (sealed_file.h): a damaged file is reported and its content is
 * not used. */
#ifndef CHINWAG_CLI_STATE_FILE_H
#define CHINWAG_CLI_STATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "state_path.h"

/* Version 0.1.0 made three sessions for a login; two of them are only kept to be ended. */
#define STATE_OLD_TOKENS 2

struct state_account {
    char name[STATE_STRING_MAX]; /* as it was registered */
    char token[STATE_STRING_MAX];
    char old[STATE_OLD_TOKENS][STATE_STRING_MAX]; /* empty: none */
};

enum state_found {
    STATE_GOOD,
    STATE_NONE,
    STATE_DAMAGED,   /* state_damaged_path has the file */
    STATE_NOBODY,    /* the file `last` is damaged, and there are several accounts */
    STATE_UNREADABLE /* errno says why */
};

/* The file that the last call found damaged; "": none. With STATE_GOOD it was not needed, since
 * there is only one account. */
const char *state_damaged_path(void);

/* Saves the account and makes it, and its server, the last one. On failure errno says why, as for
 * all functions here that return bool. */
bool state_save_account(const char *server, const struct state_account *account);

/* `name` NULL: the last one. Removes what interrupted writes have left. */
enum state_found state_load_account(const char *server, const char *name,
                                    struct state_account *account);

/* Forgets the token; the position stays. */
bool state_remove_account(const char *server, const char *name);

enum state_found state_load_last_server(char server[STATE_STRING_MAX]);

/* Where a listen has stopped: the database of its messages (docs/protocol.md, "Which database";
 * empty: unknown), and the last id. */
#define STATE_IDENTITY_MAX 513
struct state_position {
    uint64_t id;
    char db[STATE_IDENTITY_MAX], era[STATE_IDENTITY_MAX];
};

/* STATE_NONE: it has printed nothing so far. On every failure *position is all 0. */
enum state_found state_load_position(const char *server, const char *name,
                                     struct state_position *position);
bool state_save_position(const char *server, const char *name,
                         const struct state_position *position);
/* The same in two steps: where it goes, and as which text, with a checksum (sealed_file.h). */
#define STATE_POSITION_TEXT (2 * (STATE_IDENTITY_MAX + 8) + 64)
void state_position_path(struct state_path *path, const char *server, const char *name);
void state_position_text(const struct state_position *position, char text[STATE_POSITION_TEXT]);

/* The path of another file beside the accounts, PATH_MAX bytes. false: there is no home. */
bool state_path(const char *name, char *path);

/* Replaces that file, which has no checksum. */
bool state_write_bare(const char *name, const char *text);

/* Waits until no other process changes such files; the caller closes the descriptor when it has.
 * -1: they cannot be locked, as on some network file systems; who does not wait may overwrite what
 * another process adds at the same time, and no more than that. */
int state_lock_bare(void);

/* Takes the lock of a listen, until the descriptor that is returned is closed. -1: it has not;
 * errno EAGAIN or EACCES: another program holds it. */
int state_lock(const char *server, const char *name);

#endif
