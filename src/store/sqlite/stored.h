/* stored.h - how much of the disk each user's messages take. */
#ifndef CW_STORE_SQLITE_STORED_H
#define CW_STORE_SQLITE_STORED_H

#include "base/map.h"
#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* How much each user has stored: stored.c. */
#define CW_SQLITE_RECENT 1024
struct cw_sqlite_stored {
    bool known;  /* what is here counts all messages */
    uint64_t to; /* the table counts messages up to this id */
    struct cw_map by_id;
    struct cw_sqlite_owner *owners;
    struct cw_sqlite_owner *recent[CW_SQLITE_RECENT]; /* by the end of the id, or NULL */
    struct cw_sqlite_owner *ahead;                    /* of whom the table does not have all */
    size_t ahead_count;
};

/* What a row of this kind with this blob (or "") or with a body of so many bytes counts
 * for; and the same in SQL, which migrations use, so it does not change: the size of a body in a
 * file stands in hexadecimal at the head of its name. */
uint64_t cw_sqlite_stored_size(enum cw_store_kind kind, const char *blob, uint64_t body);

/* clang-format off */
#define CW_SQL_DIGIT(i, bits) "(instr('123456789abcdef', substr(blob, " #i ", 1)) << " #bits ")"
#define CW_SQL_STORED_BYTES                                                                        \
    "iif(kind = 3, 0, 128 + iif(blob IS NULL, ifnull(length(body), 0), "                           \
    CW_SQL_DIGIT(1, 28) " + " CW_SQL_DIGIT(2, 24) " + " CW_SQL_DIGIT(3, 20) " + "                  \
    CW_SQL_DIGIT(4, 16) " + " CW_SQL_DIGIT(5, 12) " + " CW_SQL_DIGIT(6, 8) " + "                   \
    CW_SQL_DIGIT(7, 4) " + " CW_SQL_DIGIT(8, 0) "))"
/* clang-format on */
_Static_assert(CW_KIND_DELETE == 3, "a migration has counted with this number");
_Static_assert(CW_STORED_ROW_BYTES == 128, "a migration has counted with this number");

/* Bytes of all messages of the user, those of the transaction under way included. */
uint64_t cw_sqlite_stored_of(struct cw_sqlite *s, uint64_t user_id);

/* The newest message is his, and takes so many. */
void cw_sqlite_stored_add(struct cw_sqlite *s, uint64_t user_id, uint64_t bytes);

/* This message of his took `from` bytes and takes `to` now. */
void cw_sqlite_stored_change(struct cw_sqlite *s, uint64_t user_id, uint64_t message_id,
                             uint64_t from, uint64_t to);

/* Before a commit: writes the table, if it is far behind. In an idle moment's
 * transaction: if it lags. */
void cw_sqlite_stored_write(struct cw_sqlite *s);
bool cw_sqlite_stored_lags(const struct cw_sqlite *s);
void cw_sqlite_stored_follow(struct cw_sqlite *s);

/* What is in memory does not hold any more: a transaction was undone. */
void cw_sqlite_stored_void(struct cw_sqlite *s);

/* Before a transaction: makes it again. */
void cw_sqlite_stored_ready(struct cw_sqlite *s);
void cw_sqlite_stored_finish(struct cw_sqlite *s);

#endif
