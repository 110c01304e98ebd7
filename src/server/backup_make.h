/* backup_make.h - makes one backup of a running server, on a thread that may wait; back_up.h starts
 * it. The order: a copy of the database (by the store, between its commits), then its pieces of
 * 1 MiB, the bodies and files that it names, the keys, and the manifest; all are compared with what
 * is on the disk, and then the folder gets its name. */
#ifndef CW_SERVER_BACKUP_MAKE_H
#define CW_SERVER_BACKUP_MAKE_H

#include <stdatomic.h>

#include "server/backup_folder.h"

struct cw_backup_order {
    const char *data, *folder;
    bool sealed;
    uint8_t seal_to[CW_BACKUP_KEY_LEN];
    unsigned expire_days;      /* 0: older backups stay */
    uint64_t time_ms, date_ms; /* base/clock.h */
    const char *server;        /* its public key, as text */
    /* Copies the database to a new file, and waits for it; after that no file of the data folder is
     * removed until the caller allows it again. False with a sentence. */
    bool (*copy)(void *context, const char *path, char error[256]);
    void (*copied)(void *context); /* the caller may allow it: all files are in the backup */
    void *context;
    const atomic_bool *stop; /* set by another thread: give up */
};

struct cw_backup_made {
    char name[CW_BACKUP_NAME_MAX];
    uint64_t messages, files;
    uint64_t missing; /* files that messages name, and that are not in the data folder */
    uint64_t written_bytes, shared_bytes;
    uint64_t expired; /* backups that were removed */
};

/* False with a sentence, and nothing is left of it. */
bool cw_backup_make(const struct cw_backup_order *order, struct cw_backup_made *made,
                    char error[256]);

#endif
