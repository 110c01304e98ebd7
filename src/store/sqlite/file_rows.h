/* file_rows.h - the rows of files and uploads: found, sent, removed. The operations: uploads.c. */
#ifndef CW_STORE_SQLITE_FILE_ROWS_H
#define CW_STORE_SQLITE_FILE_ROWS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* False: there is none, or trouble. Its name and type are copied into the arena, if there is
 * one. */
bool cw_sqlite_file_row(struct cw_sqlite *s, uint64_t id, struct cw_store_file *file,
                        struct cw_arena *arena);
/* struct cw_store_facts; the file without its name and type. */
bool cw_sqlite_file_at(struct cw_store *store, uint64_t file_id, struct cw_store_file *file);
bool cw_sqlite_message_at(struct cw_store *store, uint64_t message_id, uint64_t *sender_id,
                          uint64_t *mailbox);

/* Adds name, size and type of the message's file; a file whose row is lost is none. */
void cw_sqlite_file_describe(struct cw_sqlite *s, struct cw_store_message *message,
                             struct cw_arena *arena);

/* The upload is sent with this message. Returns it; NULL: trouble. */
const struct cw_store_file *cw_sqlite_file_send(struct cw_sqlite *s, uint64_t id,
                                                uint64_t message_id, struct cw_arena *arena);

/* Removes the row, and after the commit the bytes, if no other file has the same. */
void cw_sqlite_file_remove(struct cw_sqlite *s, uint64_t id);
/* Removes the bytes of this content, unless a row names it. */
void cw_sqlite_content_release(struct cw_sqlite *s, uint64_t content);

/* In an idle moment: is an upload too old? In its transaction: removes one; true: there may be
 * more. */
bool cw_sqlite_uploads_due(struct cw_sqlite *s);
bool cw_sqlite_upload_expire(struct cw_sqlite *s);

#endif
