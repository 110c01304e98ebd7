/* toy_framer.h - a transport that encrypts, as little of one as can be, for tests of what
 * carries all transports: a header of its own, and bytes that cannot be made twice, since
 * each depends on how many went before it. And who reads it. */
#ifndef TEST_TOY_FRAMER_H
#define TEST_TOY_FRAMER_H

#include "frame/framer.h"

/* 'T', then the body's length in three octets; sealed: a length in four octets, not
 * enciphered, then the frames. */
#define TOY_HEADER 4
#define TOY_SEAL   4

struct toy {
    struct cw_framer framer;
    uint32_t counter;  /* of the cipher: bytes so far */
    size_t sealed_max; /* the most frames' bytes that were sealed at once */
};

void toy_init(struct toy *toy);

/* Gets bytes of the wire in any pieces, and has the messages. */
struct toy_reader {
    uint32_t counter;
    struct cw_buf wire, plain;
    size_t read; /* bytes of `plain` that have been handed out */
};

void toy_receive(struct toy_reader *reader, struct cw_slice bytes);

/* The next message's body; false when it has not come. */
bool toy_next(struct toy_reader *reader, struct cw_slice *body);

void toy_reader_finish(struct toy_reader *reader);

#endif
