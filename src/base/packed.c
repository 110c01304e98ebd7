/* packed.c - see packed.h. */
#include "base/packed.h"

#include "base/number.h"

static void append_number(struct cw_buf *buf, uint64_t value, size_t n)
{
    uint8_t *to = cw_buf_reserve(buf, n);
    if (to == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
    buf->n += n;
}

void cw_packed_put_u8(struct cw_buf *buf, uint8_t value)
{
    append_number(buf, value, 1);
}

void cw_packed_put_u32(struct cw_buf *buf, uint32_t value)
{
    append_number(buf, value, 4);
}

void cw_packed_put_u64(struct cw_buf *buf, uint64_t value)
{
    append_number(buf, value, 8);
}

void cw_packed_put_bytes(struct cw_buf *buf, struct cw_slice bytes)
{
    cw_packed_put_u32(buf, (uint32_t)bytes.n);
    cw_buf_append(buf, bytes.p, bytes.n);
}

/* NULL: there is less. */
static const uint8_t *take_bytes(struct cw_packed *from, size_t n)
{
    from->bad |= from->left.n < n;
    if (from->bad)
        return NULL;
    const uint8_t *taken = from->left.p;
    from->left = cw_slice_of(taken + n, from->left.n - n);
    return taken;
}

static uint64_t take_number(struct cw_packed *from, size_t n)
{
    const uint8_t *p = take_bytes(from, n);
    return p == NULL ? 0 : cw_number_big(p, n);
}

uint8_t cw_packed_take_u8(struct cw_packed *from)
{
    return (uint8_t)take_number(from, 1);
}

uint32_t cw_packed_take_u32(struct cw_packed *from)
{
    return (uint32_t)take_number(from, 4);
}

uint64_t cw_packed_take_u64(struct cw_packed *from)
{
    return take_number(from, 8);
}

struct cw_slice cw_packed_take_bytes(struct cw_packed *from)
{
    uint32_t n = cw_packed_take_u32(from);
    const uint8_t *p = n == 0 ? NULL : take_bytes(from, n);
    return p == NULL ? (struct cw_slice){0} : cw_slice_of(p, n);
}

uint32_t cw_packed_take_count(struct cw_packed *from, size_t size)
{
    uint32_t count = cw_packed_take_u32(from);
    from->bad |= count > from->left.n / size;
    return from->bad ? 0 : count;
}

bool cw_packed_end(const struct cw_packed *from)
{
    return !from->bad && from->left.n == 0;
}
