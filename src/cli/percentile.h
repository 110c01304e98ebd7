/* percentile.h - what of many measured values is usual and what is bad. */
#ifndef CHINWAG_CLI_PERCENTILE_H
#define CHINWAG_CLI_PERCENTILE_H

#include <stddef.h>

/* A zeroed struct is empty. */
struct percentile {
    double *values;
    size_t count, capacity;
};

void percentile_add(struct percentile *percentile, double value);

/* The value that `percent` of all are not above; 0 of none. Sorts them. */
double percentile_of(struct percentile *percentile, unsigned percent);

void percentile_finish(struct percentile *percentile);

#endif
