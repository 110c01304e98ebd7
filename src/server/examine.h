/* examine.h - audio that a client sent is listened to before the core sees it,
 * which knows no codec: is it what it says it is, how long, how loud?
 *
 * What is found goes into cw_msg.samples (wire/msg.h). Pure; any thread. */
#ifndef CW_SERVER_EXAMINE_H
#define CW_SERVER_EXAMINE_H

#include "wire/msg.h"

/* A recording, of a voice_msg that was decoded well: sets duration_us and
 * waveform. `opus`: its sender may send Ogg Opus. A file is rewritten where it lies,
 * in the frame that was decoded (which is the caller's, and writable), without
 * comments and pictures; `samples` is what is left. Returns CW_SUCCESS, or what it is
 * to be answered with. Up to 0.5 s of work, so for a worker. */
int cw_examine_recording(struct cw_msg *msg, bool opus);

/* A frame of a call, of a call_data that was decoded well: sets duration_us of a
 * packet, and loud if `loudness` is wanted. CW_BAD_REQUEST: it is no packet, or
 * its sender may not send any (`opus`). A microsecond or two of work. */
int cw_examine_frame(struct cw_msg *msg, bool opus, bool loudness);

#endif
