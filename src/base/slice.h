/* slice.h - a view of bytes. A slice owns nothing: the function that returns one says how long the
 * bytes live. */
#ifndef CW_BASE_SLICE_H
#define CW_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cw_slice {
    const uint8_t *p; /* may be NULL when n is 0 */
    size_t n;         /* bytes */
};

/* The bytes of a C string, without its terminating zero. */
static inline struct cw_slice cw_slice_str(const char *s)
{
    return (struct cw_slice){(const uint8_t *)s, strlen(s)};
}

static inline struct cw_slice cw_slice_of(const void *p, size_t n)
{
    return (struct cw_slice){p, n};
}

/* Equal bytes. Not for secrets: its duration tells where they differ. */
static inline bool cw_slice_eq(struct cw_slice a, struct cw_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Do the bytes from `at` on begin with this text? */
static inline bool cw_slice_has(struct cw_slice slice, size_t at, const char *text)
{
    const size_t n = strlen(text);
    return slice.n >= at + n && memcmp(slice.p + at, text, n) == 0;
}

/* Equal bytes, in a time that depends on the lengths alone: for tokens. */
static inline bool cw_slice_eq_secret(struct cw_slice a, struct cw_slice b)
{
    size_t i = 0;
    volatile uint64_t difference = 0; /* keeps the compiler from stopping at the first */
    if (a.n != b.n)
        return false;
    for (uint64_t x, y; a.n - i >= 8; i += 8) {
        memcpy(&x, a.p + i, 8);
        memcpy(&y, b.p + i, 8);
        difference |= x ^ y;
    }
    for (; i < a.n; i++)
        difference |= (uint64_t)(a.p[i] ^ b.p[i]);
    return difference == 0;
}

#endif
