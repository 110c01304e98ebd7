/* listing.h - pages whose files become lists (lister.h), on libuv's workers. */
#ifndef CW_SERVER_LISTING_H
#define CW_SERVER_LISTING_H

#include "server/work_queue.h"
#include "store/store.h"

/* One page that is being processed. */
struct cw_listing {
    struct cw_work work;
    void (*done)(struct cw_listing *listing);
    void *context;
    struct cw_store_result *result;
    void *owner;           /* of the result, for `done` */
    uint64_t asker;        /* takes turns by this: cw_core_owner */
    struct cw_arena lists; /* made of the files */
};

/* Copies `listing`, of which the members from `done` to `asker` are filled in. When
 * its result has been changed, `done` is called on the loop; then listing and lists
 * are freed. */
void cw_listing_submit(struct cw_work_queue *queue, const struct cw_listing *listing);

#endif
