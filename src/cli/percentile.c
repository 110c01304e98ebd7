/* percentile.c - see percentile.h. */
#include "percentile.h"

#include <stdlib.h>

#include "base/alloc.h"

void percentile_add(struct percentile *percentile, double value)
{
    if (percentile->count == percentile->capacity) {
        percentile->capacity = percentile->capacity == 0 ? 64 : 2 * percentile->capacity;
        percentile->values =
            cw_realloc(percentile->values, percentile->capacity * sizeof *percentile->values);
    }
    percentile->values[percentile->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* By the nearest rank. */
double percentile_of(struct percentile *percentile, unsigned percent)
{
    if (percentile->count == 0)
        return 0;
    qsort(percentile->values, percentile->count, sizeof *percentile->values, compare);
    size_t rank = (percentile->count * percent + 99) / 100;
    return percentile->values[rank > 0 ? rank - 1 : 0];
}

void percentile_finish(struct percentile *percentile)
{
    free(percentile->values);
    *percentile = (struct percentile){.values = NULL};
}
