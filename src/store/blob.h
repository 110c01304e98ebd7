/* blob.h - long message bodies in files of their own: reading and clearing up.
 *
 * Private to src/store; cw_blob_write is in store.h. A name tells the size of
 * its body, so that a page can be planned without opening the file and a file
 * cut short is noticed: 8 hexadecimal digits, '-', 24 random ones. */
#ifndef CW_STORE_BLOB_H
#define CW_STORE_BLOB_H

#include "store/store.h"

#define CW_BLOB_FOLDER "blobs"

/* The size that the name tells; false for a name that we did not make. */
bool cw_blob_size(const char *name, size_t *size);

/* The body, in the arena: OK; NOT_FOUND (the file is missing, with its *error, or of
 * another size, with 0): it is lost; UNAVAILABLE with its *error: it may be read another
 * time. */
enum cw_store_status cw_blob_read(const char *folder, const char *name, struct cw_arena *arena,
                                  struct cw_slice *body, int *error);

/* Removes the file; one that cannot be removed now goes at the next start. */
void cw_blob_remove(const char *folder, const char *name);

/* Removes the files whose names `wanted` does not want. */
void cw_blob_sweep(const char *folder, bool (*wanted)(void *context, const char *name),
                   void *context);

#endif
