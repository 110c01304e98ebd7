/* barred.h - networks that are banned from the server: each new connection is compared with all of
 * them, before anything is read from it. */
#ifndef CW_CORE_BARRED_H
#define CW_CORE_BARRED_H

#include "core/core.h"

struct conn;

/* At the start: all that there are, in pages. */
void cw_barred_load(struct cw_core *core, const struct cw_store_result *bans);
void cw_barred_finish(struct cw_core *core);
bool cw_barred_has(const struct cw_core *core, const struct conn *conn);
/* The store has banned it (until_ms 0: for good), in place of an earlier ban, or has ended that.
 * Connections that are there are closed. */
void cw_barred_add(struct cw_core *core, struct cw_slice network, uint64_t until_ms);
void cw_barred_remove(struct cw_core *core, struct cw_slice network);

#endif
