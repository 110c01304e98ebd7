/* backup_folder.c - see backup_folder.h. */
#include "server/backup_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/small_file.h"

#define NUMBER_DIGITS 6

/* --- names ------------------------------------------------------------------------------------ */

bool cw_backup_name_make(uint64_t number, uint64_t made_ms, struct cw_backup_name *name)
{
    struct tm parts;
    char when[20];
    time_t time = (time_t)(made_ms / 1000);
    if (gmtime_r(&time, &parts) == NULL ||
        strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &parts) == 0)
        return false;
    snprintf(name->text, sizeof name->text, "%0*llu-%s", NUMBER_DIGITS, (unsigned long long)number,
             when);
    name->number = number;
    return true;
}

/* 0: a name that no backup has. */
static uint64_t number_in_name(const char *name)
{
    char *end;
    if (name[0] < '0' || name[0] > '9' || strlen(name) >= CW_BACKUP_NAME_MAX)
        return 0;
    unsigned long long number = strtoull(name, &end, 10);
    return *end == '-' && end - name >= NUMBER_DIGITS ? number : 0;
}

static bool is_partial(const char *name)
{
    size_t n = strlen(name), tail = sizeof CW_BACKUP_PARTIAL - 1;
    return n > tail && strcmp(name + n - tail, CW_BACKUP_PARTIAL) == 0;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct cw_backup_name *)a)->number;
    uint64_t y = ((const struct cw_backup_name *)b)->number;
    return x < y ? -1 : x > y;
}

/* The folder's names from the beginning; NULL: it cannot be read. */
static DIR *open_names(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    if (names == NULL && copy >= 0)
        close(copy);
    return names;
}

static struct cw_backup_name *list(int folder, bool partial, size_t *count)
{
    struct cw_backup_name *found = NULL;
    size_t capacity = 0;
    DIR *names = open_names(folder);
    *count = 0;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;) {
        uint64_t number = number_in_name(entry->d_name);
        if (number == 0 || is_partial(entry->d_name) != partial)
            continue;
        if (*count == capacity) {
            capacity = 2 * capacity + 16;
            found = cw_realloc(found, capacity * sizeof *found);
        }
        found[*count].number = number;
        memcpy(found[(*count)++].text, entry->d_name, strlen(entry->d_name) + 1);
    }
    if (names != NULL)
        closedir(names);
    if (*count != 0)
        qsort(found, *count, sizeof *found, by_number);
    return found;
}

struct cw_backup_name *cw_backup_list(int folder, size_t *count)
{
    return list(folder, false, count);
}

/* --- the folder ------------------------------------------------------------------------------ */

int cw_backup_folder_open(const char *path, bool makes, char error[256])
{
    if (makes && mkdir(path, 0700) != 0 && errno != EEXIST) {
        snprintf(error, 256, "Cannot make the folder %.120s: %.80s.", path, strerror(errno));
        return -1;
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        snprintf(error, 256, "Cannot open the folder %.120s: %.80s.", path, strerror(errno));
    else if (makes && faccessat(folder, ".", W_OK, AT_EACCESS) != 0) {
        snprintf(error, 256,
                 "Cannot write in %.90s: %.50s. It must belong to the server's user; under "
                 "systemd it also needs ReadWritePaths.",
                 path, strerror(errno));
        close(folder);
        return -1;
    }
    return folder;
}

bool cw_backup_folder_lock(int folder, const char *path, char error[256])
{
    if (flock(folder, LOCK_EX | LOCK_NB) == 0)
        return true;
    snprintf(error, 256, "Another process makes a backup in %.120s just now: wait for its end.",
             path);
    return false;
}

/* --- removing -------------------------------------------------------------------------------- */

static bool remove_in(int folder, const char *name);

bool cw_backup_remove_tree(int parent, const char *name)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *names = folder < 0 ? NULL : open_names(folder);
    bool good = names != NULL;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            good &= remove_in(folder, entry->d_name);
    if (names != NULL)
        closedir(names);
    if (folder >= 0)
        close(folder);
    return good && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

static bool remove_in(int folder, const char *name)
{
    if (unlinkat(folder, name, 0) == 0)
        return true;
    return (errno == EISDIR || errno == EPERM) && cw_backup_remove_tree(folder, name);
}

bool cw_backup_scratch_make(const char *name, char path[CW_SCRATCH_PATH])
{
    const char *tmp = getenv("TMPDIR");
    snprintf(path, CW_SCRATCH_PATH, "%.4000s/%s-XXXXXX", tmp == NULL ? "/tmp" : tmp, name);
    return mkdtemp(path) != NULL;
}

bool cw_backup_remove(int folder, const char *name)
{
    char manifest[CW_BACKUP_NAME_MAX + sizeof CW_BACKUP_PARTIAL + sizeof "/" CW_MANIFEST_FILE];
    snprintf(manifest, sizeof manifest, "%s/" CW_MANIFEST_FILE, name);
    if (unlinkat(folder, manifest, 0) != 0 && errno != ENOENT)
        return false;
    return cw_backup_remove_tree(folder, name);
}

void cw_backup_remove_partial(int folder)
{
    size_t count;
    struct cw_backup_name *partial = list(folder, true, &count);
    for (size_t i = 0; i < count; i++)
        cw_backup_remove(folder, partial[i].text);
    free(partial);
}

/* --- the manifest ---------------------------------------------------------------------------- */

bool cw_backup_read_manifest(int backup, const char *shown, struct cw_buf *text,
                             struct cw_manifest *manifest, char error[256])
{
    struct stat about;
    bool there = fstatat(backup, CW_MANIFEST_FILE, &about, AT_SYMLINK_NOFOLLOW) == 0;
    const struct cw_small_file_rule rule = {.max = there ? (size_t)about.st_size : 0,
                                            .no_link = true};
    char why[160];
    *manifest = (struct cw_manifest){0};
    switch (cw_small_file_read(backup, CW_MANIFEST_FILE, &rule, text)) {
    case CW_SMALL_FILE_ABSENT:
        snprintf(error, 256,
                 "%.120s is no backup, or half of one: it has no " CW_MANIFEST_FILE
                 ". Use another backup.",
                 shown);
        return false;
    case CW_SMALL_FILE_REFUSED:
        snprintf(error, 256, "Cannot read %.120s/" CW_MANIFEST_FILE ": %.80s.", shown,
                 strerror(errno));
        return false;
    default:
        break;
    }
    if (cw_manifest_read(cw_buf_slice(text), manifest, why))
        return true;
    snprintf(error, 256, "%.100s/" CW_MANIFEST_FILE ", %.120s.", shown, why);
    return false;
}
