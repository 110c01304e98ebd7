/* chat_paths.c - see chat_paths.h. */
#include "chat_paths.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* More would only be turned over. */
#define PATHS_MAX 300

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

char *chat_paths_list(const char *begin)
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
