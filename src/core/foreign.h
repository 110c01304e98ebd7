/* foreign.h - what other servers on the same database have stored, applied here. Called by core.c
 * with CW_EV_NEWS. */
#ifndef CW_CORE_FOREIGN_H
#define CW_CORE_FOREIGN_H

#include "core/core.h"

/* In the order of the commits, and before any result of the store that was found out later. */
void cw_foreign_apply(struct cw_core *core, const struct cw_store_news *news);

#endif
