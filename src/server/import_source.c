/* import_source.c - see import_source.h. What is in a zip is unpacked into files without names when
 * it is asked for. */
#include "server/import_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "import/import.h"

#define PATH_SIZE 4096

struct cw_import_source {
    FILE *lines;
    char *line;
    size_t capacity;
    unsigned number; /* of the last line */
    int folder;      /* of its files, or -1 */
    zip_t *zip;      /* or NULL */
};

/* --- opening --------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

static bool say_unreadable(char error[256], const char *path)
{
    snprintf(error, 256, "Cannot read %.150s: %.80s.", path, strerror(errno));
    return false;
}

/* A file without a name, gone with its descriptor. */
static int make_temporary(void)
{
    char path[PATH_SIZE];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%.4000s/chinwag-import-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    int fd = mkstemp(path);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool write_unpacked(int fd, const char *bytes, zip_int64_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, bytes, (size_t)n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        bytes += wrote;
        n -= wrote;
    }
    return n == 0;
}

/* -1: it is not there, or broken. */
static int unpack(zip_t *zip, const char *name)
{
    zip_file_t *file = zip_fopen(zip, name, 0);
    int fd = file == NULL ? -1 : make_temporary();
    char *bytes = cw_alloc(64 * 1024);
    zip_int64_t n = -1;
    while (fd >= 0 && (n = zip_fread(file, bytes, 64 * 1024)) > 0 && write_unpacked(fd, bytes, n))
        continue;
    free(bytes);
    if (file != NULL && (zip_fclose(file) != 0 || n != 0) && fd >= 0) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* The one file of lines in the zip. */
static bool open_zip(struct cw_import_source *source, const char *path, char error[256])
{
    int code;
    source->zip = zip_open(path, ZIP_RDONLY, &code);
    zip_int64_t count = source->zip == NULL ? 0 : zip_get_num_entries(source->zip, 0);
    const char *lines = NULL;
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(source->zip, (zip_uint64_t)i, 0);
        if (name != NULL && ends_with(name, ".jsonl") && strchr(name, '/') == NULL)
            lines = name;
    }
    int fd = lines == NULL ? -1 : unpack(source->zip, lines);
    source->lines = fd < 0 ? NULL : fdopen(fd, "r");
    if (source->lines == NULL)
        snprintf(error, 256, "%.150s is no zip with a file NAME.jsonl in it, or is damaged.", path);
    return source->lines != NULL;
}

static bool open_folder(struct cw_import_source *source, const char *path, char error[256])
{
    source->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int copy = source->folder < 0 ? -1 : dup(source->folder);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    char found[256] = "";
    unsigned count = 0;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (ends_with(entry->d_name, ".jsonl")) {
            snprintf(found, sizeof found, "%s", entry->d_name);
            count++;
        }
    if (names != NULL)
        closedir(names);
    if (count != 1) {
        snprintf(error, 256, "There %s in %.150s: name the one that is meant.",
                 count == 0 ? "is no file NAME.jsonl" : "are several files NAME.jsonl", path);
        return false;
    }
    int fd = openat(source->folder, found, O_RDONLY | O_CLOEXEC);
    source->lines = fd < 0 ? NULL : fdopen(fd, "r");
    return source->lines != NULL || say_unreadable(error, found);
}

static bool open_file(struct cw_import_source *source, const char *path, char error[256])
{
    char folder[PATH_SIZE];
    char head[4] = "";
    const char *slash = strrchr(path, '/');
    source->lines = fopen(path, "re");
    if (source->lines == NULL)
        return say_unreadable(error, path);
    size_t n = fread(head, 1, sizeof head, source->lines);
    if (n == sizeof head && memcmp(head, "PK\3\4", 4) == 0) {
        fclose(source->lines);
        source->lines = NULL;
        return open_zip(source, path, error);
    }
    rewind(source->lines);
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
             slash == NULL ? "." : path);
    source->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return source->folder >= 0 || say_unreadable(error, folder);
}

struct cw_import_source *cw_import_source_open(const char *path, char error[256])
{
    struct stat about;
    struct cw_import_source *source = cw_alloc_zero(sizeof *source);
    source->folder = -1;
    bool good = stat(path, &about) == 0 || say_unreadable(error, path);
    if (good)
        good = S_ISDIR(about.st_mode) ? open_folder(source, path, error)
                                      : open_file(source, path, error);
    if (good)
        return source;
    cw_import_source_close(source);
    return NULL;
}

void cw_import_source_close(struct cw_import_source *source)
{
    if (source->lines != NULL)
        fclose(source->lines);
    if (source->folder >= 0)
        close(source->folder);
    if (source->zip != NULL)
        zip_discard(source->zip);
    free(source->line);
    free(source);
}

/* --- lines -------------------------------------------------------------------------------------
 */

void cw_import_source_rewind(struct cw_import_source *source)
{
    rewind(source->lines);
    source->number = 0;
}

/* Memory for the longest line only; what is longer is passed over. */
static enum cw_source_line read_line(struct cw_import_source *source, struct cw_slice *text)
{
    size_t n = 0;
    int c;
    while ((c = getc_unlocked(source->lines)) != EOF && c != '\n') {
        if (n == source->capacity && n <= CW_IMPORT_LINE_MAX) {
            source->capacity = 2 * source->capacity + 4096;
            source->line = cw_realloc(source->line, source->capacity);
        }
        if (n <= CW_IMPORT_LINE_MAX)
            source->line[n++] = (char)c;
    }
    source->number++;
    *text = cw_slice_of((const uint8_t *)source->line, n);
    if (c == EOF && ferror(source->lines))
        return CW_SOURCE_BROKEN;
    if (c == EOF && n == 0)
        return CW_SOURCE_END;
    return n > CW_IMPORT_LINE_MAX ? CW_SOURCE_LONG : CW_SOURCE_LINE;
}

static bool is_blank_line(struct cw_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ' ' && text.p[i] != '\r' && text.p[i] != '\t')
            return false;
    return true;
}

enum cw_source_line cw_import_source_next(struct cw_import_source *source, struct cw_slice *text,
                                          struct cw_source_place *place)
{
    enum cw_source_line line;
    do {
        place->at = (uint64_t)ftello(source->lines);
        line = read_line(source, text);
        place->line = source->number;
    } while (line == CW_SOURCE_LINE && is_blank_line(*text));
    return line;
}

enum cw_source_line cw_import_source_at(struct cw_import_source *source, uint64_t at,
                                        struct cw_slice *text)
{
    if (fseeko(source->lines, (off_t)at, SEEK_SET) != 0)
        return CW_SOURCE_BROKEN;
    return read_line(source, text);
}

/* --- files -------------------------------------------------------------------------------------
 */

/* No part of it leads up, and none is empty. */
static bool stays_inside(const char *path)
{
    for (const char *part = path;; part++) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && strncmp(part, "..", 2) == 0))
            return false;
        part += n;
        if (*part == 0)
            return strlen(path) < PATH_SIZE / 2;
    }
}

/* Part by part, so that no symbolic link leads out either. */
static int open_inside(int folder, const char *path)
{
    char part[256];
    int at = dup(folder);
    while (at >= 0) {
        size_t n = strcspn(path, "/");
        bool last = path[n] == 0;
        int next = -1;
        if (n < sizeof part) {
            snprintf(part, sizeof part, "%.*s", (int)n, path);
            next =
                openat(at, part,
                       O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
        }
        close(at);
        if (last || next < 0)
            return next;
        at = next;
        path += n + 1;
    }
    return -1;
}

int cw_import_source_file(struct cw_import_source *source, const char *path)
{
    static const char *const below[] = {"", "data/"};
    struct stat about;
    int fd = -1;
    if (!stays_inside(path))
        return -1;
    for (size_t i = 0; i < 2 && fd < 0; i++) {
        char whole[PATH_SIZE];
        snprintf(whole, sizeof whole, "%s%s", below[i], path);
        fd = source->zip != NULL ? unpack(source->zip, whole) : open_inside(source->folder, whole);
    }
    if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}
