/* voice_link.h - the client's end of a call's datagrams: probes the way to the server, and says
 * whether audio may take it.
 *
 * Audio goes by datagrams while one of the newest probes was answered, and else by the connection;
 * probing goes on meanwhile, so that it comes back when the way is open again. Where datagrams are
 * lost it goes twice, and the server is asked to do so, too: each way as it needs it. Not where
 * that may be because there is no room: when much is lost, or answers take longer than they did.
 * Pure; times are monotonic milliseconds. Callers: src/client/client_datagrams.c, tests. */
#ifndef CW_FRAME_VOICE_LINK_H
#define CW_FRAME_VOICE_LINK_H

#include "frame/voice_path.h"

struct cw_voice_link {
    struct cw_datagram_end end;
    uint32_t probe;    /* the number of the last one */
    uint32_t answered; /* ... that was answered; 0: none */
    uint64_t answered_ms;
    uint64_t due_ms;                                  /* of the next probe */
    uint64_t probed_ms[CW_VOICE_PROBES_LOST_MAX + 1]; /* when those were sent, by number */
    unsigned rtt_ms;                                  /* of the last answer; 0: none */
    unsigned heard_permille; /* lost of this client's audio behind the server, as it says */
    struct cw_voice_loss up, down;
    struct cw_voice_copy copy;
    bool twice, wants_twice;   /* audio goes, and is to come, twice */
    unsigned least_rtt_ms;     /* of late; 0: none */
    unsigned slow;             /* answers in a row that took much longer */
    unsigned same, same_ms;    /* ... and that took about this time, less or more */
    uint64_t crowded_until_ms; /* the network has no room for audio twice */
};

void cw_voice_link_begin(struct cw_voice_link *link, const uint8_t secret[CW_DATAGRAM_SECRET_N],
                         uint64_t now_ms);
void cw_voice_link_finish(struct cw_voice_link *link);

bool cw_voice_link_is_live(const struct cw_voice_link *link, uint64_t now_ms);

/* Answers take much longer than the shortest of late. */
bool cw_voice_link_is_slow(const struct cw_voice_link *link);

/* A probe is due: writes its datagram, and returns its length; 0: none is due. */
size_t cw_voice_link_probe(struct cw_voice_link *link, uint64_t now_ms,
                           uint8_t datagram[CW_DATAGRAM_MAX]);

/* A packet as in call_data. */
size_t cw_voice_link_seal(struct cw_voice_link *link, struct cw_slice packet,
                          uint8_t datagram[CW_DATAGRAM_MAX]);

struct cw_voice_heard {
    uint8_t content[CW_DATAGRAM_CONTENT_MAX];
    struct cw_voice_said {
        struct cw_slice speaker, packet; /* in content */
        bool again;                      /* it was lost before, here or on the way to the server */
    } said[2];                           /* the older first */
    size_t said_count;
    uint8_t reply[CW_DATAGRAM_MAX];
    size_t reply_n; /* to be sent to the server; 0: nothing */
};

/* False: it was forged, damaged or repeated, or is not understood. */
bool cw_voice_link_take(struct cw_voice_link *link, struct cw_slice datagram, uint64_t now_ms,
                        struct cw_voice_heard *heard);

#endif
