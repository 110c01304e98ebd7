/* blob_sweep.c - compares the files of bodies with the rows that refer to them, at the start. A
 * file without a row may be left from a crash between the file and the commit. But a database that
 * is not here today may also refer to it: one that was moved away, or a newer one that an older
 * backup has replaced. So such a file is not removed but moved into CW_BLOB_LOST, and it is moved
 * back as soon as a row refers to it. Only files of messages that the database knows to be deleted
 * are removed.
 *
 * The store has locked the database and has written no body yet, so every file is older than this
 * start. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob.h"
#include "store/file.h"

/* The folders, open: names are looked up in them. -1: there is none. */
struct places {
    int blobs, lost;
};

static int open_folder(const char *folder, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n < 0 || (size_t)n >= sizeof path ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Is it a plain file with a name that we make? Its size. */
static bool is_ours(int folder, const char *name, uint64_t *bytes)
{
    size_t size;
    struct stat about;
    if ((!cw_blob_size(name, &size) && cw_file_id_of(name) == 0) ||
        fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
        return false;
    *bytes = (uint64_t)about.st_size;
    return true;
}

/* Never overwrites a file. */
static bool move_blob(int from, int to, const char *name)
{
    struct stat about;
    return to >= 0 && fstatat(to, name, &about, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT &&
           renameat(from, name, to, name) == 0;
}

/* Calls `visit` for each of our files; it may move and remove them. */
struct visitor {
    void (*visit)(struct visitor *visitor, const char *name, uint64_t bytes);
    struct places places;
    enum cw_blob_fate (*fate)(void *context, const char *name);
    void *context;
    struct cw_blob_swept swept;
};

static void visit_all(struct visitor *visitor, int folder)
{
    int copy = folder < 0 ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = copy < 0 ? NULL : fdopendir(copy);
    uint64_t bytes;
    if (files == NULL && copy >= 0)
        close(copy);
    for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;)
        if (is_ours(folder, file->d_name, &bytes))
            visitor->visit(visitor, file->d_name, bytes);
    if (files != NULL)
        closedir(files);
}

static void visit_lost(struct visitor *visitor, const char *name, uint64_t bytes)
{
    struct cw_blob_swept *swept = &visitor->swept;
    enum cw_blob_fate fate = visitor->fate(visitor->context, name);
    if (fate == CW_BLOB_DELETED && unlinkat(visitor->places.lost, name, 0) == 0)
        return;
    if (fate == CW_BLOB_NAMED && move_blob(visitor->places.lost, visitor->places.blobs, name)) {
        swept->found++;
        return;
    }
    swept->lost++;
    swept->lost_bytes += bytes;
}

static void visit_blob(struct visitor *visitor, const char *name, uint64_t bytes)
{
    struct cw_blob_swept *swept = &visitor->swept;
    struct places *places = &visitor->places;
    enum cw_blob_fate fate = visitor->fate(visitor->context, name);
    if (fate == CW_BLOB_DELETED)
        swept->stuck += unlinkat(places->blobs, name, 0) != 0;
    if (fate != CW_BLOB_UNKNOWN)
        return;
    if (places->lost < 0 && mkdirat(places->blobs, "lost", 0700) == 0)
        places->lost = openat(places->blobs, "lost", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!move_blob(places->blobs, places->lost, name)) {
        swept->stuck++;
        return;
    }
    swept->put_aside++;
    swept->lost++;
    swept->lost_bytes += bytes;
}

struct cw_blob_swept cw_blob_sweep(const char *folder,
                                   enum cw_blob_fate (*fate)(void *context, const char *name),
                                   void *context)
{
    struct visitor visitor = {.places = {.blobs = open_folder(folder, CW_BLOB_FOLDER),
                                         .lost = open_folder(folder, CW_BLOB_LOST)},
                              .fate = fate,
                              .context = context};
    visitor.visit = visit_lost;
    visit_all(&visitor, visitor.places.lost);
    visitor.visit = visit_blob;
    visit_all(&visitor, visitor.places.blobs);
    if (visitor.places.blobs >= 0)
        close(visitor.places.blobs);
    if (visitor.places.lost >= 0)
        close(visitor.places.lost);
    return visitor.swept;
}

static void visit_any(struct visitor *visitor, const char *name, uint64_t bytes)
{
    (void)name, (void)bytes;
    visitor->swept.found++;
}

bool cw_blob_any(const char *folder)
{
    struct visitor visitor = {.visit = visit_any};
    int blobs = open_folder(folder, CW_BLOB_FOLDER);
    visit_all(&visitor, blobs);
    if (blobs >= 0)
        close(blobs);
    return visitor.swept.found != 0;
}
