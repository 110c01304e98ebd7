/* inbox_index.c - see inbox_index.h. */
#include "store/inbox_index.h"

#include <stdlib.h>

#include "base/alloc.h"

#define ADDED_KEPT 4096
#define REMOVED    (UINT64_C(1) << 63)
#define HOLE_MAX   (1u << 20)

static void init_run(struct cw_inbox_run *run)
{
    static const uint64_t seed[2] = {0x6368696e77616721u, 0x696e646578696421u};
    *run = (struct cw_inbox_run){0};
    cw_map_init(&run->buckets, seed); /* ids are the store's own: no peer chooses them */
}

static void finish_run(struct cw_inbox_run *run)
{
    for (struct cw_inbox_bucket *bucket = run->first, *next; bucket != NULL; bucket = next) {
        next = bucket->next;
        if (bucket->ids != bucket->few)
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
    free(index->removed);
}

/* --- batches --------------------------------------------------------------------------- */

void cw_inbox_index_begin(struct cw_inbox_index *index)
{
    index->added_count = index->removed_count = 0;
    index->at_begin = index->at;
    index->at_id_begin = index->at_id;
    index->newest_begin = index->filling.newest;
    index->count_begin = index->filling.count;
}

/* A bucket is empty when the batch that made it was undone. */
static struct cw_inbox_bucket *first_with_ids(struct cw_inbox_bucket *bucket)
{
    while (bucket != NULL && bucket->count == 0)
        bucket = bucket->next;
    return bucket;
}

static int by_key(const void *a, const void *b)
{
    const struct cw_inbox_bucket *x = *(struct cw_inbox_bucket *const *)a;
    const struct cw_inbox_bucket *y = *(struct cw_inbox_bucket *const *)b;
    return x->key < y->key ? -1 : x->key > y->key;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* In the order of the tables, so that a page is filled once. */
static void sort_run(struct cw_inbox_run *run)
{
    struct cw_inbox_bucket **sorted = cw_alloc((run->bucket_count + 1) * sizeof *sorted);
    size_t n = 0;
    for (struct cw_inbox_bucket *bucket = run->first; bucket != NULL; bucket = bucket->next) {
        sorted[n++] = bucket;
        if (cw_inbox_is_new_pairs(bucket->key))
            qsort(bucket->ids, bucket->count, sizeof bucket->ids[0], by_number);
    }
    qsort(sorted, n, sizeof *sorted, by_key);
    sorted[n] = NULL;
    run->first = sorted[0];
    for (size_t i = 0; i < n; i++)
        sorted[i]->next = sorted[i + 1];
    run->last = n == 0 ? NULL : sorted[n - 1];
    free(sorted);
}

void cw_inbox_index_keep(struct cw_inbox_index *index)
{
    if (index->added_capacity > ADDED_KEPT) { /* it has grown when the index was made at a start */
        free(index->added);
        index->added = NULL;
        index->added_capacity = 0;
    }
    index->added_count = index->removed_count = 0;
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
        sort_run(&index->moving);
        index->at = first_with_ids(index->moving.first);
        index->at_id = 0;
    }
}

void cw_inbox_index_undo(struct cw_inbox_index *index)
{
    while (index->removed_count != 0)
        *index->removed[--index->removed_count] &= ~REMOVED;
    while (index->added_count != 0)
        index->added[--index->added_count]->count--;
    index->at = index->at_begin;
    index->at_id = index->at_id_begin;
    index->filling.newest = index->newest_begin;
    index->filling.count = index->count_begin;
}

/* --- adding and removing ------------------------------------------------------------------ */

static struct cw_inbox_bucket *bucket_of(struct cw_inbox_run *run, uint64_t key)
{
    struct cw_inbox_bucket *bucket = run->met != NULL && run->met->key == key
                                         ? run->met
                                         : cw_map_get(&run->buckets, cw_map_id(&key));
    if (bucket != NULL)
        return bucket;
    bucket = cw_alloc(sizeof *bucket);
    *bucket = (struct cw_inbox_bucket){.key = key, .ids = bucket->few, .capacity = 2};
    if (run->first == NULL)
        run->first = bucket;
    else
        run->last->next = bucket;
    run->last = bucket;
    run->bucket_count++;
    cw_map_put(&run->buckets, cw_map_id(&bucket->key), bucket);
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

static void note_removed(struct cw_inbox_index *index, uint64_t *id)
{
    if (index->removed_count == index->removed_capacity) {
        index->removed_capacity = index->removed_capacity * 2 + 64;
        index->removed = cw_realloc(index->removed, index->removed_capacity * sizeof(uint64_t *));
    }
    index->removed[index->removed_count++] = id;
}

static void grow(struct cw_inbox_index *index, struct cw_inbox_bucket *bucket)
{
    uint64_t *old = bucket->ids;
    bucket->capacity *= 4;
    bucket->ids = cw_alloc(bucket->capacity * sizeof *bucket->ids);
    memcpy(bucket->ids, old, bucket->count * sizeof *bucket->ids);
    for (size_t i = 0; i < index->removed_count; i++)
        if (index->removed[i] >= old && index->removed[i] < old + bucket->count)
            index->removed[i] = bucket->ids + (index->removed[i] - old);
    if (old != bucket->few)
        free(old);
}

void cw_inbox_index_count(struct cw_inbox_index *index, uint64_t message_id)
{
    index->filling.count++;
    index->filling.newest = message_id;
}

static inline void append_id(struct cw_inbox_index *index, struct cw_inbox_bucket *bucket,
                             uint64_t id)
{
    if (bucket->count == bucket->capacity)
        grow(index, bucket);
    bucket->ids[bucket->count++] = id;
    note_added(index, bucket);
}

void cw_inbox_index_add(struct cw_inbox_index *index, uint64_t key, uint64_t id, uint64_t seq)
{
    struct cw_inbox_bucket *bucket = bucket_of(&index->filling, key);
    if (bucket->count == 0)
        bucket->first_seq = seq;
    uint64_t expected = bucket->first_seq + bucket->count;
    uint64_t missing = bucket->first_seq == 0 ? 0 : seq - expected;
    if (missing > HOLE_MAX)
        return; /* not a number that was given, or one that was given already */
    uint64_t last = missing == 0 ? 0 : bucket->ids[bucket->count - 1] | REMOVED;
    for (; missing != 0; missing--)
        append_id(index, bucket, last);
    append_id(index, bucket, id);
}

/* The place of the lowest id above `after`. */
static size_t place_above(const struct cw_inbox_bucket *bucket, uint64_t after)
{
    size_t low = 0, high = bucket->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((bucket->ids[middle] & ~REMOVED) > after)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void remove_from_run(struct cw_inbox_index *index, struct cw_inbox_run *run, uint64_t key,
                            uint64_t id)
{
    struct cw_inbox_bucket *bucket = cw_map_get(&run->buckets, cw_map_id(&key));
    if (bucket == NULL)
        return;
    size_t i = place_above(bucket, id - 1);
    if (i == bucket->count || bucket->ids[i] != id)
        return;
    bucket->ids[i] |= REMOVED;
    note_removed(index, &bucket->ids[i]);
}

void cw_inbox_index_remove(struct cw_inbox_index *index, uint64_t key, uint64_t id)
{
    remove_from_run(index, &index->moving, key, id);
    remove_from_run(index, &index->filling, key, id);
}

/* --- finding ---------------------------------------------------------------------------- */

static uint64_t seek_in(const struct cw_inbox_run *run, uint64_t key, uint64_t after)
{
    const struct cw_inbox_bucket *bucket = cw_map_get(&run->buckets, cw_map_id(&key));
    size_t i = bucket == NULL ? 0 : place_above(bucket, after);
    while (bucket != NULL && i < bucket->count && (bucket->ids[i] & REMOVED) != 0)
        i++;
    return bucket != NULL && i < bucket->count ? bucket->ids[i] : 0;
}

uint64_t cw_inbox_index_seek(const struct cw_inbox_index *index, uint64_t key, uint64_t after)
{
    uint64_t id = seek_in(&index->moving, key, after);
    return id != 0 ? id : seek_in(&index->filling, key, after);
}

static bool last_in(const struct cw_inbox_bucket *bucket, uint64_t *seq, uint64_t *id)
{
    if (bucket == NULL || bucket->count == 0)
        return false;
    *seq = bucket->first_seq + bucket->count - 1;
    *id = bucket->ids[bucket->count - 1] & ~REMOVED;
    return true;
}

bool cw_inbox_index_last(struct cw_inbox_index *index, uint64_t conversation, uint64_t *seq,
                         uint64_t *id)
{
    index->filling.met = cw_map_get(&index->filling.buckets, cw_map_id(&conversation));
    return last_in(index->filling.met, seq, id) ||
           last_in(cw_map_get(&index->moving.buckets, cw_map_id(&conversation)), seq, id);
}

/* A hole does not count as removed. */
static bool is_removed(const struct cw_inbox_bucket *bucket, size_t i)
{
    bool hole = i > 0 && bucket->ids[i] == (bucket->ids[i - 1] | REMOVED);
    return (bucket->ids[i] & REMOVED) != 0 && !hole;
}

static bool first_in(const struct cw_inbox_run *run, uint64_t conversation, uint64_t *seq,
                     uint64_t *id)
{
    const struct cw_inbox_bucket *bucket = cw_map_get(&run->buckets, cw_map_id(&conversation));
    if (bucket == NULL)
        return false;
    /* The oldest messages of a conversation are removed first; holes may be anywhere. */
    size_t i = *seq > bucket->first_seq ? *seq - bucket->first_seq : 0, high = bucket->count;
    while (i < high && (bucket->ids[i] & REMOVED) != 0) {
        size_t middle = i + (high - i) / 2;
        if (is_removed(bucket, middle))
            i = middle + 1;
        else
            high = middle;
    }
    while (i < bucket->count && (bucket->ids[i] & REMOVED) != 0)
        i++;
    if (i >= bucket->count)
        return false;
    *seq = bucket->first_seq + i;
    *id = bucket->ids[i];
    return true;
}

bool cw_inbox_index_first(const struct cw_inbox_index *index, uint64_t conversation, uint64_t *seq,
                          uint64_t *id)
{
    return first_in(&index->moving, conversation, seq, id) ||
           first_in(&index->filling, conversation, seq, id);
}

const uint64_t *cw_inbox_index_new_pairs(const struct cw_inbox_index *index, uint64_t user_id,
                                         int run, size_t *count)
{
    uint64_t key = cw_inbox_new_pairs_key(user_id);
    const struct cw_inbox_bucket *bucket =
        cw_map_get(run == 0 ? &index->filling.buckets : &index->moving.buckets, cw_map_id(&key));
    *count = bucket == NULL ? 0 : bucket->count;
    return bucket == NULL ? NULL : bucket->ids;
}

/* --- moving ------------------------------------------------------------------------------ */

bool cw_inbox_index_move(struct cw_inbox_index *index, struct cw_inbox_row *row)
{
    bool found = false;
    while (!found && index->at != NULL) {
        struct cw_inbox_bucket *bucket = index->at;
        uint64_t id = bucket->ids[index->at_id];
        found = (id & REMOVED) == 0;
        *row = (struct cw_inbox_row){bucket->key, id,
                                     bucket->first_seq == 0 ? 0 : bucket->first_seq + index->at_id};
        if (++index->at_id == bucket->count) {
            index->at = first_with_ids(bucket->next);
            index->at_id = 0;
        }
    }
    return found;
}

uint64_t cw_inbox_index_moved_to(const struct cw_inbox_index *index)
{
    return index->at == NULL && index->at_begin != NULL ? index->moving.newest : 0;
}
