/* restore.c - see restore.h. */
#include "server/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/backup_file.h"
#include "server/backup_folder.h"
#include "server/backup_read.h"
#include "server/small_file.h"
#include "store/survey.h"

#define MARKER   "unfinished-restore"
#define DATABASE "chinwag.db"
#define MIB      ((uint64_t)1024 * 1024)

struct restoring {
    const struct cw_restore_order *order;
    char *error;
    struct cw_backup backup;
    struct cw_seal_key key;
    int data;
    uint64_t files;
    struct cw_store_restored ended;
};

static bool restore_fails(struct restoring *restoring, const char *what)
{
    snprintf(restoring->error, 256, "Cannot %.60s in %.100s: %.70s.", what, restoring->order->data,
             strerror(errno));
    return false;
}

bool cw_restore_is_unfinished(const char *data, char error[256])
{
    char path[4096];
    struct stat about;
    snprintf(path, sizeof path, "%.4000s/" MARKER, data);
    if (lstat(path, &about) != 0)
        return false;
    snprintf(error, 256,
             "A restore into %.100s did not come to its end: run chinwagd --restore once more.",
             data);
    return true;
}

/* --- what is to be restored ------------------------------------------------------------------ */

static bool judge_backup(struct restoring *restoring)
{
    const struct cw_manifest *manifest = &restoring->backup.manifest;
    if (manifest->schema > (uint64_t)cw_store_schema()) {
        snprintf(restoring->error, 256,
                 "%.100s was made by a newer server (%.*s, schema %" PRIu64
                 "; this one has %d): restore it with that one, or a newer one.",
                 restoring->backup.shown,
                 (int)(manifest->version.n < 20 ? manifest->version.n : 20),
                 (const char *)manifest->version.p, manifest->schema, cw_store_schema());
        return false;
    }
    if (!manifest->sealed)
        return true;
    if (restoring->order->key == NULL) {
        snprintf(restoring->error, 256,
                 "%.120s is sealed: give the file with its key by --key FILE.",
                 restoring->backup.shown);
        return false;
    }
    if (!cw_backup_key_read(restoring->order->key, &restoring->key, restoring->error))
        return false;
    if (memcmp(restoring->key.public_key, manifest->sealed_to, CW_BACKUP_KEY_LEN) == 0)
        return true;
    snprintf(restoring->error, 256, "%.100s is sealed for another key than that in %.80s.",
             restoring->backup.shown, restoring->order->key);
    return false;
}

static bool judge_room(struct restoring *restoring)
{
    struct statvfs disk;
    uint64_t needed = 0;
    for (size_t i = 0; i < restoring->backup.manifest.count; i++)
        needed += restoring->backup.manifest.files[i].size;
    if (fstatvfs(restoring->data, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize >= needed + needed / 16)
        return true;
    snprintf(restoring->error, 256,
             "The disk of %.100s has room for %" PRIu64 " MiB, and the backup needs %" PRIu64
             ": make room, or choose another disk.",
             restoring->order->data, (uint64_t)disk.f_bavail * disk.f_frsize / MIB,
             needed / MIB + 1);
    return false;
}

/* --- the folder ------------------------------------------------------------------------------ */

/* Everything in it but the marker, which a restore that did not come to its end has left. */
static bool clear(struct restoring *restoring)
{
    int copy = openat(restoring->data, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    bool good = names != NULL;
    for (struct dirent *entry; good && (entry = readdir(names)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, MARKER) == 0)
            continue;
        good = unlinkat(restoring->data, name, 0) == 0 || cw_backup_remove(restoring->data, name);
    }
    if (names != NULL)
        closedir(names);
    else if (copy >= 0)
        close(copy);
    return good || restore_fails(restoring, "clear what is");
}

static bool is_empty(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = copy < 0 ? NULL : fdopendir(copy);
    bool empty = names != NULL;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (names != NULL)
        closedir(names);
    return empty;
}

/* Empty, with the marker; one process at a time. */
static bool open_empty(struct restoring *restoring)
{
    static const char saying[] = "A restore is under way, or did not come to its end.\n";
    struct stat about;
    restoring->data = cw_backup_folder_open(restoring->order->data, true, restoring->error);
    if (restoring->data < 0 ||
        !cw_backup_folder_lock(restoring->data, restoring->order->data, restoring->error))
        return false;
    bool marked = fstatat(restoring->data, MARKER, &about, AT_SYMLINK_NOFOLLOW) == 0;
    if (!marked && !is_empty(restoring->data)) {
        snprintf(restoring->error, 256,
                 "%.120s is not empty: restore into a new folder, or move that one away first.",
                 restoring->order->data);
        return false;
    }
    if (!judge_room(restoring))
        return false;
    if (!marked && !cw_small_file_write(restoring->data, MARKER, 0600, false, cw_slice_str(saying)))
        return restore_fails(restoring, "write");
    return clear(restoring) && (mkdirat(restoring->data, "blobs", 0700) == 0 ||
                                restore_fails(restoring, "make a folder"));
}

static bool take_file(struct restoring *restoring, const struct cw_manifest_file *file)
{
    char name[CW_MANIFEST_NAME_MAX + 1];
    const struct cw_seal_key *key = restoring->backup.manifest.sealed ? &restoring->key : NULL;
    snprintf(name, sizeof name, "%.*s", (int)file->name.n, (const char *)file->name.p);
    int to = openat(restoring->data, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return restore_fails(restoring, "write a file");
    bool good = cw_backup_take(restoring->backup.folder, restoring->backup.shown, file, key, to,
                               restoring->error);
    close(to);
    restoring->files += good;
    return good;
}

static bool take_all(struct restoring *restoring)
{
    const struct cw_manifest *manifest = &restoring->backup.manifest;
    const struct cw_seal_key *key = manifest->sealed ? &restoring->key : NULL;
    if (!cw_backup_take_database(&restoring->backup, key, restoring->data, DATABASE,
                                 restoring->error))
        return false;
    for (size_t i = 0; i < manifest->count; i++)
        if (!cw_manifest_is_piece(&manifest->files[i]) &&
            !take_file(restoring, &manifest->files[i]))
            return false;
    return syncfs(restoring->data) == 0 || restore_fails(restoring, "write");
}

/* --- the database ---------------------------------------------------------------------------- */

/* An older one is brought up to date first, so that it cannot be compared. */
static bool compare(struct restoring *restoring)
{
    const struct cw_manifest *manifest = &restoring->backup.manifest;
    struct cw_store_survey survey = {0};
    if (manifest->schema != (uint64_t)cw_store_schema())
        return true;
    if (!cw_store_survey_sqlite(restoring->order->data, restoring->backup.shown, &survey,
                                restoring->error))
        return false;
    if (survey.messages == manifest->messages && survey.sum == manifest->sum)
        return true;
    snprintf(
        restoring->error, 256,
        "The database in %.100s has other messages than its manifest says: use another backup.",
        restoring->backup.shown);
    return false;
}

static bool adopt(struct restoring *restoring)
{
    const struct cw_store_options options = {.session_idle_ms = UINT64_MAX / 2,
                                             .sessions_per_user = 1};
    struct cw_store *store =
        cw_store_open_sqlite(restoring->order->data, &options, restoring->error);
    if (store == NULL)
        return false;
    bool good = cw_store_restored(store, restoring->order->keep_sessions, &restoring->ended);
    cw_store_close(store);
    if (!good)
        snprintf(restoring->error, 256, "Cannot write to the database in %.120s: see the disk.",
                 restoring->order->data);
    return good;
}

static bool end_restore(struct restoring *restoring)
{
    return (syncfs(restoring->data) == 0 && unlinkat(restoring->data, MARKER, 0) == 0 &&
            fsync(restoring->data) == 0) ||
           restore_fails(restoring, "end the restore");
}

static void tell_line(void *context, const char *line)
{
    (void)context;
    puts(line);
}

/* What was banned and deleted after the backup: it is not, any more. */
static void tell_newer(const struct restoring *restoring)
{
    char why[256];
    const char *with = restoring->order->compare_with;
    if (with == NULL)
        return;
    printf("in %s, and not in the backup:\n", with);
    if (!cw_store_tell_newer(restoring->order->data, with, tell_line, NULL, why))
        printf("it cannot be compared: %s\n", why);
}

static void report_restored(const struct restoring *restoring)
{
    const struct cw_manifest *manifest = &restoring->backup.manifest;
    printf("restored %s into %s: %" PRIu64 " entries, %" PRIu64 " users, %" PRIu64
           " groups, %" PRIu64 " files\n",
           restoring->backup.shown, restoring->order->data, manifest->messages, manifest->users,
           manifest->groups, restoring->files);
    if (restoring->order->keep_sessions)
        puts("sessions and invitations are as they were when the backup was made");
    else
        printf("%" PRIu64 " sessions and %" PRIu64
               " invitations were ended: everybody logs in anew\n",
               restoring->ended.sessions, restoring->ended.invitations);
}

bool cw_restore(const struct cw_restore_order *order, char error[256])
{
    struct restoring restoring = {.order = order, .error = error, .data = -1};
    bool good = cw_backup_open(order->backup, &restoring.backup, error) &&
                judge_backup(&restoring) && open_empty(&restoring) && take_all(&restoring) &&
                compare(&restoring) && adopt(&restoring) && end_restore(&restoring);
    if (good) {
        report_restored(&restoring);
        tell_newer(&restoring);
    }
    cw_backup_close(&restoring.backup);
    if (restoring.data >= 0)
        close(restoring.data);
    sodium_memzero(&restoring.key, sizeof restoring.key);
    return good;
}
