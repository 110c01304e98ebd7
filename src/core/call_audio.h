/* call_audio.h - the audio of calls, and how it is heard. Called by inbound.c and far_call.c. */
#ifndef CW_CORE_CALL_AUDIO_H
#define CW_CORE_CALL_AUDIO_H

#include "core/core.h"
#include "core/far_body.h"

struct conn;
struct far_seat;
struct group;

/* Forwards a frame. False: it was dropped because of the rate. A frame that only comes too late
 * (the user was muted, the call is over) is dropped as well, but the result is true. `proved`: it
 * need not name user and call. */
bool cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg, bool proved);
/* Tells a speaker how much of it a listener does not hear. False: it was dropped because of the
 * rate, or is nonsense. */
bool cw_call_report(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);

/* A frame of a participant at another node, or a report of one about a participant here. */
void cw_call_far_data(struct cw_core *core, const struct group *group, struct far_seat *seat,
                      const struct cw_samples *samples);
void cw_call_far_report(struct cw_core *core, const struct group *group,
                        const struct far_report *report);

#endif
