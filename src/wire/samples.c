/* samples.c - PCM arrays (lists of audio samples): the only long part of a message.
 *
 * libmpack reads everything else; the loop below walks a PCM array in place. Measured on a voice
 * message of 882,000 samples (20 s of 44,100 Hz): libmpack's tokenizer 22 ms, msgpack-c 24 to 46 ms
 * and 14 MB of objects, a plain loop over the heads of integers 5.6 ms, this one, with a fast path
 * for the 16-bit forms, 2.4 ms. It is time of the loop thread, which serves everybody. It knows
 * only MessagePack's scalars, by the table of heads in its spec.md:
 *
 *   00-7f positive fixint   e0-ff negative fixint
 *   cc-cf uint 8, 16, 32, 64   d0-d3 int 8, 16, 32, 64
 *   c0 nil, c2 c3 boolean, ca cb float: well-formed, but never a sample
 *
 * The samples are not copied: their bytes are passed on as they came. */
#include "wire/samples.h"

/* Bytes after the head of a scalar, by its low five bits, heads c0 to df;
 * NOT_SCALAR for c1 (never used), strings, ext and containers. */
enum { NOT_SCALAR = 0xff };
static const uint8_t scalar_bytes[32] = {
    0,          NOT_SCALAR, 0,          0,          NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR,
    NOT_SCALAR, NOT_SCALAR, 4,          8,          1,          2,          4,          8,
    1,          2,          4,          8,          NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR,
    NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR, NOT_SCALAR};

static bool is_fixint(uint8_t head)
{
    return head < 0x80 || head >= 0xe0;
}

static uint64_t read_big_endian(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

/* The integer whose head is *p and whose bytes are all there; false when it is
 * no integer or needs more than 16 signed bits. */
static bool read_sample(const uint8_t *p, int16_t *sample)
{
    const uint8_t head = p[0];
    if (is_fixint(head)) {
        *sample = (int16_t)(head < 0x80 ? head : head - 0x100);
        return true;
    }
    if (head == 0xd1) { /* int 16: most samples of any recording */
        int value = p[1] << 8 | p[2];
        *sample = (int16_t)(value < 0x8000 ? value : value - 0x10000);
        return true;
    }
    if (head < 0xcc)
        return false;
    const size_t n = scalar_bytes[head & 0x1f];
    uint64_t value = read_big_endian(p + 1, n);
    if (head >= 0xd0 && value >> (8 * n - 1) != 0) { /* negative: sign-extend */
        uint64_t magnitude = n == 8 ? 0 - value : (UINT64_C(1) << 8 * n) - value;
        *sample = (int16_t) - (int32_t)(magnitude & 0xffff);
        return magnitude <= 0x8000;
    }
    *sample = (int16_t)(value & 0x7fff);
    return value <= 0x7fff;
}

/* Length of the array head at p and its count; 0 when there is none. */
static size_t read_array_head(struct cw_slice in, uint32_t *count)
{
    if (in.n == 0)
        return 0;
    const uint8_t head = in.p[0];
    if (head >= 0x90 && head <= 0x9f) {
        *count = head & 0x0f;
        return 1;
    }
    const size_t n = head == 0xdc ? 2 : head == 0xdd ? 4 : 0;
    if (n == 0 || in.n < 1 + n)
        return 0;
    *count = (uint32_t)read_big_endian(in.p + 1, n);
    return 1 + n;
}

/* Length of the scalar at p, of which `n` bytes are there; 0 when it is cut
 * short or no scalar. Clears *fit when it is no sample. */
static size_t walk_scalar(const uint8_t *p, size_t n, bool *fit)
{
    const size_t more = *p >= 0xc0 ? scalar_bytes[*p & 0x1f] : NOT_SCALAR;
    if (more == NOT_SCALAR || more >= n)
        return 0;
    int16_t sample;
    *fit &= read_sample(p, &sample);
    return 1 + more;
}

/* int 16 or uint 16: most samples of any recording, in no order that a branch
 * predictor could learn. */
static bool is_16_bit(uint8_t head)
{
    return (head == 0xd1) | (head == 0xcd);
}

bool cw_samples_walk(struct cw_slice in, struct cw_samples_walk *walk)
{
    const size_t head_length = read_array_head(in, &walk->count);
    if (head_length == 0)
        return false;
    const uint8_t *p = in.p + head_length;
    const uint8_t *const end = in.p + in.n;
    walk->fit = true;
    for (walk->left = walk->count; walk->left > 0 && p < end; walk->left--) {
        size_t n = 1;
        if (is_16_bit(*p) && end - p >= 3) {
            walk->fit &= (p[0] == 0xd1) | (p[1] < 0x80);
            n = 3;
        } else if (!is_fixint(*p)) {
            n = walk_scalar(p, (size_t)(end - p), &walk->fit);
        }
        if (n == 0)
            break;
        p += n;
    }
    walk->walked = (size_t)(p - in.p);
    return true;
}

bool cw_samples_scan(struct cw_slice in, struct cw_samples *samples)
{
    struct cw_samples_walk walk;
    if (!cw_samples_walk(in, &walk) || walk.left > 0 || !walk.fit)
        return false;
    *samples = (struct cw_samples){.encoded = cw_slice_of(in.p, walk.walked), .count = walk.count};
    return true;
}

void cw_samples_decode(struct cw_samples samples, int16_t *out)
{
    uint32_t count = 0;
    const uint8_t *p = samples.encoded.p + read_array_head(samples.encoded, &count);
    for (uint32_t i = 0; i < count; i++) {
        read_sample(p, &out[i]);
        p += is_fixint(*p) ? 1 : 1 + scalar_bytes[*p & 0x1f];
    }
}

static uint8_t *write_sample(uint8_t *p, int16_t sample)
{
    const uint16_t bits = (uint16_t)sample;
    if (sample < -128 || sample > 255) {
        *p++ = sample < 0 ? 0xd1 : 0xcd;
        *p++ = (uint8_t)(bits >> 8);
    } else if (sample < -32) {
        *p++ = 0xd0;
    } else if (sample > 127) {
        *p++ = 0xcc;
    }
    *p++ = (uint8_t)(bits & 0xff);
    return p;
}

static uint8_t *write_array_head(uint8_t *p, uint32_t count)
{
    if (count < 16) {
        *p++ = (uint8_t)(0x90 | count);
        return p;
    }
    const size_t n = count <= 0xffff ? 2 : 4;
    *p++ = n == 2 ? 0xdc : 0xdd;
    for (size_t i = n; i-- > 0;)
        *p++ = (uint8_t)(count >> 8 * i);
    return p;
}

size_t cw_samples_write(const int16_t *samples, uint32_t count, uint8_t *out)
{
    uint8_t *p = write_array_head(out, count);
    for (uint32_t i = 0; i < count; i++)
        p = write_sample(p, samples[i]);
    return (size_t)(p - out);
}

void cw_samples_encode(const int16_t *samples, uint32_t count, struct cw_buf *out)
{
    uint8_t *place = cw_buf_reserve(out, 5 + 3 * (size_t)count);
    if (place != NULL)
        out->n += cw_samples_write(samples, count, place);
}

/* ext 8, 16, 32: head, length, type; fixext 1 to 16: head, type. */
struct cw_slice cw_samples_payload(struct cw_slice encoded)
{
    const uint8_t head = encoded.n == 0 ? 0 : encoded.p[0];
    const size_t n = head >= 0xc7 && head <= 0xc9 ? (size_t)2 + (1u << (head - 0xc7)) : 2;
    if (encoded.n < n)
        return (struct cw_slice){0};
    return cw_slice_of(encoded.p + n, encoded.n - n);
}
