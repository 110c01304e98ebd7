/* speaking.h - tells the members that want to know who speaks in a call. */
#ifndef CW_CORE_SPEAKING_H
#define CW_CORE_SPEAKING_H

#include "core/core.h"

struct call_member;

/* A frame of this participant has been forwarded. */
void cw_speaking_heard(struct cw_core *core, struct call_member *member, bool loud);
/* The participant leaves the call, or was muted in it. */
void cw_speaking_left(struct cw_core *core, struct call_member *member);
void cw_speaking_sweep(struct cw_core *core);
uint64_t cw_speaking_deadline(const struct cw_core *core);

#endif
