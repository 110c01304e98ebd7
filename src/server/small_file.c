/* small_file.c - see small_file.h. */
#include "server/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading ----------------------------------------------------------------------------- */

/* Of what open has found; sets errno if it is refused. */
static bool obeys(int fd, const struct cw_small_file_rule *rule)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return false;
    if (!S_ISREG(found.st_mode))
        errno = EINVAL;
    else if ((found.st_mode & rule->forbidden) != 0)
        errno = EPERM;
    else
        return true;
    return false;
}

/* One byte more than is allowed is asked for, so that a file that grows meanwhile is found, too. */
static bool read_whole(int fd, size_t max, struct cw_buf *to)
{
    uint8_t *place = cw_buf_reserve(to, max + 1);
    size_t n = 0;
    ssize_t got;
    do {
        got = read(fd, place + n, max + 1 - n);
        if (got > 0)
            n += (size_t)got;
    } while ((got > 0 && n <= max) || (got < 0 && errno == EINTR));
    if (got < 0)
        return false;
    if (n > max) {
        errno = EFBIG;
        return false;
    }
    to->n += n;
    return true;
}

enum cw_small_file cw_small_file_read(int folder, const char *path,
                                      const struct cw_small_file_rule *rule, struct cw_buf *to)
{
    /* Without O_NONBLOCK a FIFO would stop the server. */
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (rule->no_link ? O_NOFOLLOW : 0);
    int fd = openat(folder, path, flags);
    if (fd < 0)
        return errno == ENOENT ? CW_SMALL_FILE_ABSENT : CW_SMALL_FILE_REFUSED;
    bool good = obeys(fd, rule) && read_whole(fd, rule->max, to);
    int why = errno;
    close(fd);
    errno = why;
    return good ? CW_SMALL_FILE_READ : CW_SMALL_FILE_REFUSED;
}

void cw_small_file_forget(struct cw_buf *read)
{
    if (read->p != NULL)
        sodium_memzero(read->p, read->capacity);
    cw_buf_finish(read);
}

void cw_small_file_say(const char *folder, const char *name, const struct cw_small_file_rule *rule,
                       char error[256])
{
    char reason[84];
    snprintf(reason, sizeof reason, "%s", strerror(errno));
    if (errno == EINVAL)
        snprintf(reason, sizeof reason, "it is no regular file");
    if (errno == EFBIG)
        snprintf(reason, sizeof reason, "it is longer than %zu bytes", rule->max);
    if (errno == EPERM)
        snprintf(reason, sizeof reason,
                 "other users may read or write it; take that away: chmod %o",
                 (unsigned)(0640 & ~rule->forbidden));
    /* Without a folder the name is a whole path, from the settings. */
    if (folder == NULL)
        snprintf(error, 256, "cannot use %.150s: %s", name, reason);
    else
        snprintf(error, 256, "cannot use %.100s/%.50s: %s", folder, name, reason);
}

/* --- writing ------------------------------------------------------------------------------- */

int cw_small_file_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool cw_small_file_lock(int folder)
{
    int locked;
    do
        locked = flock(folder, LOCK_EX);
    while (locked != 0 && errno == EINTR);
    return locked == 0;
}

static bool write_whole(int fd, struct cw_slice bytes)
{
    while (bytes.n > 0) {
        ssize_t written = write(fd, bytes.p, bytes.n);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            bytes = cw_slice_of(bytes.p + written, bytes.n - (size_t)written);
    }
    return true;
}

static bool write_temporary(int folder, const char *name, mode_t mode, struct cw_slice bytes)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = fchmod(fd, mode) == 0 && write_whole(fd, bytes) && fsync(fd) == 0;
    int why = errno;
    close(fd);
    errno = why;
    return good;
}

/* A link, unlike a rename, never replaces a file. */
static bool give_name(int folder, const char *temporary, const char *name, bool replaces)
{
    if (replaces)
        return renameat(folder, temporary, folder, name) == 0;
    return linkat(folder, temporary, folder, name, 0) == 0 && unlinkat(folder, temporary, 0) == 0;
}

bool cw_small_file_write(int folder, const char *name, mode_t mode, bool replaces,
                         struct cw_slice bytes)
{
    char temporary[64];
    snprintf(temporary, sizeof temporary, "%s.new", name);
    unlinkat(folder, temporary, 0);
    bool good = write_temporary(folder, temporary, mode, bytes) &&
                give_name(folder, temporary, name, replaces) && fsync(folder) == 0;
    int why = errno;
    if (!good)
        unlinkat(folder, temporary, 0);
    errno = why;
    return good;
}

/* --- looking --------------------------------------------------------------------------------- */

void cw_small_file_look(int folder, const char *path, struct cw_small_file_stamp *stamp)
{
    struct stat found;
    *stamp = (struct cw_small_file_stamp){0};
    if (fstatat(folder, path, &found, 0) != 0)
        return;
    stamp->modified_ns = (int64_t)found.st_mtim.tv_sec * 1000000000 + found.st_mtim.tv_nsec;
    stamp->size = (uint64_t)found.st_size;
    stamp->inode = found.st_ino;
    stamp->device = found.st_dev;
}
