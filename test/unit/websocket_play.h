/* websocket_play.h - plays vectors (framer_play.h) into the WebSocket framer, for its tests. */
#ifndef TEST_WEBSOCKET_PLAY_H
#define TEST_WEBSOCKET_PLAY_H

#include "frame/websocket.h"
#include "framer_play.h"

#define MESSAGE_MAX 300

/* A masking key that changes nothing. */
#define Z "00000000"

struct run {
    struct cw_framer *framer;
    struct cw_buf out, events;
};

/* A connection before its first input, and a server's after READY. A client takes the masking
 * keys 37fa213d, 37fa213e and so on. */
void start(struct run *run, enum cw_framer_role role);
void start_traffic(struct run *run);
void stop(struct run *run);

/* Gives bytes to the framer and records all events. */
void feed(struct run *run, const uint8_t *p, size_t n);
void feed_hex(struct run *run, const char *vector);
void feed_zeros(struct run *run, size_t n);

/* Plays a vector after READY: cut in two at every place, octet by octet, and in small pieces.
 * Events and answers must be the same. */
void expect(enum cw_framer_role role, const char *vector, const char *events, const char *out);

#define EXPECT(vector, events, out)        expect(CW_FRAMER_SERVER, vector, events, out)
#define EXPECT_CLIENT(vector, events, out) expect(CW_FRAMER_CLIENT, vector, events, out)

#endif
