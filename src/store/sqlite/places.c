/* places.c - the data folder: created, and checked before it is used. It has a sentence for each
 * problem, since SQLite only says "unable to open database file". watch.c watches it afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

/* SQLite's own limit, for the longest name beside the database. */
#define SQLITE_PATH_MAX 512
#define LONGEST_NAME    "/" CW_SQLITE_FILE "-journal"

char *cw_sqlite_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = cw_alloc(size);
    snprintf(path, size, "%s%s%s", folder, name[0] == '\0' ? "" : "/", name);
    return path;
}

char *cw_sqlite_folder_of(const char *folder)
{
    /* SQLite would read a relative "file:..." as a URI. */
    return folder[0] == '/' ? cw_sqlite_path("", folder + 1) : cw_sqlite_path(".", folder);
}

/* --- what is wrong with it -------------------------------------------------------- */

static const char *reason_of(int error)
{
    switch (error) {
    case EROFS:
        return "its file system is read-only: mount it writable, or choose another folder";
    case EACCES:
    case EPERM:
        return "this user has no permission for it: change its owner or its mode";
    case ENOENT:
        return "the folder above it does not exist: make that first";
    case ENOTDIR:
        return "a part of its path is a file: choose another folder";
    case ENAMETOOLONG:
        return "its path is too long: choose a shorter one";
    case ELOOP:
        return "its symbolic links lead round in a circle";
    case ENOSPC:
    case EDQUOT:
        return "the disk is full: make room on it";
    default:
        return strerror(error);
    }
}

/* `name`: in the folder, or "" for the folder itself. Always false. */
static bool refuse(const char *shown, const char *name, const char *reason, char error[256])
{
    snprintf(error, 256, "Cannot use %s%.110s%s%s: %s.", name[0] == '\0' ? "the data folder " : "",
             shown, name[0] == '\0' ? "" : "/", name, reason);
    return false;
}

static bool may(const char *path, int how)
{
    return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

/* What is there already must be of the right type, readable and writable. */
static bool judge(const char *path, const char *shown, const char *name, mode_t type,
                  char error[256])
{
    struct stat about;
    bool folder = type == S_IFDIR;
    if (stat(path, &about) != 0)
        return refuse(shown, name, reason_of(errno), error);
    if ((about.st_mode & S_IFMT) != type)
        return refuse(shown, name, folder ? "it is a file, not a folder" : "it is no plain file",
                      error);
    if (folder && (about.st_mode & S_IWOTH) != 0)
        return refuse(shown, name, "every user may write to it: chmod 700", error);
    if (!may(path, folder ? R_OK | X_OK : R_OK))
        return refuse(shown, name,
                      errno == EACCES ? "this user may not read it: change its owner or its mode"
                                      : reason_of(errno),
                      error);
    if (!may(path, W_OK))
        return refuse(shown, name,
                      errno == EACCES || errno == EPERM
                          ? "it is read-only for this user: change its owner or its mode"
                          : reason_of(errno),
                      error);
    return true;
}

/* --- making it --------------------------------------------------------------------- */

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

/* A folder that is ours alone, whatever the umask; one that exists is taken as
 * it is. Its own entry is synced with it. */
static bool make_folder(const char *path)
{
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST;
    char *parent = cw_sqlite_path(path, "..");
    bool good = chmod(path, 0700) == 0 && sync_folder(parent);
    free(parent);
    return good;
}

/* SQLite gives its log the mode of the database, and takes an empty file for a
 * new database. */
static bool make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST;
    bool good = fchmod(fd, 0600) == 0;
    close(fd);
    return good;
}

static bool make_place(const char *folder, const char *shown, const char *name, mode_t type,
                       char error[256])
{
    char *path = cw_sqlite_path(folder, name);
    bool good = (type == S_IFDIR ? make_folder(path) : make_file(path)) ||
                refuse(shown, name, reason_of(errno), error);
    good = good && judge(path, shown, name, type, error);
    free(path);
    return good;
}

/* Its size; 0 when it is not there. */
static uint64_t size_of_path(const char *folder, const char *name, bool *there)
{
    struct stat about;
    char *path = cw_sqlite_path(folder, name);
    *there = stat(path, &about) == 0;
    free(path);
    return *there ? (uint64_t)about.st_size : 0;
}

void cw_sqlite_explain_missing(const char *shown, const char *what, char error[256])
{
    snprintf(error, 256,
             "%.100s/" CW_SQLITE_FILE " is %s, but what belongs to it is still there: put it back "
             "(with its -wal file), or move the whole folder away to start with a new one.",
             shown, what);
}

/* SQLite would make a new database and drop the log of the old one, and no row would refer to the
 * bodies any more. */
static bool judge_remains(const char *folder, const char *shown, char error[256])
{
    bool there, log;
    size_of_path(folder, CW_COMMUNITY_FILE, &there);
    if (there) {
        snprintf(error, 256,
                 "The rows of %.100s are in a PostgreSQL: set `store` as it was, or choose another "
                 "folder.",
                 shown);
        return false;
    }
    if (size_of_path(folder, CW_SQLITE_FILE, &there) != 0 ||
        (size_of_path(folder, CW_SQLITE_FILE "-wal", &log) == 0 && !cw_blob_any(folder)))
        return true;
    cw_sqlite_explain_missing(shown, there ? "empty" : "missing", error);
    return false;
}

static bool judge_length(const char *folder, const char *shown, char error[256])
{
    char *whole = realpath(folder, NULL);
    bool good = whole == NULL || strlen(whole) + strlen(LONGEST_NAME) < SQLITE_PATH_MAX ||
                refuse(shown, "", reason_of(ENAMETOOLONG), error);
    free(whole);
    return good;
}

static bool judge_log(const char *folder, const char *shown, char error[256])
{
    bool there;
    char *path = cw_sqlite_path(folder, CW_SQLITE_FILE "-wal");
    size_of_path(folder, CW_SQLITE_FILE "-wal", &there);
    bool good = !there || judge(path, shown, CW_SQLITE_FILE "-wal", S_IFREG, error);
    free(path);
    return good;
}

bool cw_sqlite_folder_make(const char *folder, const char *shown, char error[256])
{
    return make_place(folder, shown, "", S_IFDIR, error) && judge_length(folder, shown, error) &&
           make_place(folder, shown, CW_BLOB_FOLDER, S_IFDIR, error);
}

bool cw_sqlite_places_make(const char *folder, const char *shown, char error[256])
{
    if (!cw_sqlite_folder_make(folder, shown, error) || !judge_remains(folder, shown, error) ||
        !make_place(folder, shown, CW_SQLITE_FILE, S_IFREG, error) ||
        !judge_log(folder, shown, error))
        return false;
    return sync_folder(folder) || refuse(shown, "", reason_of(errno), error);
}
