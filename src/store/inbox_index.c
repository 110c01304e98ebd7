/* inbox_index.c - see inbox_index.h. */
#include "store/inbox_index.h"

#include <stdlib.h>

#include "base/alloc.h"

#define ADDED_KEPT 4096

static void init_run(struct cw_inbox_run *run)
{
    static const uint64_t seed[2] = {0x6368696e77616721u, 0x696e646578696421u};
    *run = (struct cw_inbox_run){0};
    cw_map_init(&run->buckets, seed); /* ids are the store's own: nobody chooses them */
}

static void finish_run(struct cw_inbox_run *run)
{
    for (struct cw_inbox_bucket *bucket = run->first, *next; bucket != NULL; bucket = next) {
        next = bucket->next;
        free(bucket->ids);
        free(bucket);
    }
    cw_map_finish(&run->buckets);
}

void cw_inbox_index_init(struct cw_inbox_index *index)
{
    *index = (struct cw_inbox_index){0};
    init_run(&index->filling);
    init_run(&index->moving);
}

void cw_inbox_index_finish(struct cw_inbox_index *index)
{
    finish_run(&index->filling);
    finish_run(&index->moving);
    free(index->added);
}

void cw_inbox_index_begin(struct cw_inbox_index *index)
{
    index->added_count = 0;
    index->at_begin = index->at;
    index->at_id_begin = index->at_id;
    index->newest_begin = index->filling.newest;
}

/* A bucket is empty when the batch that made it was undone. */
static struct cw_inbox_bucket *first_with_ids(struct cw_inbox_bucket *bucket)
{
    while (bucket != NULL && bucket->count == 0)
        bucket = bucket->next;
    return bucket;
}

void cw_inbox_index_keep(struct cw_inbox_index *index)
{
    if (index->added_capacity > ADDED_KEPT) { /* it was made again at a start */
        free(index->added);
        index->added = NULL;
        index->added_capacity = 0;
    }
    index->added_count = 0;
    if (index->at != NULL)
        return;
    if (index->moving.count != 0) {
        finish_run(&index->moving);
        init_run(&index->moving);
    }
    if (index->filling.count >= CW_INBOX_RUN) {
        cw_map_finish(&index->moving.buckets);
        index->moving = index->filling;
        init_run(&index->filling);
        index->at = first_with_ids(index->moving.first);
        index->at_id = 0;
    }
}

void cw_inbox_index_undo(struct cw_inbox_index *index)
{
    index->filling.count -= index->added_count;
    while (index->added_count != 0)
        index->added[--index->added_count]->count--;
    index->at = index->at_begin;
    index->at_id = index->at_id_begin;
    index->filling.newest = index->newest_begin;
}

static struct cw_inbox_bucket *bucket_of(struct cw_inbox_run *run, uint64_t mailbox)
{
    struct cw_inbox_bucket *bucket = cw_map_get(&run->buckets, cw_map_id(&mailbox));
    if (bucket != NULL)
        return bucket;
    bucket = cw_alloc_zero(sizeof *bucket);
    bucket->mailbox = mailbox;
    if (run->first == NULL)
        run->first = bucket;
    else
        run->last->next = bucket;
    run->last = bucket;
    cw_map_put(&run->buckets, cw_map_id(&bucket->mailbox), bucket);
    return bucket;
}

static void note_added(struct cw_inbox_index *index, struct cw_inbox_bucket *bucket)
{
    if (index->added_count == index->added_capacity) {
        index->added_capacity = index->added_capacity * 2 + 64;
        index->added =
            cw_realloc(index->added, index->added_capacity * sizeof(struct cw_inbox_bucket *));
    }
    index->added[index->added_count++] = bucket;
}

void cw_inbox_index_add(struct cw_inbox_index *index, uint64_t mailbox, uint64_t message_id)
{
    struct cw_inbox_bucket *bucket = bucket_of(&index->filling, mailbox);
    if (bucket->count == bucket->capacity) {
        bucket->capacity = bucket->capacity * 2 + 4;
        bucket->ids = cw_realloc(bucket->ids, bucket->capacity * sizeof *bucket->ids);
    }
    bucket->ids[bucket->count++] = message_id;
    index->filling.count++;
    index->filling.newest = message_id;
    note_added(index, bucket);
}

static uint64_t seek_in(const struct cw_inbox_run *run, uint64_t mailbox, uint64_t after)
{
    const struct cw_inbox_bucket *bucket = cw_map_get(&run->buckets, cw_map_id(&mailbox));
    if (bucket == NULL)
        return 0;
    size_t low = 0, high = bucket->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bucket->ids[middle] > after)
            high = middle;
        else
            low = middle + 1;
    }
    return low < bucket->count ? bucket->ids[low] : 0;
}

uint64_t cw_inbox_index_seek(const struct cw_inbox_index *index, uint64_t mailbox, uint64_t after)
{
    uint64_t id = seek_in(&index->moving, mailbox, after);
    return id != 0 ? id : seek_in(&index->filling, mailbox, after);
}

bool cw_inbox_index_move(struct cw_inbox_index *index, uint64_t *mailbox, uint64_t *message_id)
{
    struct cw_inbox_bucket *bucket = index->at;
    if (bucket == NULL)
        return false;
    *mailbox = bucket->mailbox;
    *message_id = bucket->ids[index->at_id];
    if (++index->at_id == bucket->count) {
        index->at = first_with_ids(bucket->next);
        index->at_id = 0;
    }
    return true;
}

uint64_t cw_inbox_index_moved_to(const struct cw_inbox_index *index)
{
    return index->at == NULL && index->at_begin != NULL ? index->moving.newest : 0;
}
