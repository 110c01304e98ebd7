/* log.c - checks the log of the database (wal.h) before SQLite reads it. SQLite truncates a log at
 * the first wrong frame, and reports nothing. When that frame is not a torn end, acknowledged
 * transactions are lost with it: then a copy of the log is kept beside it, and the operator is
 * told. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/log.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"
#include "store/sqlite/wal.h"

#define COPIES_MAX 100

static bool write_copy(const char *path, struct cw_slice bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0;
    while (good && bytes.n != 0) {
        ssize_t wrote = write(fd, bytes.p, bytes.n);
        if (wrote < 0 && errno == EINTR)
            continue;
        good = wrote > 0;
        if (good)
            bytes = cw_slice_of(bytes.p + wrote, bytes.n - (size_t)wrote);
    }
    good = good && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !good)
        unlink(path);
    return good;
}

/* Into a new file; its name. */
static bool keep_copy(const char *folder, struct cw_slice bytes, char name[64])
{
    bool good = false;
    errno = EEXIST;
    for (int i = 1; i <= COPIES_MAX && !good && errno == EEXIST; i++) {
        snprintf(name, 64, CW_SQLITE_FILE "-wal.damaged-%d", i);
        char *path = cw_sqlite_path(folder, name);
        good = write_copy(path, bytes);
        free(path);
    }
    return good;
}

static bool judge_bytes(struct cw_sqlite *s, struct cw_slice bytes, const char *shown,
                        char error[256])
{
    char name[64];
    struct cw_wal_verdict verdict = cw_wal_judge(bytes);
    if (!verdict.damaged)
        return true;
    if (!keep_copy(s->folder, bytes, name)) {
        snprintf(error, 256,
                 "%.100s/" CW_SQLITE_FILE "-wal is damaged, and no copy of it could be made: make "
                 "room on the disk, then start again.",
                 shown);
        return false;
    }
    cw_sqlite_log(s,
                  "%s/" CW_SQLITE_FILE "-wal is damaged at byte %zu: at least %zu commits behind "
                  "that are lost, which may hold messages, accounts and deletions. It is kept as "
                  "%s/%s. Look at the disk, and see --check",
                  shown, verdict.at, verdict.commits, shown, name);
    s->log_damaged = true;
    return true;
}

/* The log as it is on the disk, mapped; empty when there is none. */
static struct cw_slice map_log(const struct cw_sqlite *s)
{
    struct stat about;
    struct cw_slice log = {0};
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE "-wal");
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would wait */
    free(path);
    if (fd < 0)
        return log;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED)
            log = cw_slice_of(bytes, (size_t)about.st_size);
    }
    close(fd);
    return log;
}

static void unmap_log(struct cw_slice log)
{
    munmap((void *)(uintptr_t)log.p, log.n);
}

bool cw_sqlite_read_log(struct cw_sqlite *s, struct cw_wal_verdict *verdict)
{
    struct cw_slice log = map_log(s);
    if (log.n == 0)
        return false;
    *verdict = cw_wal_judge(log);
    unmap_log(log);
    return true;
}

bool cw_sqlite_judge_log(struct cw_sqlite *s, const char *shown, char error[256])
{
    struct cw_slice log = map_log(s);
    if (log.n == 0)
        return true;
    bool good = judge_bytes(s, log, shown, error);
    unmap_log(log);
    return good;
}
