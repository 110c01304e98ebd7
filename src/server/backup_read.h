/* backup_read.h - backups that are there: opened, and verified. Callers: main.c, restore.c. Every
 * call may wait for the disk. */
#ifndef CW_SERVER_BACKUP_READ_H
#define CW_SERVER_BACKUP_READ_H

#include "backup/manifest.h"
#include "backup/seal.h"

struct cw_backup {
    int folder; /* -1: not open */
    char shown[200];
    struct cw_buf text;
    struct cw_manifest manifest;
};

/* `path`: a backup, or a folder of backups, of which the newest is taken. False with a sentence. To
 * be closed in any case. */
bool cw_backup_open(const char *path, struct cw_backup *backup, char error[256]);
void cw_backup_close(struct cw_backup *backup);

/* The key pair for sealed backups: makes a file (0600, never replaced) with it; reads one. `text`
 * is the public key. False with a sentence. */
#define CW_BACKUP_KEY_TEXT (2 * CW_BACKUP_KEY_LEN + 1)
bool cw_backup_key_make(const char *path, char text[CW_BACKUP_KEY_TEXT], char error[256]);
bool cw_backup_key_read(const char *path, struct cw_seal_key *key, char error[256]);
/* A public key from its text. */
bool cw_backup_key_parse(const char *text, uint8_t key[CW_BACKUP_KEY_LEN]);

/* Writes the database of the backup to a new file in the folder, synced. `key`: NULL: not sealed.
 */
bool cw_backup_take_database(const struct cw_backup *backup, const struct cw_seal_key *key,
                             int folder, const char *name, char error[256]);

/* Compares all files with the manifest; with the key, or when it is not sealed, also counts what is
 * in the database (in a folder in TMPDIR that is removed then), and compares that. Tells a line for
 * each conversation, and one for the whole. False with a sentence. */
bool cw_backup_verify(const struct cw_backup *backup, const struct cw_seal_key *key,
                      void (*tell)(const char *line), char error[256]);

/* The same for a data folder that no server uses: what is in its database, and that the files that
 * its messages name are there, with their sizes and hashes. */
bool cw_data_verify(const char *data, void (*tell)(const char *line), char error[256]);

#endif
