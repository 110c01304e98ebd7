/* reserve.c - disk space that is reserved for a full disk. A file in the data folder takes up
 * space. When the disk is full the file is deleted, and requests that free room or protect a user
 * can continue (cw_store_op_helps): logging in and out, deleting, blocking. Messages are refused
 * until there is room for the file again. A log that cannot be copied into the database because
 * there is no room cannot start again either, so while room is scarce the log is kept short. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

#define RESERVE_NAME "reserve"
#define RESERVE_MAX  (4u * 1024 * 1024)
#define RESERVE_MIN  (64u * 1024) /* less is of no use */
/* Of what is free, so that a small disk is not full of it. */
#define RESERVE_SHARE 8
/* Less than this is scarce: the log as long as it may get in idle times, some times over. */
#define SCARCE_BYTES   (16u * 1024 * 1024)
#define LOOK_PAGES     64 /* the log has grown by so many: look again */
#define LOG_QUIET_MS   60000
#define FULL_SENTENCE  "the disk is full: messages are refused until there is room on it"
#define AGAIN_SENTENCE "there is room on the disk again"

/* Bytes that are free; plenty when that is unknown. */
static uint64_t room(const struct cw_sqlite *s)
{
    struct statvfs about;
    if (statvfs(s->folder, &about) != 0)
        return UINT64_MAX;
    return (uint64_t)about.f_bavail * about.f_frsize;
}

/* Tells the operator that the disk is full, at most once a minute, and when it no longer is. */
static void say_full(struct cw_sqlite *s)
{
    if (s->full_said_ms != 0 && s->now_ms - s->full_said_ms < LOG_QUIET_MS)
        return;
    s->full_said = true;
    s->full_said_ms = s->now_ms | 1;
    cw_sqlite_log(s, FULL_SENTENCE);
}

static void say_room(struct cw_sqlite *s)
{
    if (s->full_said)
        cw_sqlite_log(s, AGAIN_SENTENCE);
    s->full_said = false;
}

static char *reserve_path(const struct cw_sqlite *s)
{
    return cw_sqlite_path(s->folder, RESERVE_NAME);
}

static uint64_t size_of_reserve(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISREG(about.st_mode) ? (uint64_t)about.st_blocks * 512 : 0;
}

/* Takes up the room; false when there is too little. What else may be wrong with the
 * file is no reason to refuse messages. */
static bool allocate(const char *path, uint64_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno != ENOSPC && errno != EDQUOT;
    int error = fchmod(fd, 0600) == 0 ? posix_fallocate(fd, 0, (off_t)size) : errno;
    close(fd);
    if (error != 0)
        unlink(path);
    return error != ENOSPC && error != EDQUOT;
}

void cw_sqlite_reserve_give_up(struct cw_sqlite *s)
{
    char *path = reserve_path(s);
    unlink(path);
    free(path);
    if (!s->disk_full)
        say_full(s);
    s->disk_full = true;
}

bool cw_sqlite_reserve_make(struct cw_sqlite *s)
{
    char *path = reserve_path(s);
    uint64_t share = room(s) / RESERVE_SHARE, size = share < RESERVE_MAX ? share : RESERVE_MAX;
    bool good = size_of_reserve(path) >= RESERVE_MIN ||
                (size >= RESERVE_MIN && allocate(path, size - size % 4096));
    free(path);
    if (good && s->disk_full)
        say_room(s);
    else if (!good && !s->disk_full)
        say_full(s);
    s->disk_full = !good;
    return good;
}

void cw_sqlite_reserve_open(struct cw_sqlite *s)
{
    if (room(s) < RESERVE_MIN)
        cw_sqlite_reserve_give_up(s); /* opening the database takes some */
}

bool cw_sqlite_room_scarce(struct cw_sqlite *s)
{
    if (s->wal_pages < s->room_pages || s->wal_pages - s->room_pages >= LOOK_PAGES) {
        s->room_pages = s->wal_pages;
        s->room_scarce = room(s) < SCARCE_BYTES;
    }
    return s->room_scarce && s->wal_pages > LOOK_PAGES;
}

/* Pages that are in the database already need none. */
bool cw_sqlite_room_for_log(struct cw_sqlite *s)
{
    struct stat about;
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE);
    bool there = stat(path, &about) == 0;
    free(path);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PAGE_COUNT);
    uint64_t bytes = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) * 4096 : UINT64_MAX;
    cw_sql_end(st);
    return there &&
           (bytes <= (uint64_t)about.st_size || bytes - (uint64_t)about.st_size <= room(s));
}

/* Space that the log's file has cannot be taken by other programs. Locks are on the database's
 * file, so this one may be opened and closed. */
void cw_sqlite_room_to_log(const struct cw_sqlite *s)
{
    struct stat about;
    uint64_t half = room(s) / 2;
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE "-wal");
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    free(path);
    if (fd < 0)
        return;
    /* If that fails, the log takes free space when it grows. */
    if (half != 0 && fstat(fd, &about) == 0)
        (void)!fallocate(fd, FALLOC_FL_KEEP_SIZE, about.st_size,
                         (off_t)(half < RESERVE_MAX ? half : RESERVE_MAX));
    close(fd);
}
