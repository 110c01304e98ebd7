/* shell.h - the thin shell around the core: the only code that turns effects into I/O, and results
 * of I/O into events. It makes no decisions.
 *
 * One loop thread runs net, frame, wire and core; the store has a thread of its
 * own; libuv's workers hash passwords and write large bodies. */
#ifndef CW_SERVER_SHELL_H
#define CW_SERVER_SHELL_H

#include "base/buf.h"
#include "server/config.h"
#include "store/store.h"

struct cw_shell;

/* Takes over `store`. On failure returns NULL with a sentence in `error`, and the store is
 * closed. The addresses in use replace those of the config, where the port may have been 0. */
struct cw_shell *cw_shell_create(struct cw_config *config, struct cw_store *store, char error[256]);

/* Appends the lines that clients need beside the addresses: see cw_reach_describe. */
void cw_shell_describe(const struct cw_shell *shell, struct cw_buf *to);

/* The public key for CURVE, as people and links have it: CW_CURVE_KEY_TEXT characters. */
void cw_shell_public_key(const struct cw_shell *shell, char *text);

/* Serves until SIGTERM or SIGINT. */
void cw_shell_run(struct cw_shell *shell);

/* Commits what was given to the store, and frees everything. */
void cw_shell_destroy(struct cw_shell *shell);

#endif
