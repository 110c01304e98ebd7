/* backup_read.c - see backup_read.h. */
#include "server/backup_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/backup_file.h"
#include "server/backup_folder.h"
#include "server/small_file.h"
#include "store/survey.h"

#define PATH_SIZE 4096
#define DATABASE  "chinwag.db"
#define LINE_SIZE 700

/* --- opening --------------------------------------------------------------------------------- */

/* The newest in the folder, which is no backup itself; -1 with a sentence. */
static int open_newest(int folder, const char *path, struct cw_backup *backup, char error[256])
{
    size_t count;
    struct cw_backup_name *names = cw_backup_list(folder, &count);
    int newest = -1;
    if (count == 0)
        snprintf(error, 256, "%.160s is no backup, and there is none in it.", path);
    else
        newest =
            openat(folder, names[count - 1].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (count != 0)
        snprintf(backup->shown, sizeof backup->shown, "%.150s/%s", path, names[count - 1].text);
    if (count != 0 && newest < 0)
        snprintf(error, 256, "Cannot open %.120s: %.80s.", backup->shown, strerror(errno));
    free(names);
    return newest;
}

bool cw_backup_open(const char *path, struct cw_backup *backup, char error[256])
{
    struct stat about;
    size_t count;
    *backup = (struct cw_backup){.folder = -1};
    snprintf(backup->shown, sizeof backup->shown, "%.199s", path);
    int folder = cw_backup_folder_open(path, false, error);
    if (folder < 0)
        return false;
    struct cw_backup_name *names = cw_backup_list(folder, &count);
    free(names);
    if (fstatat(folder, CW_MANIFEST_FILE, &about, 0) != 0 && count != 0) {
        backup->folder = open_newest(folder, path, backup, error);
        close(folder);
    } else {
        backup->folder = folder;
    }
    return backup->folder >= 0 && cw_backup_read_manifest(backup->folder, backup->shown,
                                                          &backup->text, &backup->manifest, error);
}

void cw_backup_close(struct cw_backup *backup)
{
    if (backup->folder >= 0)
        close(backup->folder);
    cw_manifest_finish(&backup->manifest);
    cw_buf_finish(&backup->text);
}

/* --- keys ------------------------------------------------------------------------------------ */

#define KEY_HEAD "chinwag backup key 1\n"
#define KEY_SIZE (sizeof KEY_HEAD - 1 + 2 * CW_BACKUP_KEY_LEN + 1)

bool cw_backup_key_make(const char *path, char text[CW_BACKUP_KEY_TEXT], char error[256])
{
    struct cw_seal_key key;
    char secret[CW_BACKUP_KEY_TEXT], all[KEY_SIZE + 1];
    crypto_box_keypair(key.public_key, key.secret_key);
    sodium_bin2hex(text, CW_BACKUP_KEY_TEXT, key.public_key, sizeof key.public_key);
    sodium_bin2hex(secret, sizeof secret, key.secret_key, sizeof key.secret_key);
    snprintf(all, sizeof all, KEY_HEAD "%s\n", secret);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, all, KEY_SIZE) == (ssize_t)KEY_SIZE && fsync(fd) == 0;
    if (!good)
        snprintf(error, 256, "Cannot write %.120s: %.80s.", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    sodium_memzero(&key, sizeof key);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(all, sizeof all);
    return good;
}

bool cw_backup_key_parse(const char *text, uint8_t key[CW_BACKUP_KEY_LEN])
{
    size_t n = 0;
    return strlen(text) == 2 * CW_BACKUP_KEY_LEN &&
           sodium_hex2bin(key, CW_BACKUP_KEY_LEN, text, strlen(text), NULL, &n, NULL) == 0 &&
           n == CW_BACKUP_KEY_LEN;
}

bool cw_backup_key_read(const char *path, struct cw_seal_key *key, char error[256])
{
    const struct cw_small_file_rule rule = {.max = KEY_SIZE, .forbidden = 077};
    struct cw_buf text = {0};
    size_t n = 0, head = sizeof KEY_HEAD - 1;
    enum cw_small_file found = cw_small_file_read(AT_FDCWD, path, &rule, &text);
    bool good =
        found == CW_SMALL_FILE_READ && text.n == KEY_SIZE && memcmp(text.p, KEY_HEAD, head) == 0 &&
        sodium_hex2bin(key->secret_key, CW_BACKUP_KEY_LEN, (const char *)text.p + head,
                       2 * CW_BACKUP_KEY_LEN, NULL, &n, NULL) == 0 &&
        n == CW_BACKUP_KEY_LEN && crypto_scalarmult_base(key->public_key, key->secret_key) == 0;
    if (found == CW_SMALL_FILE_REFUSED)
        cw_small_file_say(NULL, path, &rule, error);
    else if (found == CW_SMALL_FILE_ABSENT)
        snprintf(error, 256, "There is no file %.160s.", path);
    else if (!good)
        snprintf(error, 256, "%.160s has no key for backups: chinwagd --new-backup-key makes one.",
                 path);
    cw_small_file_forget(&text);
    return good;
}

/* --- the database ---------------------------------------------------------------------------- */

/* They stand in their order, since their numbers have the same length; that none is missing is
 * checked by the sum over the messages, and by their names. */
static bool take_pieces(const struct cw_backup *backup, const struct cw_seal_key *key, int to,
                        char error[256])
{
    unsigned long long next = 0;
    char name[CW_MANIFEST_NAME_MAX];
    for (size_t i = 0; i < backup->manifest.count; i++) {
        const struct cw_manifest_file *file = &backup->manifest.files[i];
        if (!cw_manifest_is_piece(file))
            continue;
        snprintf(name, sizeof name, CW_BACKUP_PIECE_FORMAT, next++);
        if (!cw_slice_eq(file->name, cw_slice_str(name))) {
            snprintf(error, 256, "%.100s lacks %s: use another backup.", backup->shown, name);
            return false;
        }
        if (!cw_backup_take(backup->folder, backup->shown, file, key, to, error))
            return false;
    }
    return true;
}

bool cw_backup_take_database(const struct cw_backup *backup, const struct cw_seal_key *key,
                             int folder, const char *name, char error[256])
{
    int to = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) {
        snprintf(error, 256, "Cannot write %.60s: %.80s.", name, strerror(errno));
        return false;
    }
    bool good = take_pieces(backup, key, to, error);
    if (good && fsync(to) != 0) {
        snprintf(error, 256, "Cannot write %.60s: %.80s.", name, strerror(errno));
        good = false;
    }
    close(to);
    return good;
}

/* --- verifying ------------------------------------------------------------------------------- */

struct verifying {
    void (*tell)(const char *line);
    int bodies; /* of a data folder; -1 */
    uint64_t files, wrong;
};

static void tell_conversation(void *context, const struct cw_survey_conversation *conversation)
{
    const struct verifying *verifying = context;
    char line[LINE_SIZE];
    snprintf(line, sizeof line, "%" PRIu64 " %016" PRIx64 " %s", conversation->messages,
             conversation->sum, conversation->name);
    for (char *c = line; *c != 0; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
    verifying->tell(line);
}

static void tell_whole(const struct verifying *verifying, const struct cw_store_survey *survey)
{
    char line[LINE_SIZE];
    snprintf(line, sizeof line,
             "%" PRIu64 " entries %016" PRIx64 " in %" PRIu64 " conversations, %" PRIu64
             " users, %" PRIu64 " groups",
             survey->messages, survey->sum, survey->conversations, survey->users, survey->groups);
    verifying->tell(line);
}

static bool same_as_manifest(const struct cw_backup *backup, const struct cw_store_survey *survey,
                             char error[256])
{
    const struct cw_manifest *manifest = &backup->manifest;
    if (survey->messages == manifest->messages && survey->sum == manifest->sum &&
        cw_slice_eq(manifest->db, cw_slice_str(survey->db)))
        return true;
    snprintf(
        error, 256,
        "The database in %.100s has other messages than its manifest says: use another backup.",
        backup->shown);
    return false;
}

static bool verify_database(const struct cw_backup *backup, const struct cw_seal_key *key,
                            void (*tell)(const char *line), char error[256])
{
    struct verifying verifying = {.tell = tell, .bodies = -1};
    struct cw_store_survey survey = {.conversation = tell_conversation, .context = &verifying};
    char path[CW_SCRATCH_PATH];
    bool made = cw_backup_scratch_make("chinwag-verify", path);
    int folder = made ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder < 0) {
        snprintf(error, 256, "Cannot make the folder %.120s: %.80s.", path, strerror(errno));
        return false;
    }
    bool good = cw_backup_take_database(backup, key, folder, DATABASE, error) &&
                cw_store_survey_sqlite(path, backup->shown, &survey, error) &&
                same_as_manifest(backup, &survey, error);
    close(folder);
    cw_backup_remove_tree(AT_FDCWD, path);
    if (good)
        tell_whole(&verifying, &survey);
    return good;
}

bool cw_backup_verify(const struct cw_backup *backup, const struct cw_seal_key *key,
                      void (*tell)(const char *line), char error[256])
{
    const struct cw_manifest *manifest = &backup->manifest;
    char line[LINE_SIZE];
    for (size_t i = 0; i < manifest->count; i++)
        if (!cw_backup_check(backup->folder, backup->shown, &manifest->files[i], true, error))
            return false;
    bool counts =
        (!manifest->sealed || key != NULL) && manifest->schema == (uint64_t)cw_store_schema();
    if (counts && !verify_database(backup, manifest->sealed ? key : NULL, tell, error))
        return false;
    snprintf(line, sizeof line, "%zu files of %.160s are as its manifest says%s", manifest->count,
             backup->shown,
             counts             ? ""
             : manifest->sealed ? "; they are sealed: with --key what is in them is counted"
                                : "; its database is of another version, and was not counted");
    tell(line);
    return true;
}

/* --- a data folder --------------------------------------------------------------------------- */

static void check_body(void *context, const struct cw_survey_file *file)
{
    struct verifying *verifying = context;
    char line[LINE_SIZE], why[256];
    struct cw_manifest_file expected = {.name = cw_slice_str(file->name), .size = file->size};
    struct stat about;
    bool good = fstatat(verifying->bodies, file->name, &about, AT_SYMLINK_NOFOLLOW) == 0;
    snprintf(why, sizeof why, "is missing");
    if (good && file->has_size) {
        memcpy(expected.hash, file->sha256, sizeof expected.hash);
        good = cw_backup_check(verifying->bodies, "blobs", &expected, true, why);
    }
    verifying->files++;
    if (good)
        return;
    verifying->wrong++;
    snprintf(line, sizeof line, "damaged: blobs/%s: %s", file->name, why);
    verifying->tell(line);
}

bool cw_data_verify(const char *data, void (*tell)(const char *line), char error[256])
{
    char path[PATH_SIZE], line[LINE_SIZE];
    struct verifying verifying = {.tell = tell};
    struct cw_store_survey survey = {
        .file = check_body, .conversation = tell_conversation, .context = &verifying};
    snprintf(path, sizeof path, "%.4000s/blobs", data);
    verifying.bodies = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (verifying.bodies < 0) {
        snprintf(error, 256, "Cannot read %.120s: %.80s.", path, strerror(errno));
        return false;
    }
    bool good = cw_store_survey_sqlite(data, data, &survey, error);
    close(verifying.bodies);
    if (!good)
        return false;
    tell_whole(&verifying, &survey);
    snprintf(line, sizeof line, "%" PRIu64 " files of messages, %" PRIu64 " of them damaged",
             verifying.files, verifying.wrong);
    tell(line);
    if (verifying.wrong != 0)
        snprintf(error, 256, "Files are missing or damaged: see above.");
    return verifying.wrong == 0;
}
