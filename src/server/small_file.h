/* small_file.h - files of a few KiB that are read whole, and written whole or not at all: keys,
 * certificates, challenges. Not the store's files. Every call may wait for the disk.
 *
 * Callers: curve_key.c, tls_files.c, challenge.c. */
#ifndef CW_SERVER_SMALL_FILE_H
#define CW_SERVER_SMALL_FILE_H

#include <sys/types.h>

#include "base/buf.h"

enum cw_small_file {
    CW_SMALL_FILE_READ,
    CW_SMALL_FILE_ABSENT, /* there is no such file */
    CW_SMALL_FILE_REFUSED /* errno says why; below are values with a meaning of their own */
};

/* Which files are read. */
struct cw_small_file_rule {
    size_t max;       /* bytes; a longer file is refused: EFBIG */
    mode_t forbidden; /* permissions; a file that has one of them is refused: EPERM */
    bool no_link;     /* a symbolic link is refused: ELOOP */
};

/* Appends the file's bytes to `to`, whose memory is reserved before, so that a secret has no copies
 * elsewhere. Something else than a regular file is refused: EINVAL; it is not waited for. `folder`
 * is a folder's descriptor, or AT_FDCWD. On failure `to` is as before. */
enum cw_small_file cw_small_file_read(int folder, const char *path,
                                      const struct cw_small_file_rule *rule, struct cw_buf *to);

/* Wipes and frees what was read. */
void cw_small_file_forget(struct cw_buf *read);

/* Why cw_small_file_read has just refused a file, by errno, as a sentence with the path:
 * FOLDER/NAME, or NAME alone where the folder is NULL. */
void cw_small_file_say(const char *folder, const char *name, const struct cw_small_file_rule *rule,
                       char error[256]);

/* The folder's descriptor for the calls here; close() ends it. -1: errno says why. */
int cw_small_file_folder(const char *path);

/* Waits until no other process writes files here, and keeps others from it until the descriptor
 * is closed. False: errno says why. */
bool cw_small_file_lock(int folder);

/* Writes the file with these permissions, whatever the umask is. It is on disk, its name included,
 * when this returns true; when the process ends before, the old file is there or none. `replaces`:
 * an old file may be replaced; else it is EEXIST. A leftover of a process that was killed is
 * removed. `folder` is locked. */
bool cw_small_file_write(int folder, const char *name, mode_t mode, bool replaces,
                         struct cw_slice bytes);

/* What differs when a file was written again. Zeroed: it cannot be looked at. */
struct cw_small_file_stamp {
    int64_t modified_ns; /* since 1970 */
    uint64_t size, inode, device;
};

void cw_small_file_look(int folder, const char *path, struct cw_small_file_stamp *stamp);

#endif
