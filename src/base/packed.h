/* packed.h - bodies of messages between nodes: numbers and bytes one behind the other, without
 * names. A reader that finds less than it asked for is `bad` from then on, and gets zeros: its
 * caller asks once, at the end. Callers: src/bus, the files of src/core that talk to other nodes,
 * and store/postgres, whose binary values have the same form. */
#ifndef CW_BASE_PACKED_H
#define CW_BASE_PACKED_H

#include "base/buf.h"

/* Appends. Numbers have their highest byte first; bytes have their number (32 bits) before them. */
void cw_packed_put_u8(struct cw_buf *buf, uint8_t value);
void cw_packed_put_u32(struct cw_buf *buf, uint32_t value);
void cw_packed_put_u64(struct cw_buf *buf, uint64_t value);
void cw_packed_put_bytes(struct cw_buf *buf, struct cw_slice bytes);

struct cw_packed {
    struct cw_slice left;
    bool bad;
};

static inline struct cw_packed cw_packed_begin(struct cw_slice body)
{
    return (struct cw_packed){.left = body};
}
uint8_t cw_packed_take_u8(struct cw_packed *from);
uint32_t cw_packed_take_u32(struct cw_packed *from);
uint64_t cw_packed_take_u64(struct cw_packed *from);
/* A part of the body; good as long as that. */
struct cw_slice cw_packed_take_bytes(struct cw_packed *from);
/* A number of entries that follow, each of at least `size` bytes: so no more than could be there;
 * else it is bad, and 0. */
uint32_t cw_packed_take_count(struct cw_packed *from, size_t size);
/* All was there, and nothing is left. */
bool cw_packed_end(const struct cw_packed *from);

#endif
