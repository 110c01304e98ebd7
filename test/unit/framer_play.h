/* framer_play.h - plays vectors into a framer, for the tests of all transports.
 *
 * A vector is hex with texts in single quotes. Events are noted as text, a line each. */
#ifndef TEST_FRAMER_PLAY_H
#define TEST_FRAMER_PLAY_H

#include "frame/framer.h"

/* The bytes of a vector; the caller's. */
struct cw_buf parse(const char *vector);

/* Puts bytes in and notes all events. They come in a block of just their size, so that reading
 * past its end or after its time is seen. */
void play_bytes(struct cw_framer *framer, const uint8_t *p, size_t n, struct cw_buf *out,
                struct cw_buf *events);

/* What was noted, or came out as text; what was answered, as a vector. It is forgotten then. */
void assert_noted(struct cw_buf *events, const char *expected);
void assert_answered(struct cw_buf *out, const char *vector);

#endif
