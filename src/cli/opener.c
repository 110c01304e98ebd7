/* opener.c - see opener.h. */
#include "opener.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

extern char **environ;

bool opener_may_run(const char *name)
{
    static const char *const ends[] = {
        "desktop", "sh",  "bash", "csh", "run",  "bin",  "appimage",  "exe", "msi",  "bat",
        "cmd",     "com", "scr",  "ps1", "vbs",  "js",   "jar",       "py",  "pl",   "rb",
        "deb",     "rpm", "lnk",  "url", "html", "htm",  "xhtml",     "svg", "jnlp", "hta",
        "wsf",     "jse", "vbe",  "ksh", "zsh",  "fish", "flatpakref"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof ends / sizeof ends[0]; i++)
        if (strcasecmp(dot + 1, ends[i]) == 0)
            return true;
    return false;
}

/* What it prints is nobody's, and it outlives this program. */
bool opener_start(const char *what)
{
    char *arguments[] = {(char *)"xdg-open", (char *)what, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    pid_t pid;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    errno = posix_spawnp(&pid, arguments[0], &files, &attributes, arguments, environ);
    bool good = errno == 0;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return good;
}
