/* file.h - the bytes of files that users send: one file on the disk for each content.
 *
 * Not the rows about them (sqlite/uploads.c), and not the bodies of messages (blob.h), beside which
 * they lie. Called by workers of the server, and by the back end's operations in tests. Everything
 * here is thread-safe; the calls for one file come one after another. */
#ifndef CW_STORE_FILE_H
#define CW_STORE_FILE_H

#include "store/store.h"

/* The name of content `id` in CW_BLOB_FOLDER: "file-" and 14 hexadecimal digits; and the id in such
 * a name, 0: it is none. */
#define CW_FILE_DISK_NAME_MAX 20
void cw_file_name(uint64_t id, char name[CW_FILE_DISK_NAME_MAX]);
uint64_t cw_file_id_of(const char *name);

/* How many of its bytes are on the disk; 0: there is no such file. */
uint64_t cw_file_size(const char *folder, uint64_t id);

/* Executes operations on bytes (cw_store_op_is_of_bytes), as ops.def describes them: several
 * FILE_WRITEs of one file, in order, with one sync, or one other operation. */
void cw_file_execute(const char *folder, const struct cw_store_request *const requests[], size_t n,
                     struct cw_store_result results[], struct cw_arena *arena);

/* Shortens the file by CW_FILE_SHRINK_STEP, and removes it when nothing is left: a file system may
 * take tens of milliseconds to remove a long one at once. True: it has gone; *stuck: that is
 * impossible. */
bool cw_file_shrink(const char *folder, uint64_t id, bool *stuck);

/* SHA-256 of bytes in memory. */
void cw_file_hash(struct cw_slice bytes, uint8_t sha256[CW_SHA256_N]);

/* The type of a file by its first bytes: of a short list of pictures and audio, or the other.
 * Static. */
#define CW_FILE_TYPE_OTHER "application/octet-stream"
const char *cw_file_type(struct cw_slice head);

/* Sets type, width and height by the beginning of the file. A picture that is too large to be shown
 * is a file of the other type. */
void cw_file_describe(struct cw_slice head, struct cw_store_file *file);

#endif
