/* listing.c - see listing.h. */
#include "server/listing.h"

#include <stddef.h>
#include <stdlib.h>

#include "server/lister.h"

static struct cw_listing *listing_of(struct cw_work *work)
{
    return (struct cw_listing *)(void *)((char *)work - offsetof(struct cw_listing, work));
}

static void listing_run(struct cw_work *work)
{
    struct cw_listing *listing = listing_of(work);
    cw_lister_run(listing->result, &listing->lists);
}

static void listing_done(struct cw_work *work)
{
    struct cw_listing *listing = listing_of(work);
    listing->done(listing);
    cw_arena_finish(&listing->lists);
    free(listing);
}

void cw_listing_submit(struct cw_work_queue *queue, const struct cw_listing *listing)
{
    struct cw_listing *copy = cw_alloc(sizeof *copy);
    *copy = *listing;
    copy->work.run = listing_run;
    copy->work.done = listing_done;
    copy->work.scratch = cw_lister_scratch(listing->result);
    cw_work_queue_submit(queue, &copy->work, copy->asker);
}
