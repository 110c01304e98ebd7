/* inbox.h - the indexes of mailboxes and conversations, which follow: see inbox_index.h. */
#ifndef CW_STORE_SQLITE_INBOX_H
#define CW_STORE_SQLITE_INBOX_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Reads the progress, and makes the part in memory again. */
void cw_sqlite_inbox_load(struct cw_sqlite *s);

/* Adds the newest message. */
void cw_sqlite_inbox_add(struct cw_sqlite *s, uint64_t mailbox, uint64_t sender_id, uint64_t id,
                         uint64_t seq);

/* The lowest id above `after` in the mailbox, or 0. */
uint64_t cw_sqlite_inbox_seek(struct cw_sqlite *s, uint64_t mailbox, uint64_t after);

/* Moves about so many rows into the tables, in the transaction under way. */
void cw_sqlite_inbox_move(struct cw_sqlite *s, size_t rows);

/* The transaction under way was committed. */
void cw_sqlite_inbox_keep(struct cw_sqlite *s);

/* A place in a conversation and the id of the message there; 0, 0: none. */
struct cw_sqlite_place {
    uint64_t seq, id;
};

/* The last place, of a message that may no longer be kept. */
struct cw_sqlite_place cw_sqlite_last(struct cw_sqlite *s, uint64_t conversation);

/* The first place from `seq` on. */
struct cw_sqlite_place cw_sqlite_first(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);

/* The message at this place, or 0. */
uint64_t cw_sqlite_id_at(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);
/* Those from `first` to `last`, by one query at most: ids[i] is that of `first` + i, 0: none. */
void cw_sqlite_ids_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                        uint64_t ids[]);

#endif
