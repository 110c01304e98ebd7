/* backup_file.h - the files of one backup: written (copied, shared with the backup before, or
 * sealed), compared with the manifest, and taken out again.
 *
 * Callers: backup_make.c, backup_read.c, restore.c. Every call may wait for the disk; sentences are
 * for the operator. One thread at a time for each struct. */
#ifndef CW_SERVER_BACKUP_FILE_H
#define CW_SERVER_BACKUP_FILE_H

#include <stdatomic.h>

#include "backup/manifest.h"
#include "backup/seal.h"
#include "base/alloc.h"

/* A backup that is being written, and the one before. */
struct cw_backup_writer {
    int folder;
    const struct cw_manifest *to_seal;  /* sealed, sealed_to: how files are written */
    const uint8_t *content_key;         /* of hashes of contents: CW_BACKUP_KEY_LEN */
    int before;                         /* its folder, or -1 */
    const struct cw_manifest *manifest; /* of that */
    struct cw_manifest_file *files;     /* what was written, in no order */
    size_t count, capacity;
    struct cw_arena names;
    uint64_t shared_bytes, written_bytes;
    const atomic_bool *stop; /* it is to be given up */
    char *error;
};

/* Adds `size` bytes of the file `from`, beginning at `at`, under this name. `same`: a file of this
 * name in the backup before has the same content; else it is compared, if it is no longer than a
 * piece. False with a sentence. */
bool cw_backup_add(struct cw_backup_writer *writer, const char *name, int from, uint64_t at,
                   uint64_t size, bool same);
void cw_backup_writer_finish(struct cw_backup_writer *writer);

/* Is the file as the manifest says? False with a sentence. `all`: its bytes, too, read from the
 * disk itself where the system allows it. */
bool cw_backup_check(int backup, const char *shown, const struct cw_manifest_file *file, bool all,
                     char error[256]);

/* Appends the content of the file to `to`, where its last byte is synced by the caller; key: NULL
 * when it is not sealed. False with a sentence. */
bool cw_backup_take(int backup, const char *shown, const struct cw_manifest_file *file,
                    const struct cw_seal_key *key, int to, char error[256]);

#endif
