/* files.h - files and uploads, in memory. */
#ifndef CW_STORE_MEMORY_FILES_H
#define CW_STORE_MEMORY_FILES_H

#include "base/buf.h"
#include "store/memory/memory.h"

/* A file or an upload; its bytes are in the content that it names, which may be another's. */
struct cw_memory_file {
    struct cw_store_file file;
    uint64_t session_id, part, n; /* what it was begun with; n = 0: no number */
    struct cw_slice sha256;
    struct cw_slice thumbnail, thumbnail_type;
    struct cw_buf bytes; /* when file.content is its own id */
};

/* struct cw_store_facts. */
bool cw_memory_file_at(struct cw_store *store, uint64_t file_id, struct cw_store_file *file);
bool cw_memory_message_at(struct cw_store *store, uint64_t message_id, uint64_t *sender_id,
                          uint64_t *mailbox);
/* The upload is sent with this message; what a result tells of a message's file; the message has
 * gone. */
const struct cw_store_file *cw_memory_file_send(struct cw_memory *m, uint64_t file_id,
                                                uint64_t message_id);
void cw_memory_file_describe(struct cw_memory *m, struct cw_store_message *message);
void cw_memory_file_forget(struct cw_memory *m, uint64_t message_id);
/* Removes the user's uploads. */
void cw_memory_uploads_drop(struct cw_memory *m, uint64_t user_id);
/* The upload becomes an avatar; the file that was it before goes. 0: none. */
void cw_memory_avatar_change(struct cw_memory *m, uint64_t old, uint64_t avatar);
/* Removes uploads that nobody has sent in time. */
void cw_memory_files_sweep(struct cw_memory *m);
void cw_memory_files_finish(struct cw_memory *m);

#endif
