/* histogram.c - percentiles without keeping the values. */
#include <string.h>

#include "bench.h"

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

static unsigned bucket_of(uint64_t value)
{
    if (value < 128)
        return (unsigned)value;
    unsigned shift = 57u - (unsigned)__builtin_clzll(value);
    return shift * 64 + (unsigned)(value >> shift);
}

/* The middle of a bucket. */
static double value_of(unsigned bucket)
{
    if (bucket < 128)
        return bucket;
    unsigned shift = bucket / 64 - 1;
    return (double)((uint64_t)(bucket % 64 + 64) << shift) + (double)(1ull << shift) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    histogram->buckets[bucket_of(ns)]++;
    histogram->count++;
    if (ns > histogram->max)
        histogram->max = ns;
}

double histogram_us(const struct histogram *histogram, double quantile)
{
    uint64_t rank = (uint64_t)(quantile * (double)histogram->count), seen = 0;
    if (histogram->count == 0)
        return -1;
    if (rank >= histogram->count)
        return (double)histogram->max / 1000;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        if ((seen += histogram->buckets[i]) > rank)
            return value_of(i) / 1000;
    return (double)histogram->max / 1000;
}
