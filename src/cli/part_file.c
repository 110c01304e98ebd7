/* part_file.c - see part_file.h. */
#include "part_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two of these programs may write the same at once. */
int part_file_open(const char *path, char part[PART_FILE_NAME])
{
    int n = snprintf(part, PART_FILE_NAME, "%s.%ld.part", path, (long)getpid());
    if (n < 0 || n >= PART_FILE_NAME) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
}

/* FAT and some folders of other machines have no second names. */
static bool no_links(int error)
{
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS;
}

bool part_file_place(const char *part, const char *path, bool replace)
{
    struct stat about;
    if (replace)
        return rename(part, path) == 0;
    if (link(part, path) == 0)
        return unlink(part) == 0;
    if (!no_links(errno))
        return false;
    if (lstat(path, &about) == 0) {
        errno = EEXIST;
        return false;
    }
    return rename(part, path) == 0;
}
