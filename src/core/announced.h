/* announced.h - what administrators have to say to everybody, while it stands: a copy of what the
 * store has, for those who log in. */
#ifndef CW_CORE_ANNOUNCED_H
#define CW_CORE_ANNOUNCED_H

#include "core/core.h"

struct session;

/* At the start: all that there are. */
void cw_announced_load(struct cw_core *core, const struct cw_store_result *list);
void cw_announced_finish(struct cw_core *core);

/* The store has kept it: everybody who is there is told. All of it is copied. */
void cw_announced_add(struct cw_core *core, const struct cw_store_announcement *announcement);
/* The store has ended it: those who were told as extended clients are told so, too. */
void cw_announced_remove(struct cw_core *core, uint64_t id);

/* Those that stand, as a list for `announcements`, in the step's memory. */
struct cw_list cw_announced_list(struct cw_core *core);
/* A plain client has logged in: it is told what stands as messages of who has said it. */
void cw_announced_tell(struct cw_core *core, const struct session *session);

#endif
