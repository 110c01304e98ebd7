/* blob.h - long message bodies in files of their own: reading and clearing up.
 *
 * Private to src/store; cw_blob_write is in store.h. The name of a file contains the size of its
 * body, so that a page can be planned without opening the file, and a truncated file is noticed: 8
 * hexadecimal digits, '-', 24 random ones. */
#ifndef CW_STORE_BLOB_H
#define CW_STORE_BLOB_H

#include "store/store.h"

#define CW_BLOB_FOLDER "blobs"
#define CW_BLOB_LOST   CW_BLOB_FOLDER "/lost"

/* The size in the name; false for a name that the store did not make. */
bool cw_blob_size(const char *name, size_t *size);

/* The path of the file; to be freed. */
char *cw_blob_path(const char *folder, const char *name);

/* The status for a failed call: NO_ROOM, UNAVAILABLE or FAILED. */
enum cw_store_status cw_blob_status(int error);

/* The body, which the arena owns until it is taken, and its checksum: OK; NOT_FOUND (the file is
 * missing, with its *error, or of another size, with 0): it is lost; UNAVAILABLE with its *error:
 * it may be read another time. */
enum cw_store_status cw_blob_read(const char *folder, const char *name, struct cw_arena *arena,
                                  struct cw_owned **body, uint64_t *sum, int *error);

/* Removes the file, from CW_BLOB_LOST, too; true when it is not there any more. */
bool cw_blob_remove(const char *folder, const char *name);

/* Syncs the folder of the files: those that were removed do not come back. */
enum cw_store_status cw_blob_sync_folder(const char *folder);

/* Is there any file of ours, outside CW_BLOB_LOST? */
bool cw_blob_any(const char *folder);

/* What the database contains about a file. */
enum cw_blob_fate {
    CW_BLOB_NAMED,   /* a row names it */
    CW_BLOB_UNKNOWN, /* no row does */
    CW_BLOB_DELETED, /* its message was deleted */
    CW_BLOB_KEEP     /* the database cannot say */
};

struct cw_blob_swept {
    size_t found;        /* moved back, since a row refers to them */
    size_t put_aside;    /* moved into CW_BLOB_LOST, since no row does */
    size_t stuck;        /* should have moved, and could not */
    size_t lost;         /* that lie in CW_BLOB_LOST now ... */
    uint64_t lost_bytes; /* ... and their size */
};

/* Once at the start, before anything writes a file: moves files back from CW_BLOB_LOST that a row
 * refers to, moves files there that no row refers to, and removes those of deleted messages.
 * Everything else in the folder stays as it is. */
struct cw_blob_swept cw_blob_sweep(const char *folder,
                                   enum cw_blob_fate (*fate)(void *context, const char *name),
                                   void *context);

#endif
