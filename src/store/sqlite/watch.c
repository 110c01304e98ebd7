/* watch.c - see watch.h. A program can write to removed or moved files for days, and the data is
 * lost afterwards. So the paths are looked at, by their inodes: each second, and after each commit,
 * before it is acknowledged.
 *
 * A look costs three system calls that walk a path, a fifth of a commit on a fast disk. Where the
 * kernel reports changes of these files and of the folders above them (inotify(7)) and of what is
 * mounted (/proc/self/mountinfo), one call that waits for nothing asks whether there are reports,
 * and only then are the paths looked at. Where it cannot (a symbolic link in the path, a file
 * system of the network), each question is a look. */
#include "store/sqlite/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "store/blob.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

/* What a path led to. An open folder keeps its number from being given to another. */
static const char *const watched[CW_SQLITE_WATCHED] = {"", CW_BLOB_FOLDER, CW_SQLITE_FILE,
                                                       CW_SQLITE_FILE "-wal"};

/* --- reports of the kernel ------------------------------------------------------------- */

/* Which <linux/magic.h> of Linux 6.1 lacks. */
#define XFS_MAGIC 0x58465342
#define ZFS_MAGIC 0x2fc12fc1

/* File systems that no other machine changes, so that all changes are reported. */
static bool is_local(const char *path)
{
    static const unsigned long local[] = {
        EXT4_SUPER_MAGIC, XFS_MAGIC,        BTRFS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC,
        TMPFS_MAGIC,      F2FS_SUPER_MAGIC, ZFS_MAGIC};
    struct statfs about;
    if (statfs(path, &about) != 0)
        return false;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if ((unsigned long)about.f_type == local[i])
            return true;
    return false;
}

static bool is_link(const char *path)
{
    struct stat about;
    return lstat(path, &about) != 0 || S_ISLNK(about.st_mode);
}

/* Asks for reports of the folder's entries, and of moves of the folders above it. `whole` is
 * changed meanwhile. */
static bool ask_of_path(int notify, char *whole)
{
    const uint32_t self = IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
    const uint32_t entries = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
    bool good = true;
    for (char *end = whole + 1; good; end++) {
        char kept = *end;
        if (kept != '/' && kept != '\0')
            continue;
        *end = '\0';
        good = !is_link(whole) && is_local(whole) &&
               inotify_add_watch(notify, whole, kept == '\0' ? self | entries : self) >= 0;
        *end = kept;
        if (kept == '\0')
            break;
    }
    return good;
}

static bool add_report(int reports, int fd, uint32_t event)
{
    struct epoll_event asked = {.events = event, .data.fd = fd};
    return fd >= 0 && epoll_ctl(reports, EPOLL_CTL_ADD, fd, &asked) == 0;
}

static void close_reports(struct cw_sqlite_watches *watches)
{
    const int fds[] = {watches->reports, watches->notify, watches->mounts};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    watches->reports = watches->notify = watches->mounts = -1;
}

static void open_reports(struct cw_sqlite_watches *watches, char *whole)
{
    bool links = false;
    for (int i = 1; i < CW_SQLITE_WATCHED; i++)
        links |= watches->of[i].on && is_link(watches->of[i].path);
    watches->reports = epoll_create1(EPOLL_CLOEXEC);
    watches->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    watches->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (links || !add_report(watches->reports, watches->notify, EPOLLIN) ||
        !add_report(watches->reports, watches->mounts, EPOLLPRI) ||
        !ask_of_path(watches->notify, whole))
        close_reports(watches);
}

/* May something have changed since the last look? A report of mounts is in the set only once, and
 * the loop may be the one that takes it. */
static bool has_reports(struct cw_sqlite_watches *watches)
{
    struct epoll_event report;
    if (watches->reports < 0 || atomic_load(&watches->reported))
        return true;
    if (epoll_wait(watches->reports, &report, 1, 0) == 0)
        return false;
    atomic_store(&watches->reported, true);
    return true;
}

static void forget_reports(struct cw_sqlite_watches *watches)
{
    char events[4096];
    atomic_store(&watches->reported, false);
    while (watches->notify >= 0 && read(watches->notify, events, sizeof events) > 0)
        continue;
}

bool cw_sqlite_disturbed(struct cw_store *store)
{
    return has_reports(&((struct cw_sqlite *)store)->watches);
}

/* --- the looks -------------------------------------------------------------------------- */

static void remember(struct cw_sqlite_watch *watch, char *path)
{
    struct stat about;
    watch->path = path;
    watch->fd = open(path, O_PATH | O_CLOEXEC);
    watch->on = watch->fd >= 0 && fstat(watch->fd, &about) == 0;
    if (watch->on) {
        watch->device = about.st_dev;
        watch->inode = about.st_ino;
    }
}

void cw_sqlite_watch_begin(struct cw_sqlite *s)
{
    /* Absolute, so that a folder above it that is moved is noticed, too. */
    char *here = s->folder[0] == '/' ? NULL : getcwd(NULL, 0);
    char *whole =
        here == NULL ? cw_sqlite_path(s->folder, "") : cw_sqlite_path(here, s->folder + 2);
    for (int i = 0; i < CW_SQLITE_WATCHED; i++)
        remember(&s->watches.of[i], cw_sqlite_path(whole, watched[i]));
    open_reports(&s->watches, whole);
    free(whole);
    free(here);
}

void cw_sqlite_watch_end(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQLITE_WATCHED; i++) {
        struct cw_sqlite_watch *watch = &s->watches.of[i];
        if (watch->path != NULL && watch->fd >= 0)
            close(watch->fd); /* O_PATH: this gives up no lock of SQLite's */
        free(watch->path);
    }
    if (s->watches.of[0].path != NULL) /* or it did not begin */
        close_reports(&s->watches);
}

/* Any other result than "it is another one" and "it is not there" is ignored.
 *
 * Only the number is asked for: once stat() has told the time of the last change, Linux
 * gives the next write another one, so that each sync writes the log's inode, too (6.13
 * and later; a commit took a quarter longer). */
static bool is_gone(const struct cw_sqlite_watch *watch)
{
    struct statx about;
    if (!watch->on)
        return false;
    if (statx(AT_FDCWD, watch->path, AT_STATX_DONT_SYNC, STATX_INO, &about) == 0)
        return makedev(about.stx_dev_major, about.stx_dev_minor) != watch->device ||
               about.stx_ino != watch->inode;
    return errno == ENOENT || errno == ENOTDIR || errno == ESTALE || errno == ELOOP;
}

/* The folder itself is asked about last: moving it moves what is in it. */
static bool all_there(const struct cw_sqlite_watches *watches)
{
    for (int i = CW_SQLITE_WATCHED - 1; i > 0; i--)
        if (is_gone(&watches->of[i]))
            return false;
    return watches->of[CW_SQLITE_WATCHED - 1].on || !is_gone(&watches->of[0]);
}

bool cw_sqlite_watch(struct cw_sqlite *s)
{
    forget_reports(&s->watches); /* before the look: later ones are of later changes */
    if (s->failure[0] != '\0' || all_there(&s->watches))
        return s->failure[0] == '\0';
    for (int i = 0; i < CW_SQLITE_WATCHED && s->failure[0] == '\0'; i++)
        if (is_gone(&s->watches.of[i])) {
            snprintf(s->failure, sizeof s->failure,
                     "%.150s was removed, moved or replaced while the server used it: put it "
                     "back, then start again",
                     s->watches.of[i].path);
            s->trouble = CW_STORE_FAILED;
        }
    return s->failure[0] == '\0';
}

bool cw_sqlite_watch_quickly(struct cw_sqlite *s)
{
    return has_reports(&s->watches) ? cw_sqlite_watch(s) : s->failure[0] == '\0';
}
