/* checksum.c - see checksum.h. Four words are multiplied by a constant each and added: that costs
 * half as much as mixing them in one after another. */
#include "base/checksum.h"

/* Odd, with bits in all positions. */
#define K0 UINT64_C(0x9e3779b97f4a7c15)
#define K1 UINT64_C(0xff51afd7ed558ccd)
#define K2 UINT64_C(0xc4ceb9fe1a85ec53)
#define K3 UINT64_C(0xd6e8feb86659fd93)

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * K1;
    return sum ^ sum >> 32;
}

/* Compilers turn this into one load instruction. */
static uint64_t load(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

void cw_checksum_begin(struct cw_checksum *checksum, size_t n)
{
    checksum->sum = K0 ^ n;
}

void cw_checksum_add(struct cw_checksum *checksum, struct cw_slice piece)
{
    uint64_t sum = checksum->sum;
    const uint8_t *p = piece.p;
    for (size_t left = piece.n; left >= CW_CHECKSUM_STEP; left -= 32, p += 32)
        sum = mix(sum, load(p) * K0 + load(p + 8) * K1 + load(p + 16) * K2 + load(p + 24) * K3);
    checksum->sum = sum;
}

uint64_t cw_checksum_end(struct cw_checksum *checksum, struct cw_slice last)
{
    cw_checksum_add(checksum, last);
    size_t left = last.n % CW_CHECKSUM_STEP;
    const uint8_t *p = last.p + (last.n - left);
    uint64_t sum = checksum->sum, rest = 0;
    for (; left >= 8; left -= 8, p += 8)
        sum = mix(sum, load(p));
    for (size_t i = 0; i < left; i++)
        rest |= (uint64_t)p[i] << 8 * i;
    return mix(mix(sum, rest), 0);
}

uint64_t cw_checksum(struct cw_slice bytes)
{
    struct cw_checksum checksum;
    cw_checksum_begin(&checksum, bytes.n);
    return cw_checksum_end(&checksum, bytes);
}

uint64_t cw_checksum_numbers(const uint64_t numbers[7])
{
    uint64_t sum = mix(K0, numbers[0] * K0 + numbers[1] * K1 + numbers[2] * K2 + numbers[3] * K3);
    return mix(mix(sum, numbers[4] * K0 + numbers[5] * K1 + numbers[6] * K2), 0);
}
