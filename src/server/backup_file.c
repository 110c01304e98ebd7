/* backup_file.c - see backup_file.h. Bytes are shared with the disk's other files where the file
 * system can (FICLONE), else copied. Only backups share files with each other by hard links: those
 * of a server are written in place. */
#include "server/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP CW_SEAL_STEP

static bool say_backup(char error[256], const char *name, const char *what)
{
    bool full = errno == ENOSPC || errno == EDQUOT;
    if (full)
        snprintf(error, 256,
                 "The disk of the backup is full (at %.64s): make room on it, or remove older "
                 "backups; nothing was added.",
                 name);
    else
        snprintf(error, 256, "Cannot %s %.64s: %.80s.", what, name, strerror(errno));
    return false;
}

/* --- bytes ----------------------------------------------------------------------------------- */

static bool write_stored(int fd, const uint8_t *bytes, size_t n)
{
    while (n != 0) {
        ssize_t wrote = write(fd, bytes, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        bytes += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

/* Exactly n; ENODATA: the file ended. */
static bool read_stored(int fd, uint8_t *bytes, size_t n, uint64_t at)
{
    while (n != 0) {
        ssize_t got = pread(fd, bytes, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? ENODATA : errno;
            return false;
        }
        bytes += got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return true;
}

/* --- writing --------------------------------------------------------------------------------- */

/* One file on its way. */
struct writing {
    struct cw_backup_writer *writer;
    struct cw_manifest_file file; /* to be */
    int from, to;
    uint64_t at, left;
    crypto_hash_sha256_state hash;
    crypto_generichash_state content;
    struct cw_seal seal;
    uint8_t step[STEP], sealed[CW_SEAL_SEALED];
};

static bool put_stored(struct writing *writing, const uint8_t *bytes, size_t n)
{
    crypto_hash_sha256_update(&writing->hash, bytes, n);
    writing->file.size += n;
    writing->writer->written_bytes += n;
    return write_stored(writing->to, bytes, n);
}

static bool put_sealed(struct writing *writing)
{
    bool good = true;
    do {
        size_t n = writing->left < STEP ? (size_t)writing->left : STEP;
        if (!read_stored(writing->from, writing->step, n, writing->at))
            return false;
        crypto_generichash_update(&writing->content, writing->step, n);
        writing->at += n;
        writing->left -= n;
        size_t sealed = cw_seal_next(&writing->seal, cw_slice_of(writing->step, n),
                                     writing->left == 0, writing->sealed);
        good = put_stored(writing, writing->sealed, sealed) && !*writing->writer->stop;
    } while (good && writing->left != 0);
    return good;
}

static bool write_sealed(struct writing *writing)
{
    const struct cw_backup_writer *writer = writing->writer;
    uint8_t head[CW_SEAL_HEAD];
    cw_seal_begin(&writing->seal, writer->to_seal->sealed_to, writing->file.name, head);
    crypto_generichash_init(&writing->content, writer->content_key, CW_BACKUP_KEY_LEN,
                            CW_BACKUP_HASH_LEN);
    bool good = put_stored(writing, head, sizeof head) && put_sealed(writing);
    crypto_generichash_final(&writing->content, writing->file.content, CW_BACKUP_HASH_LEN);
    return good;
}

/* Whole files share their bytes with the original where the file system can; they are read all the
 * same, for the hash. */
static bool write_plain(struct writing *writing)
{
    struct stat about;
    bool whole = writing->at == 0 && fstat(writing->from, &about) == 0 &&
                 (uint64_t)about.st_size == writing->left;
    bool shared = whole && ioctl(writing->to, FICLONE, writing->from) == 0;
    while (writing->left != 0 && !*writing->writer->stop) {
        size_t n = writing->left < STEP ? (size_t)writing->left : STEP;
        if (!read_stored(writing->from, writing->step, n, writing->at))
            return false;
        if (!shared && !put_stored(writing, writing->step, n))
            return false;
        if (shared)
            crypto_hash_sha256_update(&writing->hash, writing->step, n);
        writing->file.size += shared ? n : 0;
        writing->at += n;
        writing->left -= n;
    }
    return writing->left == 0;
}

static bool write_new(struct writing *writing, const char *name)
{
    struct cw_backup_writer *writer = writing->writer;
    writing->to = openat(writer->folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (writing->to < 0)
        return say_backup(writer->error, name, "write");
    crypto_hash_sha256_init(&writing->hash);
    errno = ECANCELED;
    bool good = (writer->to_seal->sealed ? write_sealed(writing) : write_plain(writing)) &&
                fsync(writing->to) == 0;
    if (!good)
        say_backup(writer->error, name, "copy");
    close(writing->to);
    crypto_hash_sha256_final(&writing->hash, writing->file.hash);
    return good;
}

/* --- sharing with the backup before ---------------------------------------------------------- */

/* Both are sealed for the same key, or both are not. */
static bool alike(const struct cw_backup_writer *writer)
{
    return writer->before >= 0 && writer->manifest->sealed == writer->to_seal->sealed &&
           memcmp(writer->manifest->sealed_to, writer->to_seal->sealed_to, CW_BACKUP_KEY_LEN) == 0;
}

/* Is the content that of the old file? */
static bool has_same_content(struct writing *writing, const struct cw_manifest_file *old)
{
    const struct cw_backup_writer *writer = writing->writer;
    uint8_t hash[CW_BACKUP_HASH_LEN];
    size_t n = (size_t)writing->left;
    if (writing->left > CW_BACKUP_PIECE || (!writer->to_seal->sealed && old->size != n))
        return false;
    uint8_t *bytes = cw_alloc(n + 1);
    bool good = read_stored(writing->from, bytes, n, writing->at);
    if (good && writer->to_seal->sealed)
        crypto_generichash(hash, sizeof hash, bytes, n, writer->content_key, CW_BACKUP_KEY_LEN);
    else
        crypto_hash_sha256(hash, bytes, n);
    free(bytes);
    return good &&
           memcmp(hash, writer->to_seal->sealed ? old->content : old->hash, sizeof hash) == 0;
}

/* Takes the file of the backup before, which must be as long as it says; what it holds was compared
 * when it was written. */
static bool share(struct writing *writing, const char *name, bool same)
{
    struct cw_backup_writer *writer = writing->writer;
    struct stat about;
    const struct cw_manifest_file *old =
        alike(writer) ? cw_manifest_find(writer->manifest, writing->file.name) : NULL;
    if (old == NULL || (!same && !has_same_content(writing, old)) ||
        fstatat(writer->before, name, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(about.st_mode) || (uint64_t)about.st_size != old->size ||
        linkat(writer->before, name, writer->folder, name, 0) != 0)
        return false;
    struct cw_slice own = writing->file.name;
    writing->file = *old;
    writing->file.name = own;
    writer->shared_bytes += old->size;
    return true;
}

static void keep(struct cw_backup_writer *writer, const struct cw_manifest_file *file)
{
    if (writer->count == writer->capacity) {
        writer->capacity = 2 * writer->capacity + 64;
        writer->files = cw_realloc(writer->files, writer->capacity * sizeof writer->files[0]);
    }
    writer->files[writer->count++] = *file;
}

bool cw_backup_add(struct cw_backup_writer *writer, const char *name, int from, uint64_t at,
                   uint64_t size, bool same)
{
    struct writing *writing = cw_alloc_zero(sizeof *writing);
    writing->writer = writer;
    writing->from = from;
    writing->at = at;
    writing->left = size;
    writing->file.name = cw_arena_copy(&writer->names, cw_slice_str(name));
    bool good = share(writing, name, same) || write_new(writing, name);
    if (good)
        keep(writer, &writing->file);
    sodium_memzero(writing, sizeof *writing);
    free(writing);
    return good;
}

void cw_backup_writer_finish(struct cw_backup_writer *writer)
{
    free(writer->files);
    cw_arena_finish(&writer->names);
}

/* --- reading --------------------------------------------------------------------------------- */

static void name_text(const struct cw_manifest_file *file, char name[CW_MANIFEST_NAME_MAX + 1])
{
    snprintf(name, CW_MANIFEST_NAME_MAX + 1, "%.*s", (int)file->name.n, (const char *)file->name.p);
}

static bool refuse_backup(char error[256], const char *shown, const char *name, const char *why)
{
    snprintf(error, 256, "%.100s/%s %.60s: use another backup.", shown, name, why);
    return false;
}

/* Opens it; it has the size of the manifest. -1 with a sentence. */
static int open_stored(int backup, const char *shown, const struct cw_manifest_file *file,
                       char name[CW_MANIFEST_NAME_MAX + 1], char error[256])
{
    struct stat about;
    name_text(file, name);
    int fd = openat(backup, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        refuse_backup(error, shown, name, errno == ENOENT ? "is missing" : strerror(errno));
    else if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) ||
             (uint64_t)about.st_size != file->size) {
        refuse_backup(error, shown, name, "has another size than the manifest says");
        close(fd);
        return -1;
    }
    return fd;
}

static bool hash_stored(int fd, uint64_t size, uint8_t hash[CW_BACKUP_HASH_LEN])
{
    crypto_hash_sha256_state state;
    uint8_t *step = cw_alloc(STEP);
    bool good = true;
    crypto_hash_sha256_init(&state);
    for (uint64_t at = 0; at < size && good;) {
        size_t n = size - at < STEP ? (size_t)(size - at) : STEP;
        good = read_stored(fd, step, n, at);
        if (good)
            crypto_hash_sha256_update(&state, step, n);
        at += n;
    }
    crypto_hash_sha256_final(&state, hash);
    free(step);
    return good;
}

bool cw_backup_check(int backup, const char *shown, const struct cw_manifest_file *file, bool all,
                     char error[256])
{
    char name[CW_MANIFEST_NAME_MAX + 1];
    uint8_t hash[CW_BACKUP_HASH_LEN];
    int fd = open_stored(backup, shown, file, name, error);
    if (fd < 0)
        return false;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    bool read = !all || hash_stored(fd, file->size, hash);
    int why = errno;
    close(fd);
    if (!read)
        return refuse_backup(error, shown, name, strerror(why));
    if (all && memcmp(hash, file->hash, sizeof hash) != 0)
        return refuse_backup(error, shown, name, "is damaged: it has another hash");
    return true;
}

/* --- taking out ------------------------------------------------------------------------------ */

struct taking {
    int from, to;
    uint64_t at, left;
    crypto_hash_sha256_state hash;
    uint8_t stored[CW_SEAL_SEALED], content[STEP];
};

static bool take_bytes(struct taking *taking, size_t n)
{
    if (n > taking->left || !read_stored(taking->from, taking->stored, n, taking->at))
        return false;
    crypto_hash_sha256_update(&taking->hash, taking->stored, n);
    taking->at += n;
    taking->left -= n;
    return true;
}

static bool take_plain(struct taking *taking)
{
    bool good = true;
    while (good && taking->left != 0) {
        size_t n = taking->left < STEP ? (size_t)taking->left : STEP;
        good = take_bytes(taking, n) && write_stored(taking->to, taking->stored, n);
    }
    return good;
}

/* *why: what is wrong, when it is not the disk. */
static bool take_sealed(struct taking *taking, struct cw_slice name, const struct cw_seal_key *key,
                        const char **why)
{
    struct cw_seal seal;
    size_t n;
    if (!take_bytes(taking, CW_SEAL_HEAD))
        return false;
    if (!cw_unseal_begin(&seal, key, name, taking->stored)) {
        *why = "is sealed for another key, or damaged";
        return false;
    }
    while (!seal.ended) {
        n = taking->left < CW_SEAL_SEALED ? (size_t)taking->left : CW_SEAL_SEALED;
        if (n == 0 || !take_bytes(taking, n))
            return false;
        if (!cw_unseal_next(&seal, cw_slice_of(taking->stored, n), taking->content, &n)) {
            *why = "is damaged: what is sealed in it was changed";
            return false;
        }
        if (!write_stored(taking->to, taking->content, n))
            return false;
    }
    return taking->left == 0;
}

bool cw_backup_take(int backup, const char *shown, const struct cw_manifest_file *file,
                    const struct cw_seal_key *key, int to, char error[256])
{
    char name[CW_MANIFEST_NAME_MAX + 1];
    const char *why = NULL;
    uint8_t hash[CW_BACKUP_HASH_LEN];
    int from = open_stored(backup, shown, file, name, error);
    if (from < 0)
        return false;
    struct taking *taking = cw_alloc_zero(sizeof *taking);
    *taking = (struct taking){.from = from, .to = to, .left = file->size};
    crypto_hash_sha256_init(&taking->hash);
    errno = 0;
    bool good = key == NULL ? take_plain(taking) : take_sealed(taking, file->name, key, &why);
    int failed = errno;
    crypto_hash_sha256_final(&taking->hash, hash);
    if (good && memcmp(hash, file->hash, sizeof hash) != 0) {
        good = false;
        why = "is damaged: it has another hash";
    }
    close(from);
    sodium_memzero(taking, sizeof *taking);
    free(taking);
    errno = failed;
    if (!good && why == NULL && (failed == ENOSPC || failed == EDQUOT))
        snprintf(error, 256, "The disk is full: make room on it, then begin again.");
    else if (!good)
        refuse_backup(error, shown, name,
                      why != NULL   ? why
                      : failed != 0 ? strerror(failed)
                                    : "is cut off");
    return good;
}
