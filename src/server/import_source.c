/* import_source.c - see import_source.h. A zip is unpacked first, by the program unzip: a library
 * for it would be in the memory of each server. */
#include "server/import_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import/import.h"
#include "server/backup_folder.h"

#define PATH_SIZE 4096

struct cw_import_source {
    FILE *lines;
    char *line;
    size_t capacity;
    unsigned number;                /* of the last line */
    int folder;                     /* of its files, or -1 */
    char unpacked[CW_SCRATCH_PATH]; /* what was a zip; empty: it was none */
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

/* In a folder of its own, which goes at the end. */
static bool unpack(struct cw_import_source *source, const char *path, char error[256])
{
    pid_t child;
    int status = -1;
    if (!cw_backup_scratch_make("chinwag-import", source->unpacked)) {
        say_unreadable(error, source->unpacked);
        source->unpacked[0] = 0;
        return false;
    }
    const char *const words[] = {"unzip", "-qq", "--", path, "-d", source->unpacked, NULL};
    int failed =
        posix_spawnp(&child, words[0], NULL, NULL, (char *const *)(uintptr_t)words, environ);
    if (failed == 0)
        waitpid(child, &status, 0);
    if (failed != 0)
        snprintf(error, 256, "There is no program unzip here: unpack %.120s, and name the folder.",
                 path);
    else if (status != 0)
        snprintf(error, 256, "%.150s is damaged, or could not be unpacked to %.60s.", path,
                 source->unpacked);
    return failed == 0 && status == 0;
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
        return unpack(source, path, error) && open_folder(source, source->unpacked, error);
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
    if (source->unpacked[0] != 0)
        cw_backup_remove_tree(AT_FDCWD, source->unpacked);
    free(source->line);
    free(source);
}

/* --- lines ----------------------------------------------------------------------------------- */

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

/* --- files ----------------------------------------------------------------------------------- */

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
        fd = open_inside(source->folder, whole);
    }
    if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}
