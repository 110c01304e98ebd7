/* inbox_index.h - which messages are in which mailbox and conversation: the newest
 * ones, in memory.
 *
 * A row of an index that every mailbox needs costs a page of its own when a
 * thousand mailboxes take turns. So the tables `inbox`, `history` and, for new pairs, `marks` are
 * updated later: the newest messages are indexed here, in two runs. The newer run grows; the older
 * one is moved into the tables key by key, a slice with each commit, so that a page gets many rows
 * at once. After a crash both are made again from the messages.
 *
 * A key is a mailbox, a conversation (of a group they are one), or the list of
 * a user's new pairs. Their numbers never collide.
 *
 * No I/O: sqlite/inbox.c moves the rows. One thread. */
#ifndef CW_STORE_INBOX_INDEX_H
#define CW_STORE_INBOX_INDEX_H

#include "base/map.h"

/* Messages of a run: enough for a page of the table to get dozens of rows from it, few enough for a
 * start to make both runs again in some milliseconds. */
#define CW_INBOX_RUN 65536

/* Keys: a conversation (its own number); a mailbox; and the list of a user's new pairs, whose ids
 * are those of conversations that began in the run. */
#define CW_INBOX_OF_USER (UINT64_C(1) << 63)
static inline uint64_t cw_inbox_key(uint64_t mailbox)
{
    return (mailbox & 1) != 0 ? mailbox : mailbox | CW_INBOX_OF_USER;
}
static inline uint64_t cw_inbox_new_pairs_key(uint64_t user_id)
{
    return CW_INBOX_OF_USER | user_id << 1 | 1;
}
static inline bool cw_inbox_is_new_pairs(uint64_t key)
{
    return (key & CW_INBOX_OF_USER) != 0 && (key & 1) != 0;
}

struct cw_inbox_bucket {
    struct cw_inbox_bucket *next; /* of its run */
    uint64_t key;
    uint64_t first_seq; /* for a conversation: ids[i] has first_seq + i; else 0 */
    uint64_t *ids; /* ascending; the highest bit means removed. A message whose row is lost has a
                      hole: the id before it, marked as removed */
    uint32_t count, capacity;
    uint64_t few[2]; /* most buckets have no more */
};

struct cw_inbox_run {
    struct cw_map buckets; /* by key */
    struct cw_inbox_bucket *first, *last;
    struct cw_inbox_bucket *met; /* the last that was looked up: often the next, too */
    size_t bucket_count;
    size_t count; /* messages */
    uint64_t newest;
};

/* A row of the tables. */
struct cw_inbox_row {
    uint64_t key;
    uint64_t id;  /* of the message, or the new pair */
    uint64_t seq; /* 0: not in a conversation */
};

struct cw_inbox_index {
    struct cw_inbox_run filling;
    struct cw_inbox_run moving;
    struct cw_inbox_bucket *at; /* where moving continues; NULL: everything is moved */
    size_t at_id;
    /* For undoing a failed commit. */
    struct cw_inbox_bucket **added;
    size_t added_count, added_capacity;
    uint64_t **removed;
    size_t removed_count, removed_capacity;
    struct cw_inbox_bucket *at_begin;
    size_t at_id_begin;
    uint64_t newest_begin;
    size_t count_begin;
};

void cw_inbox_index_init(struct cw_inbox_index *index);
void cw_inbox_index_finish(struct cw_inbox_index *index);

/* Begins a batch, which is then kept or undone as a whole. Keeping it forgets a
 * run that was moved entirely, and makes a full one the next to be moved. */
void cw_inbox_index_begin(struct cw_inbox_index *index);
void cw_inbox_index_keep(struct cw_inbox_index *index);
void cw_inbox_index_undo(struct cw_inbox_index *index);

/* Begins the newest message; each of its keys is added afterwards. */
void cw_inbox_index_count(struct cw_inbox_index *index, uint64_t message_id);
/* Adds the newest message, or a new pair, to a key; `seq` as in a row. Numbers between it and the
 * last one become holes. */
void cw_inbox_index_add(struct cw_inbox_index *index, uint64_t key, uint64_t id, uint64_t seq);
/* Removes a message from a key, if it is there. */
void cw_inbox_index_remove(struct cw_inbox_index *index, uint64_t key, uint64_t id);

/* The lowest id above `after` of the key, or 0. */
uint64_t cw_inbox_index_seek(const struct cw_inbox_index *index, uint64_t key, uint64_t after);

/* The last message of a conversation, even if it was removed; false: none here. */
bool cw_inbox_index_last(struct cw_inbox_index *index, uint64_t conversation, uint64_t *seq,
                         uint64_t *id);
/* The first message of a conversation from `seq` on that was not removed; false:
 * none here. */
bool cw_inbox_index_first(const struct cw_inbox_index *index, uint64_t conversation, uint64_t *seq,
                          uint64_t *id);

/* The user's new pairs in the run that grows (0) or is moved (1). */
const uint64_t *cw_inbox_index_new_pairs(const struct cw_inbox_index *index, uint64_t user_id,
                                         int run, size_t *count);

/* The next row to be moved into the tables; false when there is none. */
bool cw_inbox_index_move(struct cw_inbox_index *index, struct cw_inbox_row *row);

/* After the last row was moved in this batch: the tables contain all messages up to this id. 0
 * otherwise. */
uint64_t cw_inbox_index_moved_to(const struct cw_inbox_index *index);

#endif
