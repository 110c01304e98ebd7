/* manifest.h - the list of what a backup holds, which is its last file: a folder without a complete
 * manifest is no backup. It is text:
 *
 *     chinwag backup 1
 *     number 12
 *     ...
 *     file HASH CONTENT SIZE NAME
 *     end 57 HASH
 *
 * `end` has the number of files, and the SHA-256 of all before its line. The other lines stand in
 * the order of the struct's members.
 *
 * Pure. Callers: the server's backup and restore. */
#ifndef CW_BACKUP_MANIFEST_H
#define CW_BACKUP_MANIFEST_H

#include <stdbool.h>

#include "base/alloc.h"
#include "base/buf.h"

#define CW_MANIFEST_FILE     "manifest"
#define CW_MANIFEST_NAME_MAX 64 /* of a file, within the backup's folder */
#define CW_BACKUP_HASH_LEN   32
#define CW_BACKUP_KEY_LEN    32
/* Pieces of the database, and their names; the files of the data folder keep theirs. */
#define CW_BACKUP_PIECE        ((size_t)1024 * 1024)
#define CW_BACKUP_PIECE_FORMAT "database/%06llu"
#define CW_BACKUP_PIECES       "database/"

struct cw_manifest_file {
    struct cw_slice name;                /* letters, digits, '.', '_', '-' and one '/' */
    uint64_t size;                       /* as it lies in the backup */
    uint8_t hash[CW_BACKUP_HASH_LEN];    /* SHA-256 of the same */
    uint8_t content[CW_BACKUP_HASH_LEN]; /* keyed hash of what is sealed in it; zeros: not sealed */
};

struct cw_manifest {
    uint64_t number;         /* of the backups in a folder, from 1 */
    uint64_t made_ms;        /* since 1970, UTC */
    struct cw_slice version; /* of the server */
    struct cw_slice server;  /* its public key, as text; or "-" */
    struct cw_slice db;      /* the identity of the database */
    uint64_t schema, newest, users, groups, conversations, messages;
    uint64_t sum;          /* cw_store_survey's */
    uint64_t audit_number; /* of the last entry of the audit log, and its hash; 0 and "-": none */
    struct cw_slice audit; /* hexadecimal */
    bool sealed;           /* for this key */
    uint8_t sealed_to[CW_BACKUP_KEY_LEN];
    struct cw_manifest_file *files; /* in the order of their names, no name twice */
    size_t count;
};

/* Appends the text. */
void cw_manifest_write(const struct cw_manifest *manifest, struct cw_buf *to);

/* Reads the text, in which the slices of the result lie. False with a sentence without a path: it
 * is no complete manifest, or one of a later version. The caller finishes it in any case. */
bool cw_manifest_read(struct cw_slice text, struct cw_manifest *manifest, char error[160]);
void cw_manifest_finish(struct cw_manifest *manifest);

/* The file with this name, or NULL. */
const struct cw_manifest_file *cw_manifest_find(const struct cw_manifest *manifest,
                                                struct cw_slice name);

/* Is it a name that a manifest may have? */
bool cw_manifest_name_good(struct cw_slice name);

/* Is it a piece of the database? */
bool cw_manifest_is_piece(const struct cw_manifest_file *file);

/* Orders by name: for qsort over struct cw_manifest_file. */
int cw_manifest_by_name(const void *a, const void *b);

#endif
