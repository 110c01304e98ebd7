/* elsewhere.h - the sets of users who are at other servers on the same database (share.h), as they
 * come by the bus. Called by nodes.c and core.c. */
#ifndef CW_CORE_ELSEWHERE_H
#define CW_CORE_ELSEWHERE_H

#include "core/core.h"

/* A message of PRESENCE or one of its kin. */
void cw_elsewhere_take(struct cw_core *core, const struct cw_core_bus *bus);
/* A node is heard: its set is asked for. */
void cw_elsewhere_there(struct cw_core *core, unsigned node);
/* ... not any more: its users are shown as there for as long as others are who may be back at once.
 */
void cw_elsewhere_gone(struct cw_core *core, unsigned node);
/* Messages were lost, or the bus is up again: all sets are compared. */
void cw_elsewhere_compare(struct cw_core *core);
/* Is there another server? */
bool cw_elsewhere_any(const struct cw_core *core);

void cw_elsewhere_sweep(struct cw_core *core);
uint64_t cw_elsewhere_deadline(const struct cw_core *core);
void cw_elsewhere_finish(struct cw_core *core);
/* For cw_core_check. */
void cw_elsewhere_check(const struct cw_core *core);

#endif
