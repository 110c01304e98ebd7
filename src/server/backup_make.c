/* backup_make.c - see backup_make.h. */
#include "server/backup_make.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/backup_file.h"
#include "server/last_backup.h"
#include "server/small_file.h"
#include "store/survey.h"

#define PATH_SIZE 4096
#define DATABASE  "chinwag.db"
#define BODIES    "blobs"
/* Keys and certificates. */
#define SMALL_MAX ((off_t)1024 * 1024)

struct making {
    const struct cw_backup_order *order;
    struct cw_backup_made *made;
    char *error;
    int folder; /* of all backups */
    char partial[CW_BACKUP_NAME_MAX + sizeof CW_BACKUP_PARTIAL];
    struct cw_backup_name name;
    struct cw_manifest before; /* the newest that is there, with its text and folder (or -1) */
    struct cw_buf before_text;
    int before_folder;
    struct cw_store_survey survey;
    struct cw_buf names; /* of bodies and files, each with a zero byte behind it */
    struct cw_manifest manifest;
    struct cw_backup_writer writer;
};

static bool cannot(struct making *making, const char *what, const char *name)
{
    snprintf(making->error, 256, "Cannot %s %.120s: %.80s.", what, name, strerror(errno));
    return false;
}

/* --- the backups that are there -------------------------------------------------------------- */

/* In one folder lie the backups of one server: it has its key or its database still. */
static bool is_of_this_server(struct making *making)
{
    const struct cw_manifest *before = &making->before;
    if (cw_slice_eq(before->server, cw_slice_str(making->order->server)) ||
        cw_slice_eq(before->db, cw_slice_str(making->survey.db)))
        return true;
    snprintf(making->error, 256,
             "%.120s has backups of another server (%.*s): choose another folder.",
             making->order->folder, (int)(before->server.n < 64 ? before->server.n : 64),
             (const char *)before->server.p);
    return false;
}

/* One that cannot be read does not matter, but for its number. */
static void find_before(struct making *making)
{
    size_t count;
    char ignored[256];
    struct cw_backup_name *names = cw_backup_list(making->folder, &count);
    uint64_t number = count == 0 ? 1 : names[count - 1].number + 1;
    if (count != 0)
        making->before_folder = openat(making->folder, names[count - 1].text,
                                       O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (making->before_folder >= 0 &&
        !cw_backup_read_manifest(making->before_folder, names[count - 1].text, &making->before_text,
                                 &making->before, ignored)) {
        close(making->before_folder);
        making->before_folder = -1;
    }
    making->manifest.number = number;
    free(names);
}

/* --- the database ---------------------------------------------------------------------------- */

static void note_file(void *context, const struct cw_survey_file *file)
{
    struct making *making = context;
    cw_buf_append(&making->names, file->name, strlen(file->name) + 1);
}

static bool copy_to_partial(struct making *making)
{
    const struct cw_backup_order *order = making->order;
    char path[PATH_SIZE], folder[PATH_SIZE];
    int n = snprintf(folder, sizeof folder, "%s/%s", order->folder, making->partial);
    if (n < 0 || (size_t)n + sizeof "/" DATABASE > sizeof folder) {
        errno = ENAMETOOLONG;
        return cannot(making, "use", order->folder);
    }
    snprintf(path, sizeof path, "%.*s/" DATABASE, n, folder);
    if (!order->copy(order->context, path, making->error))
        return false;
    making->survey = (struct cw_store_survey){.file = note_file, .context = making};
    return cw_store_survey_sqlite(folder, "the backup", &making->survey, making->error);
}

static bool is_stopped(struct making *making)
{
    if (*making->order->stop)
        snprintf(making->error, 256, "The backup was given up, since the server ends.");
    return *making->order->stop;
}

static bool add_pieces(struct making *making)
{
    struct stat about;
    char name[CW_MANIFEST_NAME_MAX];
    int fd = openat(making->writer.folder, DATABASE, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        if (fd >= 0)
            close(fd);
        return cannot(making, "read", "the copy of the database");
    }
    bool good = true;
    uint64_t size = (uint64_t)about.st_size;
    for (uint64_t at = 0; at < size && good && !is_stopped(making); at += CW_BACKUP_PIECE) {
        snprintf(name, sizeof name, CW_BACKUP_PIECE_FORMAT,
                 (unsigned long long)(at / CW_BACKUP_PIECE));
        uint64_t n = size - at < CW_BACKUP_PIECE ? size - at : CW_BACKUP_PIECE;
        good = cw_backup_add(&making->writer, name, fd, at, n, false);
    }
    close(fd);
    static const char *const left[] = {DATABASE, DATABASE "-wal", DATABASE "-shm"};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        unlinkat(making->writer.folder, left[i], 0);
    return good && !*making->order->stop;
}

/* --- files ----------------------------------------------------------------------------------- */

/* `folder`: where it lies; `name`: in the backup. */
static bool add_file(struct making *making, int folder, const char *file, const char *name,
                     bool same)
{
    struct stat about;
    int fd = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        making->made->missing++;
        return true;
    }
    if (fd < 0 || fstat(fd, &about) != 0) {
        if (fd >= 0)
            close(fd);
        return cannot(making, "read", file);
    }
    bool good = cw_backup_add(&making->writer, name, fd, 0, (uint64_t)about.st_size, same);
    close(fd);
    return good;
}

/* What a message refers to is never changed, only removed: the same name is the same content. */
static bool add_bodies(struct making *making)
{
    char path[PATH_SIZE], name[CW_MANIFEST_NAME_MAX];
    snprintf(path, sizeof path, "%s/" BODIES, making->order->data);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 || cannot(making, "open", path);
    for (size_t at = 0; good && at < making->names.n && !is_stopped(making);) {
        const char *file = (const char *)making->names.p + at;
        snprintf(name, sizeof name, BODIES "/%.48s", file);
        good = add_file(making, folder, file, name, true);
        at += strlen(file) + 1;
    }
    if (folder >= 0)
        close(folder);
    return good && !*making->order->stop;
}

static bool has_ending(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* Keys and certificates; not what the server makes anew, or is being written just now. */
static bool belongs(int folder, const char *name)
{
    struct stat about;
    return cw_manifest_name_good(cw_slice_str(name)) &&
           strncmp(name, DATABASE, sizeof DATABASE - 1) != 0 && strcmp(name, "reserve") != 0 &&
           strcmp(name, "setup-link") != 0 && strcmp(name, CW_LAST_BACKUP_FILE) != 0 &&
           !has_ending(name, ".new") && fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(about.st_mode) && about.st_size <= SMALL_MAX;
}

static bool add_keys(struct making *making)
{
    int folder = open(making->order->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = folder < 0 ? NULL : fdopendir(folder);
    bool good = names != NULL || cannot(making, "open", making->order->data);
    if (names == NULL && folder >= 0)
        close(folder);
    for (struct dirent *entry; good && names != NULL && (entry = readdir(names)) != NULL;)
        if (belongs(folder, entry->d_name))
            good = add_file(making, folder, entry->d_name, entry->d_name, false);
    if (names != NULL)
        closedir(names);
    return good;
}

/* --- the manifest ---------------------------------------------------------------------------- */

static void describe(struct making *making)
{
    const struct cw_backup_order *order = making->order;
    const struct cw_store_survey *survey = &making->survey;
    struct cw_manifest *manifest = &making->manifest;
    manifest->made_ms = order->time_ms;
    manifest->version = cw_slice_str(CW_VERSION);
    manifest->server = cw_slice_str(order->server);
    manifest->db = cw_slice_str(survey->db);
    manifest->schema = (uint64_t)survey->schema;
    manifest->newest = survey->newest;
    manifest->users = survey->users;
    manifest->groups = survey->groups;
    manifest->conversations = survey->conversations;
    manifest->messages = survey->messages;
    manifest->sum = survey->sum;
    manifest->audit_number = survey->audit_number;
    manifest->audit = cw_slice_str(survey->audit);
}

static bool sync_in(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static bool write_manifest(struct making *making)
{
    struct cw_manifest whole = making->manifest;
    struct cw_buf text = {0};
    int folder = making->writer.folder;
    whole.files = making->writer.files;
    whole.count = making->writer.count;
    qsort(whole.files, whole.count, sizeof whole.files[0], cw_manifest_by_name);
    cw_manifest_write(&whole, &text);
    bool good = sync_in(folder, "database") && sync_in(folder, BODIES) &&
                cw_small_file_write(folder, CW_MANIFEST_FILE, 0600, false, cw_buf_slice(&text));
    cw_buf_finish(&text);
    return good || cannot(making, "write", CW_MANIFEST_FILE);
}

/* As a restore would read it. What is shared with the backup before has been compared already. */
static bool compare_all(struct making *making)
{
    struct cw_buf text = {0};
    struct cw_manifest manifest;
    struct stat about;
    int folder = making->writer.folder;
    bool good = cw_backup_read_manifest(folder, making->name.text, &text, &manifest, making->error);
    for (size_t i = 0; good && i < manifest.count && !is_stopped(making); i++) {
        char name[CW_MANIFEST_NAME_MAX + 1];
        snprintf(name, sizeof name, "%.*s", (int)manifest.files[i].name.n,
                 (const char *)manifest.files[i].name.p);
        bool new = fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || about.st_nlink == 1;
        good = cw_backup_check(folder, making->name.text, &manifest.files[i], new, making->error);
    }
    cw_manifest_finish(&manifest);
    cw_buf_finish(&text);
    return good && !*making->order->stop;
}

/* --- expiry ---------------------------------------------------------------------------------- */

static bool is_expired(struct making *making, int backup, const char *name)
{
    struct cw_buf text = {0};
    struct cw_manifest manifest;
    char ignored[256];
    uint64_t age_ms = (uint64_t)making->order->expire_days * 24 * 3600 * 1000;
    bool expired = cw_backup_read_manifest(backup, name, &text, &manifest, ignored) &&
                   manifest.made_ms + age_ms < making->order->date_ms;
    cw_manifest_finish(&manifest);
    cw_buf_finish(&text);
    return expired;
}

/* Never the newest one, which has just been made. */
static void expire(struct making *making)
{
    size_t count;
    struct cw_backup_name *names = cw_backup_list(making->folder, &count);
    for (size_t i = 0; i + 1 < count; i++) {
        int backup =
            openat(making->folder, names[i].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        bool expired = backup >= 0 && is_expired(making, backup, names[i].text);
        if (backup >= 0)
            close(backup);
        if (expired && cw_backup_remove(making->folder, names[i].text))
            making->made->expired++;
    }
    free(names);
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool make_folders(struct making *making)
{
    int *folder = &making->writer.folder;
    if (!cw_backup_name_make(making->manifest.number, making->order->time_ms, &making->name)) {
        errno = EOVERFLOW;
        return cannot(making, "name", "a backup of this time");
    }
    snprintf(making->partial, sizeof making->partial, "%s" CW_BACKUP_PARTIAL, making->name.text);
    if (mkdirat(making->folder, making->partial, 0700) != 0)
        return cannot(making, "make", making->partial);
    *folder = openat(making->folder, making->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (*folder >= 0 && mkdirat(*folder, "database", 0700) == 0 &&
            mkdirat(*folder, BODIES, 0700) == 0) ||
           cannot(making, "make", making->partial);
}

static void begin_writer(struct making *making)
{
    const struct cw_backup_order *order = making->order;
    making->manifest.sealed = order->sealed;
    if (order->sealed)
        memcpy(making->manifest.sealed_to, order->seal_to, CW_BACKUP_KEY_LEN);
    making->writer.to_seal = &making->manifest;
    making->writer.content_key = making->survey.key;
    making->writer.before = making->before_folder;
    making->writer.manifest = &making->before;
    making->writer.stop = order->stop;
    making->writer.error = making->error;
}

static bool fill(struct making *making)
{
    if (!make_folders(making) || !copy_to_partial(making))
        return false;
    if (making->before_folder >= 0 && !is_of_this_server(making))
        return false;
    begin_writer(making);
    if (!add_pieces(making) || !add_bodies(making) || !add_keys(making))
        return false;
    making->order->copied(making->order->context);
    describe(making);
    return write_manifest(making) && compare_all(making);
}

static bool name_backup(struct making *making)
{
    return (fsync(making->writer.folder) == 0 &&
            renameat(making->folder, making->partial, making->folder, making->name.text) == 0 &&
            fsync(making->folder) == 0) ||
           cannot(making, "name", making->name.text);
}

static void report_made(struct making *making)
{
    struct cw_backup_made *made = making->made;
    memcpy(made->name, making->name.text, sizeof made->name);
    made->messages = making->survey.messages;
    made->files = making->writer.count;
    made->written_bytes = making->writer.written_bytes;
    made->shared_bytes = making->writer.shared_bytes;
}

static void finish(struct making *making)
{
    if (making->writer.folder >= 0)
        close(making->writer.folder);
    if (making->before_folder >= 0)
        close(making->before_folder);
    cw_manifest_finish(&making->before);
    cw_buf_finish(&making->before_text);
    cw_buf_finish(&making->names);
    cw_backup_writer_finish(&making->writer);
}

bool cw_backup_make(const struct cw_backup_order *order, struct cw_backup_made *made,
                    char error[256])
{
    struct making *making = cw_alloc_zero(sizeof *making);
    *made = (struct cw_backup_made){0};
    making->order = order;
    making->made = made;
    making->error = error;
    making->before_folder = making->writer.folder = -1;
    making->folder = cw_backup_folder_open(order->folder, true, error);
    bool locked =
        making->folder >= 0 && cw_backup_folder_lock(making->folder, order->folder, error);
    if (locked) {
        cw_backup_remove_partial(making->folder);
        find_before(making);
    }
    bool good = locked && fill(making) && name_backup(making);
    if (good && order->expire_days != 0)
        expire(making);
    if (good)
        report_made(making);
    if (locked && !good && making->partial[0] != 0)
        cw_backup_remove(making->folder, making->partial);
    finish(making);
    if (making->folder >= 0)
        close(making->folder);
    sodium_memzero(making, sizeof *making);
    free(making);
    return good;
}
