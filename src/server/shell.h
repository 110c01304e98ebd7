/* shell.h - the thin shell around the core: the only code that turns effects into I/O, and results
 * of I/O into events. It makes no decisions.
 *
 * One loop thread runs net, frame, wire and core; the store has a thread of its
 * own; libuv's workers hash passwords and write large bodies. */
#ifndef CW_SERVER_SHELL_H
#define CW_SERVER_SHELL_H

#include "server/handover.h"
#include "server/reach.h"
#include "server/settings_source.h"
#include "store/store.h"

struct cw_shell;

/* Takes over `store`. On failure returns NULL with a sentence in `error`, and the store is
 * closed. The addresses in use replace those of the config, where the port may have been 0. */
struct cw_shell *cw_shell_create(struct cw_config *config, struct cw_store *store, char error[256]);

/* Where settings are read again on SIGHUP. `asked`: as they were read at the start. */
void cw_shell_set_source(struct cw_shell *shell, const struct cw_settings_source *source,
                         const struct cw_config *asked);

/* What clients need to know of how it is reached: reach.h. */
const struct cw_reach *cw_shell_reach(const struct cw_shell *shell);

/* Serves until SIGTERM or SIGINT, and until what was asked before is answered (CW_DRAIN_MS). True:
 * until SIGUSR2, and *handover has what the next program gets (cw_handover_exec), when this one is
 * destroyed. */
bool cw_shell_run(struct cw_shell *shell, struct cw_handover *handover);

/* Commits what was given to the store, and frees everything. */
void cw_shell_destroy(struct cw_shell *shell);

#endif
