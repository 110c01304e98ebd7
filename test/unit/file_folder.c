/* file_folder.c - see file_folder.h. */
#include "file_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char file_folder[256];

int file_folder_begin(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(file_folder, sizeof file_folder, "%s/test_files.XXXXXX", base != NULL ? base : "/tmp");
    return mkdtemp(file_folder) == NULL ? -1 : 0;
}

/* Calls `visit` for each name in the folder; returns how many there are. */
static int each_name(void (*visit)(const char *path))
{
    int count = 0;
    DIR *folder = opendir(file_folder);
    assert_non_null(folder);
    for (struct dirent *found; (found = readdir(folder)) != NULL;) {
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
            continue;
        count++;
        if (visit != NULL)
            visit(file_path(found->d_name));
    }
    closedir(folder);
    return count;
}

static void remove_path(const char *path)
{
    remove(path);
}

int file_folder_end(void **state)
{
    (void)state;
    chmod(file_folder, 0700);
    each_name(remove_path);
    return rmdir(file_folder);
}

const char *file_path(const char *name)
{
    static char paths[4][400];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", file_folder, name);
    return path;
}

void file_put(const char *name, const void *bytes, size_t n, mode_t mode)
{
    const char *path = file_path(name);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

char *file_get(const char *name, size_t *n)
{
    FILE *file = fopen(file_path(name), "rb");
    assert_non_null(file);
    char *bytes = calloc(1, 1024 * 1024 + 1);
    assert_non_null(bytes);
    *n = fread(bytes, 1, 1024 * 1024, file);
    fclose(file);
    return bytes;
}

bool file_exists(const char *name)
{
    struct stat found;
    return lstat(file_path(name), &found) == 0;
}

mode_t file_mode(const char *name)
{
    struct stat found;
    assert_int_equal(lstat(file_path(name), &found), 0);
    assert_true(S_ISREG(found.st_mode));
    return found.st_mode & 07777;
}

int file_count(void)
{
    return each_name(NULL);
}
