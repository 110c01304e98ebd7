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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
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

static bool has_our_name(const char *name)
{
    size_t size;
    return cw_blob_size(name, &size) || cw_file_id_of(name) != 0;
}

/* The file system says what it is with the name; where it does not, the file is asked. */
static bool is_plain(int folder, const struct dirent *file)
{
    struct stat about;
    if (file->d_type != DT_UNKNOWN)
        return file->d_type == DT_REG;
    return fstatat(folder, file->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(about.st_mode);
}

static uint64_t listed_size(int folder, const char *name)
{
    struct stat about;
    return fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 ? (uint64_t)about.st_size : 0;
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
    void (*visit)(struct visitor *visitor, const char *name);
    struct places places;
    enum cw_blob_fate (*fate)(void *context, const char *name);
    void *context;
    struct cw_blob_swept swept;
};

/* A folder lists its files in no order. Asked for in that order, each of them would read a page of
 * the index of its own: so many are sorted first, and then follow each other in the index. */
#define SORTED_MAX 32768

struct names {
    char (*items)[CW_BLOB_NAME_MAX];
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void visit_sorted(struct visitor *visitor, struct names *names)
{
    if (names->count != 0)
        qsort(names->items, names->count, sizeof names->items[0], by_name);
    for (size_t i = 0; i < names->count; i++)
        visitor->visit(visitor, names->items[i]);
    names->count = 0;
}

static void visit_all(struct visitor *visitor, int folder)
{
    int copy = folder < 0 ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = copy < 0 ? NULL : fdopendir(copy);
    struct names names = {0};
    if (files == NULL && copy >= 0)
        close(copy);
    if (files == NULL)
        return;
    names.items = cw_alloc(SORTED_MAX * sizeof names.items[0]);
    for (struct dirent *file; (file = readdir(files)) != NULL;) {
        if (!has_our_name(file->d_name) || !is_plain(folder, file))
            continue;
        memcpy(names.items[names.count++], file->d_name, strlen(file->d_name) + 1);
        if (names.count == SORTED_MAX)
            visit_sorted(visitor, &names);
    }
    visit_sorted(visitor, &names);
    free(names.items);
    closedir(files);
}

static void visit_lost(struct visitor *visitor, const char *name)
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
    swept->lost_bytes += listed_size(visitor->places.lost, name);
}

static void visit_blob(struct visitor *visitor, const char *name)
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
    swept->lost_bytes += listed_size(places->lost, name);
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

static void visit_any(struct visitor *visitor, const char *name)
{
    (void)name;
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
