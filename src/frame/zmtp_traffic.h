/* zmtp_traffic.h - what is the same for all mechanisms of ZMTP, once a command or a frame
 * has come whole and in plain form; and how a step of the framer reports. Each function
 * that returns bool ends a step: true if *event is to be reported.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_ZMTP_TRAFFIC_H
#define CW_FRAME_ZMTP_TRAFFIC_H

#include "frame/zmtp.h"

enum cw_zmtp_state {
    CW_ZMTP_START,
    CW_ZMTP_GREETING,
    CW_ZMTP_HANDSHAKE,
    CW_ZMTP_TRAFFIC,
    CW_ZMTP_FAILED
};

static inline bool cw_zmtp_report(struct cw_framer_event *event, enum cw_framer_event_type type)
{
    *event = (struct cw_framer_event){.type = type};
    return true;
}

static inline bool cw_zmtp_fail(struct cw_zmtp *z, const char *reason,
                                struct cw_framer_event *event)
{
    z->state = CW_ZMTP_FAILED;
    *event = (struct cw_framer_event){.type = CW_FRAMER_FAILED, .reason = reason};
    return true;
}

/* The peer's properties, with which the handshake ends: READY, unless they are wrong. */
bool cw_zmtp_take_metadata(struct cw_zmtp *z, struct cw_slice metadata, struct cw_buf *out,
                           struct cw_framer_event *event);

/* A command, from its name on. */
bool cw_zmtp_take_command(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                          struct cw_framer_event *event);

/* Whether a frame can be the delimiter of a REQ socket, with which its messages begin. */
static inline bool cw_zmtp_is_delimiter(const struct cw_zmtp *z, bool more, uint64_t n)
{
    return more && z->frames == 0 && n == 0;
}

/* A whole frame: the delimiter, or the message behind it or alone. */
bool cw_zmtp_take_frame(struct cw_zmtp *z, bool more, struct cw_slice body,
                        struct cw_framer_event *event);

/* Goes on skipping a frame of a message that is being refused. */
bool cw_zmtp_skip(struct cw_zmtp *z, struct cw_slice *in, struct cw_framer_event *event);

#endif
