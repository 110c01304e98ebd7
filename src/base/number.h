/* number.h - numbers of n bytes, at most 8, in files and frames. */
#ifndef CW_BASE_NUMBER_H
#define CW_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* The highest byte is the first. */
static inline uint64_t cw_number_big(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

/* The lowest byte is the first. */
static inline uint64_t cw_number_little(const uint8_t *p, size_t n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | p[n];
    return value;
}

#endif
