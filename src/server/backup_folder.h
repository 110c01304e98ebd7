/* backup_folder.h - a folder of backups: one folder each, NUMBER-TIME, complete when it has its
 * name without ".partial" and a manifest in it. Not what is in the files: backup_file.h.
 *
 * Callers: backup_make.c, backup_read.c, restore.c, import_source.c (scratch folders). Every call
 * may wait for the disk; sentences are for the operator. */
#ifndef CW_SERVER_BACKUP_FOLDER_H
#define CW_SERVER_BACKUP_FOLDER_H

#include "backup/manifest.h"
#include "base/alloc.h"

#define CW_BACKUP_NAME_MAX 40
#define CW_BACKUP_PARTIAL  ".partial"

struct cw_backup_name {
    char text[CW_BACKUP_NAME_MAX]; /* of the folder */
    uint64_t number;
};

/* The complete backups, the oldest number first; to be freed. Fewer than there are: the folder
 * cannot be read. */
struct cw_backup_name *cw_backup_list(int folder, size_t *count);

/* The name for a new one; false: that is no time of a calendar. */
bool cw_backup_name_make(uint64_t number, uint64_t made_ms, struct cw_backup_name *name);

/* Opens it, and makes it (0700) where it is not there but its parent is. -1 with a sentence. */
int cw_backup_folder_open(const char *path, bool makes, char error[256]);

/* Until the descriptor is closed no other process makes or removes backups here. False with a
 * sentence: another one does. */
bool cw_backup_folder_lock(int folder, const char *path, char error[256]);

/* Removes what backups left that did not come to their end. The folder is locked. */
void cw_backup_remove_partial(int folder);

/* Removes one backup, complete or not: its manifest first. False: errno says why. */
bool cw_backup_remove(int folder, const char *name);

/* Removes the folder with all that is in it. False: errno says why. */
bool cw_backup_remove_tree(int parent, const char *name);

/* Makes an empty folder in TMPDIR, or /tmp, whose name begins with `name`, and writes its path. The
 * caller removes it with cw_backup_remove_tree. False: errno says why. */
#define CW_SCRATCH_PATH 4096
bool cw_backup_scratch_make(const char *name, char path[CW_SCRATCH_PATH]);

/* Reads the manifest of the backup, in whose text its slices lie: both are finished by the caller
 * in any case. False with a sentence, in which the backup is called `shown`. */
bool cw_backup_read_manifest(int backup, const char *shown, struct cw_buf *text,
                             struct cw_manifest *manifest, char error[256]);

#endif
