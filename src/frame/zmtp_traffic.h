/* zmtp_traffic.h - handles complete commands and frames in plain form, which are the same for all
 * mechanisms of ZMTP; and reports events. Each function that returns bool ends a step: true if
 * *event is to be reported.
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

/* Takes the peer's properties, which end the handshake: reports READY, or FAILED if they are
 * wrong. */
bool cw_zmtp_take_metadata(struct cw_zmtp *z, struct cw_slice metadata, struct cw_buf *out,
                           struct cw_framer_event *event);

/* Takes a command; `body` begins with its name. */
bool cw_zmtp_take_command(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                          struct cw_framer_event *event);

/* Can the frame be the delimiter with which messages of a REQ socket begin? */
static inline bool cw_zmtp_is_delimiter(const struct cw_zmtp *z, bool more, uint64_t n)
{
    return more && z->frames == 0 && n == 0;
}

/* Takes a complete frame: the delimiter, or a message with or without a delimiter before it. */
bool cw_zmtp_take_frame(struct cw_zmtp *z, bool more, struct cw_slice body,
                        struct cw_framer_event *event);

/* Skips the next bytes of a refused message's frame. */
bool cw_zmtp_skip(struct cw_zmtp *z, struct cw_slice *in, struct cw_framer_event *event);

#endif
