/* blob.c - long message bodies in files of their own.
 *
 * A file and its entry in the folder are complete and synced before a row refers to it;
 * blob_sweep.c handles files that no row refers to. Written by a worker, read by the store's
 * thread. */
#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"

#define SIZE_DIGITS   8
#define RANDOM_BYTES  12
#define RANDOM_DIGITS ((size_t)(2 * RANDOM_BYTES))
#define HEX_DIGITS    "0123456789abcdef"
_Static_assert(SIZE_DIGITS + 1 + RANDOM_DIGITS + 1 <= CW_BLOB_NAME_MAX, "the name fits");

char *cw_blob_path(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + sizeof "/" CW_BLOB_FOLDER "/";
    char *path = cw_alloc(size);
    snprintf(path, size, "%s/" CW_BLOB_FOLDER "/%s", folder, name);
    return path;
}

static bool make_name(size_t body_size, char name[CW_BLOB_NAME_MAX])
{
    uint8_t bytes[RANDOM_BYTES];
    ssize_t got;
    do
        got = getrandom(bytes, sizeof bytes, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof bytes)
        return false;
    int at = snprintf(name, CW_BLOB_NAME_MAX, "%0*zx-", SIZE_DIGITS, body_size);
    for (size_t i = 0; i < sizeof bytes; i++)
        at += snprintf(name + at, CW_BLOB_NAME_MAX - (size_t)at, "%02x", bytes[i]);
    return true;
}

/* Space, descriptors and memory become available again by themselves; after any other error the
 * state of the disk is unknown. */
enum cw_store_status cw_blob_status(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* RLIMIT_FSIZE */
        return CW_STORE_NO_ROOM;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return CW_STORE_UNAVAILABLE;
    default:
        return CW_STORE_FAILED;
    }
}

/* The kernel may not be interrupted inside a write: megabytes at once would take the processor from
 * the loop for tens of milliseconds. */
#define WRITE_MAX (64u * 1024)

/* The most that is on its way to the disk at a time: otherwise the log's sync, which all messages
 * wait for, would wait behind megabytes. */
#define DISK_MAX (256u * 1024)

/* Waits until the kernel has written the data between the two positions. Errors of the file are
 * reported here or by the fsync at its end. */
static enum cw_store_status write_back(int fd, off_t from, off_t to)
{
    const unsigned all =
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    if (sync_file_range(fd, from, to - from, all) == 0 || errno == ENOSYS)
        return CW_STORE_OK;
    return cw_blob_status(errno);
}

/* The sum of the body, piece by piece just before each is written: one pass over the memory. A
 * piece that is written in parts is summed once. */
static void sum_next(struct cw_checksum *sum, struct cw_slice *unsummed, struct cw_slice unwritten)
{
    if (unwritten.n > unsummed->n || unsummed->n <= WRITE_MAX)
        return;
    cw_checksum_add(sum, cw_slice_of(unsummed->p, WRITE_MAX));
    *unsummed = cw_slice_of(unsummed->p + WRITE_MAX, unsummed->n - WRITE_MAX);
}

static enum cw_store_status write_all(int fd, struct cw_slice body, uint64_t *sum)
{
    enum cw_store_status status = CW_STORE_OK;
    struct cw_checksum checksum;
    struct cw_slice unsummed = body;
    cw_checksum_begin(&checksum, body.n);
    off_t at = 0, left = 0; /* written by us; written to the disk */
    while (body.n != 0 && status == CW_STORE_OK) {
        sum_next(&checksum, &unsummed, body);
        ssize_t wrote = write(fd, body.p, body.n < WRITE_MAX ? body.n : WRITE_MAX);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return cw_blob_status(errno);
        body = cw_slice_of(body.p + wrote, body.n - (size_t)wrote);
        at += wrote;
        if (at - left >= DISK_MAX) {
            status = write_back(fd, left, at);
            left = at;
        }
    }
    if (status != CW_STORE_OK)
        return status;
    if (sum != NULL)
        *sum = cw_checksum_end(&checksum, unsummed);
    return fsync(fd) == 0 ? CW_STORE_OK : CW_STORE_FAILED;
}

enum cw_store_status cw_blob_sync_folder(const char *folder)
{
    char *path = cw_blob_path(folder, ".");
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    if (fd < 0)
        return cw_blob_status(errno);
    enum cw_store_status status = fsync(fd) == 0 ? CW_STORE_OK : CW_STORE_FAILED;
    close(fd);
    return status;
}

static enum cw_store_status create_file(const char *path, struct cw_slice body, uint64_t *sum)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return cw_blob_status(errno);
    enum cw_store_status status = write_all(fd, body, sum);
    close(fd);
    return status;
}

enum cw_store_status cw_blob_write(const char *folder, struct cw_slice body,
                                   char name[CW_BLOB_NAME_MAX], uint64_t *sum)
{
    if (!make_name(body.n, name))
        return CW_STORE_UNAVAILABLE;
    char *path = cw_blob_path(folder, name);
    enum cw_store_status status = create_file(path, body, sum);
    if (status == CW_STORE_OK)
        status = cw_blob_sync_folder(folder);
    if (status != CW_STORE_OK)
        unlink(path);
    free(path);
    return status;
}

bool cw_blob_size(const char *name, size_t *size)
{
    const char *random = name + SIZE_DIGITS + 1;
    if (strspn(name, HEX_DIGITS) != SIZE_DIGITS || name[SIZE_DIGITS] != '-' ||
        strspn(random, HEX_DIGITS) != RANDOM_DIGITS || random[RANDOM_DIGITS] != '\0')
        return false;
    *size = strtoul(name, NULL, 16);
    return *size <= CW_VOICE_MESSAGE_MAX;
}

/* Each piece is summed while the processor still has it: a second pass over 16 MiB of memory would
 * be felt by those who wait for the store's thread. */
#define READ_MAX (64u * 1024)
_Static_assert(READ_MAX % CW_CHECKSUM_STEP == 0, "a piece that can be summed");

/* Reads exactly n bytes. 0, or what happened; ENODATA: the file ended. */
static int read_piece(int fd, uint8_t *bytes, size_t n)
{
    for (size_t have = 0; have < n;) {
        ssize_t got = read(fd, bytes + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? ENODATA : errno;
        have += (size_t)got;
    }
    return 0;
}

static enum cw_store_status read_all(int fd, size_t size, struct cw_arena *arena,
                                     struct cw_owned **body, uint64_t *sum, int *error)
{
    struct cw_checksum checksum;
    struct stat about;
    if (fstat(fd, &about) != 0) {
        *error = errno;
        return CW_STORE_UNAVAILABLE;
    }
    if (about.st_size != (off_t)size)
        return CW_STORE_NOT_FOUND;
    uint8_t *bytes = cw_alloc(size);
    *body = cw_arena_adopt(arena, (struct cw_owned){cw_slice_of(bytes, size), bytes});
    cw_checksum_begin(&checksum, size);
    for (size_t have = 0; have <= size; have += READ_MAX) {
        size_t n = size - have < READ_MAX ? size - have : READ_MAX;
        *error = read_piece(fd, bytes + have, n);
        if (*error != 0)
            break;
        if (n == READ_MAX)
            cw_checksum_add(&checksum, cw_slice_of(bytes + have, n));
        else
            *sum = cw_checksum_end(&checksum, cw_slice_of(bytes + have, n));
    }
    if (*error != ENODATA)
        return *error == 0 ? CW_STORE_OK : CW_STORE_UNAVAILABLE;
    *error = 0;
    return CW_STORE_NOT_FOUND;
}

enum cw_store_status cw_blob_read(const char *folder, const char *name, struct cw_arena *arena,
                                  struct cw_owned **body, uint64_t *sum, int *error)
{
    size_t size;
    *error = 0;
    if (!cw_blob_size(name, &size))
        return CW_STORE_NOT_FOUND;
    char *path = cw_blob_path(folder, name);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would wait */
    if (fd < 0)
        *error = errno;
    free(path);
    if (fd < 0)
        return *error == ENOENT ? CW_STORE_NOT_FOUND : CW_STORE_UNAVAILABLE;
    enum cw_store_status status = read_all(fd, size, arena, body, sum, error);
    close(fd);
    return status;
}

bool cw_blob_remove(const char *folder, const char *name)
{
    static const char *const places[] = {"", "lost/"};
    bool gone = true;
    for (size_t i = 0; i < 2; i++) {
        char in[CW_BLOB_NAME_MAX + 8];
        snprintf(in, sizeof in, "%s%s", places[i], name);
        char *path = cw_blob_path(folder, in);
        gone &= unlink(path) == 0 || errno == ENOENT;
        free(path);
    }
    return gone;
}
