/* sealed_file.c - see sealed_file.h. */
#include "sealed_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUM_LINE     (sizeof "sum 0123456789abcdef\n" - 1)
#define NAME_LETTERS 6 /* of mkstemp */
#define ATTEMPTS     50

/* --- the checksum ---------------------------------------------------------------------- */

/* FNV-1a */
uint64_t sealed_sum(const char *text, size_t n)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static void put_sum(char line[SUM_LINE + 1], const char *text, size_t n)
{
    snprintf(line, SUM_LINE + 1, "sum %016" PRIx64 "\n", sealed_sum(text, n));
}

/* Where the last line begins. */
static size_t last_line(const char *text, size_t n)
{
    size_t at = n - 1;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

/* Removes the checksum line; false: the text is damaged. */
static bool unseal(char *text, size_t n, bool *sum)
{
    char line[SUM_LINE + 1];
    *sum = false;
    if (n == 0 || text[n - 1] != '\n' || memchr(text, 0, n) != NULL)
        return false;
    size_t at = last_line(text, n);
    if (strncmp(text + at, "sum ", 4) != 0) /* the line end before the checksum may be damaged */
        return n < SUM_LINE || strncmp(text + n - SUM_LINE, "sum ", 4) != 0;
    put_sum(line, text, at);
    *sum = strcmp(line, text + at) == 0;
    text[at] = 0;
    return *sum;
}

/* --- reading ---------------------------------------------------------------------------- */

static bool read_all(int fd, char *text, size_t size, size_t *n)
{
    *n = 0;
    while (*n < size) {
        ssize_t got = read(fd, text + *n, size - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        *n += (size_t)got;
    }
    return true;
}

enum sealed sealed_read(const char *path, char *text, size_t size, bool *sum)
{
    size_t n = 0;
    *sum = false;
    text[0] = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? SEALED_NONE : SEALED_UNREADABLE;
    bool good = read_all(fd, text, size, &n);
    int error = errno;
    close(fd);
    errno = error;
    text[n < size ? n : size - 1] = 0;
    if (!good)
        return SEALED_UNREADABLE;
    return n < size && unseal(text, n, sum) ? SEALED_GOOD : SEALED_DAMAGED;
}

/* --- writing ---------------------------------------------------------------------------- */

static bool sealed_file_lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0;
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, text, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text += written;
        n -= (size_t)written;
    }
    return true;
}

/* The temporary file is locked until it is renamed, so that no other program takes it for a
 * leftover. */
static bool sealed_file_replace(const char *path, const char *text, size_t n, const char *sum)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkstemp(temporary); /* POSIX: readable and writable by the owner alone */
    if (fd < 0)
        return false;
    bool locked = sealed_file_lock(fd);
    bool done = locked && write_all(fd, text, n) && write_all(fd, sum, strlen(sum)) &&
                fsync(fd) == 0 && rename(temporary, path) == 0;
    int error = locked ? errno : ENOENT; /* the process with the lock removes it */
    if (!done)
        unlink(temporary);
    close(fd);
    errno = error;
    return done;
}

static bool write_with(const char *path, const char *text, const char *sum)
{
    /* Between its creation and the lock another program may remove it as a leftover. */
    bool done = false;
    for (int i = 0; i < ATTEMPTS && !done; i++) {
        done = sealed_file_replace(path, text, strlen(text), sum);
        if (!done && errno != ENOENT)
            break;
    }
    return done;
}

bool sealed_write(const char *path, const char *text)
{
    char sum[SUM_LINE + 1];
    put_sum(sum, text, strlen(text));
    return write_with(path, text, sum);
}

bool sealed_write_bare(const char *path, const char *text)
{
    return write_with(path, text, "");
}

/* --- cleaning ---------------------------------------------------------------------------- */

static bool ends_with(const char *text, size_t n, const char *end)
{
    size_t length = strlen(end);
    return n > length && memcmp(text + n - length, end, length) == 0;
}

/* Is it one of our names, a dot, and the letters of mkstemp? */
static bool is_left(const char *name)
{
    static const char *const whole[] = {"last", "last-server", "known_servers", "chat_servers",
                                        "chat_choices"};
    size_t n = strlen(name);
    if (n <= NAME_LETTERS + 1 || name[n - NAME_LETTERS - 1] != '.')
        return false;
    for (size_t i = n - NAME_LETTERS; i < n; i++)
        if (!isalnum((unsigned char)name[i]))
            return false;
    n -= NAME_LETTERS + 1;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (n == strlen(whole[i]) && memcmp(name, whole[i], n) == 0)
            return true;
    return ends_with(name, n, ".account") || ends_with(name, n, ".seen") ||
           ends_with(name, n, ".chat");
}

static void remove_left(const char *folder, const char *name)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return;
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    if (sealed_file_lock(fd))
        unlink(path);
    close(fd);
}

void sealed_clean(const char *folder)
{
    struct dirent *entry;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return;
    while ((entry = readdir(entries)) != NULL)
        if (is_left(entry->d_name))
            remove_left(folder, entry->d_name);
    closedir(entries);
}
