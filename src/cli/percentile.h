/* percentile.h - percentiles of measured values. */
#ifndef CHINWAG_CLI_PERCENTILE_H
#define CHINWAG_CLI_PERCENTILE_H

#include <stddef.h>

/* A zeroed struct is empty. */
struct percentile {
    double *values;
    size_t count, capacity;
};

void percentile_add(struct percentile *percentile, double value);

/* The value that `percent` per cent of the values do not exceed; 0 without values. Sorts them. */
double percentile_of(struct percentile *percentile, unsigned percent);

void percentile_finish(struct percentile *percentile);

#endif
