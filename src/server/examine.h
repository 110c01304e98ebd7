/* examine.h - examines audio from clients before the core gets it, since the core contains no
 * codec: is it valid, how long, how loud? The results are in cw_msg.samples (wire/msg.h). Pure; any
 * thread. */
#ifndef CW_SERVER_EXAMINE_H
#define CW_SERVER_EXAMINE_H

#include "wire/msg.h"

/* A recording, of a voice_msg that was decoded well: sets duration_us and
 * waveform. `opus`: its sender may send Ogg Opus. A file is rewritten in place, in the decoded
 * frame (which the caller owns, and which is writable), without comments and pictures; `samples` is
 * the result. Returns CW_SUCCESS, or the code of the answer. Up to 0.5 s of work, so for a
 * worker. */
int cw_examine_recording(struct cw_msg *msg, bool opus);

/* A frame of a call, of a call_data that was decoded well: sets duration_us of a
 * packet, and loud if `loudness` is wanted. CW_BAD_REQUEST: it is not a valid packet, or its sender
 * may not send packets (`opus`). A microsecond or two of work. */
int cw_examine_frame(struct cw_msg *msg, bool opus, bool loudness);

#endif
