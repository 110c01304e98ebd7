/* limit_frame.h - the frame of the limit server; the broker's message is the
 * same without the length. */
#ifndef CW_BENCH_LIMIT_FRAME_H
#define CW_BENCH_LIMIT_FRAME_H

#include <stdint.h>

struct limit_frame {
    uint32_t size; /* bytes that follow */
    uint32_t op_channel;
};
enum { LIMIT_HELLO = 1, LIMIT_JOIN = 2, LIMIT_PUBLISH = 3 }; /* op << 24 | channel */
#define LIMIT_CHANNELS (1u << 16)

#endif
