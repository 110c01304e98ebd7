/* slow_disk.c - a disk that a test steers: preloaded into a program, its fsync looks at the file
 * $SLOW_DISK. A FIFO: it waits until somebody opens that for writing. Another file: there is no
 * room. None: it is as it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fsync(int fd)
{
    struct stat about;
    const char *path = getenv("SLOW_DISK");
    if (path != NULL && stat(path, &about) == 0 && !S_ISFIFO(about.st_mode)) {
        errno = ENOSPC;
        return -1;
    }
    int wait = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (wait >= 0)
        close(wait);
    return (int)syscall(SYS_fsync, fd);
}
