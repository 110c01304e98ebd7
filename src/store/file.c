/* file.c - see file.h. A file only grows at its end, so its length is what is on the disk of it: an
 * upload continues there after a crash, and the hash at its end finds what a power cut may have
 * left in the place of the last bytes. */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/picture.h"
#include "store/blob.h"

#define NAME_HEAD   "file-"
#define NAME_DIGITS 14
#define HASH_STEP   (256u * 1024)
_Static_assert(sizeof NAME_HEAD + NAME_DIGITS == CW_FILE_DISK_NAME_MAX, "the name fits");

void cw_file_name(uint64_t id, char name[CW_FILE_DISK_NAME_MAX])
{
    snprintf(name, CW_FILE_DISK_NAME_MAX, NAME_HEAD "%0*llx", NAME_DIGITS,
             (unsigned long long)(id & UINT64_C(0xffffffffffffff)));
}

uint64_t cw_file_id_of(const char *name)
{
    const char *digits = name + strlen(NAME_HEAD);
    if (strncmp(name, NAME_HEAD, strlen(NAME_HEAD)) != 0 || strlen(digits) != NAME_DIGITS ||
        strspn(digits, "0123456789abcdef") != NAME_DIGITS)
        return 0;
    return strtoull(digits, NULL, 16);
}

static int open_file(const char *folder, uint64_t id, int flags)
{
    char name[CW_FILE_DISK_NAME_MAX];
    cw_file_name(id, name);
    char *path = cw_blob_path(folder, name);
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    free(path);
    return fd;
}

uint64_t cw_file_size(const char *folder, uint64_t id)
{
    struct stat about;
    int fd = open_file(folder, id, O_RDONLY);
    if (fd < 0)
        return 0;
    uint64_t size = fstat(fd, &about) == 0 ? (uint64_t)about.st_size : 0;
    close(fd);
    return size;
}

static enum cw_store_status status_of_error(int error)
{
    return error == ENOENT ? CW_STORE_MISMATCH /* it has gone meanwhile */ : cw_blob_status(error);
}

/* --- writing ------------------------------------------------------------------------------ */

static enum cw_store_status write_at(int fd, struct cw_slice bytes, uint64_t at)
{
    while (bytes.n != 0) {
        ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_of_error(errno);
        bytes = cw_slice_of(bytes.p + n, bytes.n - (size_t)n);
        at += (uint64_t)n;
    }
    return CW_STORE_OK;
}

/* Appends one request after another; what is not written whole is taken back. */
static size_t append_all(int fd, uint64_t end, const struct cw_store_request *const requests[],
                         size_t n, struct cw_store_result results[])
{
    size_t i = 0;
    while (i < n) {
        const struct cw_store_request *request = requests[i];
        enum cw_store_status status =
            request->offset == end ? write_at(fd, request->body, end) : CW_STORE_MISMATCH;
        results[i].status = status;
        if (status != CW_STORE_OK && ftruncate(fd, (off_t)end) != 0)
            results[i].status = CW_STORE_FAILED;
        if (status != CW_STORE_OK)
            break;
        end += request->body.n;
        results[i].file.offset = end;
        i++;
    }
    for (size_t later = i + 1; later < n; later++)
        results[later].status = results[i].status;
    return i;
}

/* A new file's name must be on the disk, too. */
static enum cw_store_status sync_file(const char *folder, int fd, bool new)
{
    if (fdatasync(fd) != 0)
        return CW_STORE_FAILED;
    return new ? cw_blob_sync_folder(folder) : CW_STORE_OK;
}

static void refuse_writes(struct cw_store_result results[], size_t n, enum cw_store_status status)
{
    for (size_t i = 0; i < n; i++)
        results[i].status = status;
}

static void append_and_sync(const char *folder, const struct cw_store_request *const requests[],
                            size_t n, struct cw_store_result results[])
{
    struct stat about;
    bool new = requests[0]->offset == 0;
    int fd = open_file(folder, requests[0]->file_id, O_WRONLY | (new ? O_CREAT : 0));
    if (fd < 0 || fstat(fd, &about) != 0) {
        refuse_writes(results, n, status_of_error(errno));
        if (fd >= 0)
            close(fd);
        return;
    }
    size_t written = append_all(fd, (uint64_t)about.st_size, requests, n, results);
    enum cw_store_status status = written == 0 ? CW_STORE_OK : sync_file(folder, fd, new);
    if (status != CW_STORE_OK)
        refuse_writes(results, n, status);
    close(fd);
}

/* --- reading ------------------------------------------------------------------------------ */

/* Fewer than `n` at the end of the file, or after an error. */
static size_t read_at(int fd, uint64_t at, uint8_t *bytes, size_t n)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = pread(fd, bytes + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

static void read_bytes(const char *folder, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    int fd = open_file(folder, request->file_id, O_RDONLY);
    if (fd < 0) {
        enum cw_store_status status = status_of_error(errno);
        result->status = status == CW_STORE_UNAVAILABLE ? status : CW_STORE_NOT_FOUND;
        return;
    }
    uint8_t *bytes = cw_arena_alloc(arena, request->limit);
    size_t n = read_at(fd, request->offset, bytes, request->limit);
    close(fd);
    result->body = cw_slice_of(bytes, n);
    result->status = n == request->limit ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}

void cw_file_describe(struct cw_slice head, struct cw_store_file *file)
{
    struct cw_slice beginning =
        head.n < CW_PICTURE_HEAD ? head : cw_slice_of(head.p, CW_PICTURE_HEAD);
    struct cw_picture picture = cw_picture_read(beginning);
    file->type = cw_slice_str(cw_file_type(head));
    file->width = picture.width;
    file->height = picture.height;
    if ((uint64_t)picture.width * picture.height <= CW_PICTURE_PIXELS_MAX)
        return;
    file->type = cw_slice_str(CW_FILE_TYPE_OTHER);
    file->width = file->height = 0;
}

/* The hash of all of it, and what it is. False: it has another length. */
static bool hash_file(int fd, uint64_t size, uint8_t sha256[CW_SHA256_N],
                      struct cw_store_file *file)
{
    uint8_t *bytes = cw_alloc(HASH_STEP);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    uint64_t at = 0;
    for (size_t n = 1; good && n != 0; at += n) {
        n = read_at(fd, at, bytes, HASH_STEP);
        if (at == 0)
            cw_file_describe(cw_slice_of(bytes, n), file);
        good = EVP_DigestUpdate(context, bytes, n) == 1;
    }
    good = good && at == size && EVP_DigestFinal_ex(context, sha256, NULL) == 1;
    EVP_MD_CTX_free(context);
    free(bytes);
    return good;
}

static void check_hash(const char *folder, const struct cw_store_request *request,
                       struct cw_store_result *result)
{
    uint8_t sha256[CW_SHA256_N];
    struct cw_store_file about = {0};
    int fd = open_file(folder, request->file_id, O_RDONLY);
    if (fd < 0) {
        result->status = status_of_error(errno);
        return;
    }
    bool good = hash_file(fd, request->size, sha256, &about);
    close(fd);
    if (good && cw_slice_eq(cw_slice_of(sha256, sizeof sha256), request->secret))
        result->file = about;
    else
        result->status = CW_STORE_MISMATCH;
}

void cw_file_execute(const char *folder, const struct cw_store_request *const requests[], size_t n,
                     struct cw_store_result results[], struct cw_arena *arena)
{
    for (size_t i = 0; i < n; i++)
        cw_store_result_init(&results[i], requests[i], CW_STORE_OK);
    if (requests[0]->op == CW_STORE_FILE_WRITE)
        append_and_sync(folder, requests, n, results);
    else if (requests[0]->op == CW_STORE_FILE_HASH)
        check_hash(folder, requests[0], &results[0]);
    else
        read_bytes(folder, requests[0], &results[0], arena);
}

void cw_file_hash(struct cw_slice bytes, uint8_t sha256[CW_SHA256_N])
{
    if (EVP_Digest(bytes.p, bytes.n, sha256, NULL, EVP_sha256(), NULL) != 1)
        cw_alloc_missing(); /* a wrong hash would be worse than an end */
}

/* --- the end ------------------------------------------------------------------------------ */

bool cw_file_shrink(const char *folder, uint64_t id, bool *stuck)
{
    char name[CW_FILE_DISK_NAME_MAX];
    struct stat about;
    int fd = open_file(folder, id, O_WRONLY);
    bool more = fd >= 0 && fstat(fd, &about) == 0 && about.st_size > CW_FILE_SHRINK_STEP &&
                ftruncate(fd, about.st_size - CW_FILE_SHRINK_STEP) == 0;
    if (fd >= 0)
        close(fd);
    if (more)
        return false;
    cw_file_name(id, name);
    *stuck |= !cw_blob_remove(folder, name);
    return true;
}
