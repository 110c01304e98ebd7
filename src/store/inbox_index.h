/* inbox_index.h - which messages are in which mailbox: the newest ones, in memory.
 *
 * A row of the index that every mailbox needs costs a page of its own when a
 * thousand mailboxes take turns. So the table `inbox` follows behind: the
 * newest messages are indexed here, in two runs. The younger one fills; the
 * older one is moved into the table mailbox by mailbox, a slice with each
 * commit, so that a page takes many rows at once. After a crash both are made
 * again from the messages themselves.
 *
 * No I/O: sqlite_inbox.c moves the rows. One thread. */
#ifndef CW_STORE_INBOX_INDEX_H
#define CW_STORE_INBOX_INDEX_H

#include "base/map.h"

/* Messages of a run: enough that a page of the table takes dozens of rows from
 * it, few enough that a start makes both runs again in some milliseconds. */
#define CW_INBOX_RUN 65536

struct cw_inbox_bucket {
    struct cw_inbox_bucket *next; /* of its run */
    uint64_t mailbox;
    uint64_t *ids; /* ascending */
    size_t count, capacity;
};

struct cw_inbox_run {
    struct cw_map buckets; /* by mailbox */
    struct cw_inbox_bucket *first, *last;
    size_t count;
    uint64_t newest;
};

struct cw_inbox_index {
    struct cw_inbox_run filling;
    struct cw_inbox_run moving;
    struct cw_inbox_bucket *at; /* where moving goes on; NULL: all is moved */
    size_t at_id;
    /* To undo what a failed commit did. */
    struct cw_inbox_bucket **added;
    size_t added_count, added_capacity;
    struct cw_inbox_bucket *at_begin;
    size_t at_id_begin;
    uint64_t newest_begin;
};

void cw_inbox_index_init(struct cw_inbox_index *index);
void cw_inbox_index_finish(struct cw_inbox_index *index);

/* Begins a batch, which is then kept or undone as a whole. Keeping it forgets a
 * run that was moved entirely, and makes a full one the next to be moved. */
void cw_inbox_index_begin(struct cw_inbox_index *index);
void cw_inbox_index_keep(struct cw_inbox_index *index);
void cw_inbox_index_undo(struct cw_inbox_index *index);

/* Adds the newest message. */
void cw_inbox_index_add(struct cw_inbox_index *index, uint64_t mailbox, uint64_t message_id);

/* The lowest id above `after` in the mailbox, or 0. */
uint64_t cw_inbox_index_seek(const struct cw_inbox_index *index, uint64_t mailbox, uint64_t after);

/* The next row to be moved into the table; false when there is none. */
bool cw_inbox_index_move(struct cw_inbox_index *index, uint64_t *mailbox, uint64_t *message_id);

/* After the last row was moved in this batch: the table has all messages up to
 * this id. 0 otherwise. */
uint64_t cw_inbox_index_moved_to(const struct cw_inbox_index *index);

#endif
