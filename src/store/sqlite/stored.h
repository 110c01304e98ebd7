/* stored.h - the size of each user's messages on the disk. */
#ifndef CW_STORE_SQLITE_STORED_H
#define CW_STORE_SQLITE_STORED_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* What a row of this kind with this blob (or "") or with a body of so many bytes counts
 * for; in SQL: CW_SQL_STORED_BYTES. */
uint64_t cw_sqlite_stored_size(enum cw_store_kind kind, const char *blob, uint64_t body);

/* Bytes of all messages of the user, those of the transaction under way included. */
uint64_t cw_sqlite_stored_of(struct cw_sqlite *s, uint64_t user_id);

/* Bytes of all their files and uploads, which have no place among the messages: their sum, until
 * the next change of one. */
uint64_t cw_sqlite_stored_files_of(struct cw_sqlite *s, uint64_t user_id);
void cw_sqlite_stored_files_changed(struct cw_sqlite *s, uint64_t user_id);

/* Both: cw_store_facts. */
uint64_t cw_sqlite_stored_in_all(struct cw_store *store, uint64_t user_id);

/* The newest message is of this user, and takes so many bytes. */
void cw_sqlite_stored_add(struct cw_sqlite *s, uint64_t user_id, uint64_t bytes);

/* This message of the user took `from` bytes and takes `to` now. */
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
