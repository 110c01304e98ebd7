/* chat_paths.c - see chat_paths.h. */
#include "chat_paths.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "chat_wait.h"

/* More would only be turned over. */
#define PATHS_MAX 300
/* A folder is mostly read in less: what is typed behind Tab finds its word complete. */
#define MOMENT_NS 50000000

/* Of all servers that are open; it lives as long as the program, whose end no folder holds. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool begun, threaded;
    int told;            /* an eventfd */
    char *wanted;        /* the begin of paths, until the thread has taken it */
    char *begin, *found; /* what it has listed, until it is taken */
} paths = {.mutex = PTHREAD_MUTEX_INITIALIZER, .told = -1};

/* --- a folder ------------------------------------------------------------------------------- */

void chat_paths_expand(const char *typed, char *path, size_t size)
{
    const char *home = getenv("HOME");
    bool at_home = typed[0] == '~' && typed[1] == '/' && home != NULL;
    snprintf(path, size, "%s%s", at_home ? home : "", typed + at_home);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Hidden ones only where a dot was typed. */
static bool name_begins(const char *name, const char *begin)
{
    bool itself = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    return !itself && (name[0] != '.' || begin[0] == '.') &&
           strncmp(name, begin, strlen(begin)) == 0;
}

static bool is_folder_in(const char *folder, const char *name)
{
    char path[PATH_MAX + NAME_MAX + 2];
    struct stat about;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* `typed`: the folder as it was typed, with its slash, n bytes. */
static size_t read_folder(const char *folder, const char *typed, int n, const char *begin,
                          char *found[PATHS_MAX])
{
    char path[PATH_MAX + NAME_MAX + 2];
    size_t count = 0;
    DIR *opened = opendir(folder);
    for (struct dirent *entry;
         opened != NULL && count < PATHS_MAX && (entry = readdir(opened)) != NULL;) {
        if (!name_begins(entry->d_name, begin))
            continue;
        snprintf(path, sizeof path, "%.*s%s%s", n, typed, entry->d_name,
                 is_folder_in(folder, entry->d_name) ? "/" : "");
        found[count] = strdup(path);
        count += found[count] != NULL;
    }
    if (opened != NULL)
        closedir(opened);
    return count;
}

static char *join_paths(char *found[PATHS_MAX], size_t count)
{
    size_t n = 1, at = 0;
    for (size_t i = 0; i < count; i++)
        n += strlen(found[i]) + 1;
    char *all = calloc(n, 1);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(found[i]) + 1;
        if (all != NULL)
            memcpy(all + at, found[i], length);
        at += length;
        free(found[i]);
    }
    return all;
}

static char *list_paths(const char *begin)
{
    char *found[PATHS_MAX], folder[PATH_MAX], typed[PATH_MAX];
    const char *slash = strrchr(begin, '/');
    int n = slash == NULL ? 0 : (int)(slash - begin + 1);
    if (n >= PATH_MAX)
        return NULL;
    snprintf(typed, sizeof typed, "%.*s", n, begin);
    chat_paths_expand(n == 0 ? "." : typed, folder, sizeof folder);
    size_t count = read_folder(folder, begin, n, begin + n, found);
    qsort(found, count, sizeof found[0], compare_names);
    return join_paths(found, count);
}

/* --- in a thread ------------------------------------------------------------------------------ */

/* Takes both over. */
static void put_found(char *begin, char *found)
{
    free(paths.begin);
    free(paths.found);
    paths.begin = begin;
    paths.found = found;
    pthread_cond_broadcast(&paths.changed);
    eventfd_write(paths.told, 1);
}

static void *list_wanted(void *context)
{
    pthread_mutex_lock(&paths.mutex);
    for (;;) {
        while (paths.wanted == NULL)
            pthread_cond_wait(&paths.changed, &paths.mutex);
        char *begin = paths.wanted;
        paths.wanted = NULL;
        pthread_mutex_unlock(&paths.mutex);
        char *found = list_paths(begin);
        pthread_mutex_lock(&paths.mutex);
        put_found(begin, found);
    }
    return context;
}

static void begin_listing(void)
{
    pthread_condattr_t attributes;
    pthread_t thread;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&paths.changed, &attributes);
    pthread_condattr_destroy(&attributes);
    paths.told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    paths.threaded = paths.told >= 0 && chat_start_thread(&thread, list_wanted, NULL);
    paths.begun = true;
}

static void wait_a_moment(void)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += MOMENT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (paths.found == NULL && pthread_cond_timedwait(&paths.changed, &paths.mutex, &until) == 0)
        continue;
}

void chat_paths_ask(const char *begin)
{
    char *copy = strdup(begin);
    if (copy == NULL)
        return;
    if (!paths.begun)
        begin_listing();
    pthread_mutex_lock(&paths.mutex);
    free(paths.found);
    paths.found = NULL;
    if (paths.threaded) {
        free(paths.wanted);
        paths.wanted = copy;
        pthread_cond_broadcast(&paths.changed);
        wait_a_moment();
    } else {
        put_found(copy, list_paths(copy));
    }
    pthread_mutex_unlock(&paths.mutex);
}

int chat_paths_fd(void)
{
    return paths.told;
}

char *chat_paths_take(char **begin)
{
    eventfd_t count;
    *begin = NULL;
    if (!paths.begun)
        return NULL;
    eventfd_read(paths.told, &count);
    pthread_mutex_lock(&paths.mutex);
    char *found = paths.found;
    if (found != NULL) {
        *begin = paths.begin;
        paths.begin = paths.found = NULL;
    }
    pthread_mutex_unlock(&paths.mutex);
    return found;
}
