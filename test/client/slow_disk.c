/* slow_disk.c - a disk that a test steers: preloaded into a program, its fsync looks at the file
 * $SLOW_DISK. A FIFO: it waits until somebody opens that for writing. Another file: there is no
 * room. None: it is as it is. opendir waits so for the FIFO $SLOW_FOLDERS, and a server's
 * fdatasync of users' files for $SLOW_FILES. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for(const char *path)
{
    int wait = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (wait >= 0)
        close(wait);
}

int fsync(int fd)
{
    struct stat about;
    const char *path = getenv("SLOW_DISK");
    if (path != NULL && stat(path, &about) == 0 && !S_ISFIFO(about.st_mode)) {
        errno = ENOSPC;
        return -1;
    }
    wait_for(path);
    return (int)syscall(SYS_fsync, fd);
}

static int is_of_user(int fd)
{
    char link[32], name[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, sizeof name - 1);
    name[n < 0 ? 0 : n] = 0;
    return strstr(name, "/blobs/file-") != NULL;
}

int fdatasync(int fd)
{
    wait_for(is_of_user(fd) ? getenv("SLOW_FILES") : NULL);
    return (int)syscall(SYS_fdatasync, fd);
}

DIR *opendir(const char *name)
{
    DIR *(*usual)(const char *);
    *(void **)&usual = dlsym(RTLD_NEXT, "opendir");
    wait_for(getenv("SLOW_FOLDERS"));
    return usual(name);
}
