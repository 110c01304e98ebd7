/* tally.c - see tally.h. */
#include "store/tally.h"

#include <stdlib.h>

#include "base/alloc.h"

void cw_tallies_init(struct cw_tallies *tallies)
{
    static const uint64_t seed[2] = {3, 4};
    *tallies = (struct cw_tallies){.at = NULL};
    cw_map_init(&tallies->by_id, seed);
}

struct cw_tally *cw_tally_of(struct cw_tallies *tallies, uint64_t conversation)
{
    struct cw_tally *tally = cw_map_get(&tallies->by_id, cw_map_id(&conversation));
    if (tally != NULL)
        return tally;
    if (tallies->count == tallies->capacity) {
        tallies->capacity = 2 * tallies->capacity + 64;
        tallies->at = cw_realloc(tallies->at, tallies->capacity * sizeof tallies->at[0]);
    }
    tally = cw_alloc_zero(sizeof *tally);
    tally->conversation = conversation;
    tallies->at[tallies->count++] = tally;
    cw_map_put(&tallies->by_id, cw_map_id(&tally->conversation), tally);
    return tally;
}

static int by_conversation(const void *a, const void *b)
{
    uint64_t x = (*(struct cw_tally *const *)a)->conversation;
    uint64_t y = (*(struct cw_tally *const *)b)->conversation;
    return x < y ? -1 : x > y;
}

void cw_tallies_sort(struct cw_tallies *tallies)
{
    if (tallies->count != 0)
        qsort(tallies->at, tallies->count, sizeof tallies->at[0], by_conversation);
}

void cw_tallies_finish(struct cw_tallies *tallies)
{
    cw_map_finish(&tallies->by_id);
    for (size_t i = 0; i < tallies->count; i++)
        free(tallies->at[i]);
    free(tallies->at);
}
