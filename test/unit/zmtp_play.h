/* zmtp_play.h - plays vectors (framer_play.h) into the ZMTP framer, for its tests. */
#ifndef TEST_ZMTP_PLAY_H
#define TEST_ZMTP_PLAY_H

#include "frame/zmtp.h"
#include "framer_play.h"

#define ZEROS_8            "00000000 00000000"
#define FILLER             ZEROS_8 ZEROS_8 ZEROS_8 "00000000 000000"
#define PAD_16             ZEROS_8 ZEROS_8
#define GREETING(version)  "ff" ZEROS_8 "7f" version "'NULL'" PAD_16 "00" FILLER
#define PEER_GREETING      "ff 00000000 00000001 7f 0301 'NULL'" PAD_16 "00" FILLER
#define OUR_GREETING       GREETING("0301")
#define READY(size, props) "04" size "05 'READY'" props
#define SOCKET_TYPE        "0b 'Socket-Type' "
#define DEALER             SOCKET_TYPE "00000006 'DEALER'"
#define ROUTER             SOCKET_TYPE "00000006 'ROUTER'"
#define READY_DEALER       READY("1c", DEALER)
#define READY_ROUTER       READY("1c", ROUTER)
#define MESSAGE_MAX        300

struct run {
    struct cw_zmtp z;
    struct cw_buf out;
    struct cw_buf events; /* text, a line an event */
};

/* A connection before its first octet, and one after a good handshake. */
void start(struct run *run, enum cw_framer_role role);
void start_traffic(struct run *run);
void stop(struct run *run);

/* Puts bytes in and notes all events. */
void feed(struct run *run, const uint8_t *p, size_t n);
void feed_hex(struct run *run, const char *vector);
void feed_zeros(struct run *run, size_t n);

/* What was noted, and what was answered, since the last call. */
void assert_events(struct run *run, const char *events);
void assert_out(struct run *run, const char *vector);

/* Plays a vector cut in two at every place, octet by octet, and in small
 * pieces: events and answers must be the same. */
void expect(enum cw_framer_role role, const char *vector, const char *events, const char *out);

/* Server, after a good handshake. */
#define EXPECT_TRAFFIC(vector, events, out)                                                        \
    expect(CW_FRAMER_SERVER, PEER_GREETING READY_DEALER vector, "READY\n" events,                  \
           OUR_GREETING READY_ROUTER out)
/* Server, after a good greeting. */
#define EXPECT_HANDSHAKE(vector, events, out)                                                      \
    expect(CW_FRAMER_SERVER, PEER_GREETING vector, events, OUR_GREETING READY_ROUTER out)

#endif
