/* payload.c - what is said: made so that a receiver can tell every byte. */
#include <string.h>

#include "bench.h"

void hex_put(uint8_t *to, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value >>= 4)
        to[i] = (uint8_t) "0123456789abcdef"[value & 15];
}

static uint64_t hex_get(const uint8_t *p, int digits)
{
    uint64_t value = 0;
    for (int i = 0; i < digits; i++)
        value = value << 4 | (uint64_t)(p[i] <= '9' ? p[i] - '0' : p[i] - 'a' + 10);
    return value;
}

/* Letters that begin elsewhere in the alphabet from message to message. */
static const uint8_t *filler(uint32_t sequence)
{
    static uint8_t letters[PAYLOAD_MAX + 32];
    if (letters[0] == 0)
        for (size_t i = 0; i < sizeof letters; i++)
            letters[i] = (uint8_t)('a' + i % 26);
    return letters + sequence % 26;
}

struct cw_slice payload_make(size_t size, struct payload payload)
{
    static uint8_t bytes[PAYLOAD_MAX];
    hex_put(bytes, payload.time_ns, 16);
    hex_put(bytes + 16, payload.sequence, 8);
    hex_put(bytes + 24, payload.sender, 8);
    memcpy(bytes + PAYLOAD_HEAD, filler(payload.sequence), size - PAYLOAD_HEAD);
    return cw_slice_of(bytes, size);
}

struct cw_slice payload_next(struct conn *conn, size_t size)
{
    return payload_make(size, (struct payload){now_ns(), conn->sequence_out++, conn->id});
}

struct payload payload_check(struct cw_slice bytes)
{
    if (bytes.n < PAYLOAD_HEAD || bytes.n > PAYLOAD_MAX)
        die("a message of %zu bytes came, which nobody sent", bytes.n);
    struct payload payload = {hex_get(bytes.p, 16), (uint32_t)hex_get(bytes.p + 16, 8),
                              (uint32_t)hex_get(bytes.p + 24, 8)};
    if (memcmp(bytes.p + PAYLOAD_HEAD, filler(payload.sequence), bytes.n - PAYLOAD_HEAD) != 0)
        die("a message came changed: sequence %u of %u", payload.sequence, payload.sender);
    return payload;
}
