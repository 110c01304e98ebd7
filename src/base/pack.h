/* pack.h - bodies of messages between nodes: numbers and bytes one behind the other, without names.
 * A reader that finds less than it asked for is `bad` from then on, and gets zeros: its caller asks
 * once, at the end. Callers: src/bus, and the files of src/core that talk to other nodes. */
#ifndef CW_BASE_PACK_H
#define CW_BASE_PACK_H

#include "base/buf.h"

/* Appends. Numbers have their highest byte first; bytes have their number (32 bits) before them. */
void cw_pack_u8(struct cw_buf *buf, uint8_t value);
void cw_pack_u32(struct cw_buf *buf, uint32_t value);
void cw_pack_u64(struct cw_buf *buf, uint64_t value);
void cw_pack_bytes(struct cw_buf *buf, struct cw_slice bytes);

struct cw_unpack {
    struct cw_slice left;
    bool bad;
};

static inline struct cw_unpack cw_unpack_begin(struct cw_slice body)
{
    return (struct cw_unpack){.left = body};
}
uint8_t cw_unpack_u8(struct cw_unpack *from);
uint32_t cw_unpack_u32(struct cw_unpack *from);
uint64_t cw_unpack_u64(struct cw_unpack *from);
/* A part of the body; good as long as that. */
struct cw_slice cw_unpack_bytes(struct cw_unpack *from);
/* A number of entries that follow, each of at least `size` bytes: so no more than could be there;
 * else it is bad, and 0. */
uint32_t cw_unpack_count(struct cw_unpack *from, size_t size);
/* All was there, and nothing is left. */
bool cw_unpack_end(const struct cw_unpack *from);

#endif
