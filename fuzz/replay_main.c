/* replay_main.c - plays the kept corpus of a fuzz target as an ordinary test,
 * with any compiler: every file of the folders given as arguments, in the order
 * of their names. Not a fuzzer; clang's libFuzzer brings a main of its own. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz.h"

/* The longest file worth keeping. */
#define FILE_MAX (1024 * 1024)

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void fail(const char *path)
{
    perror(path);
    exit(1);
}

static void play(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path);
    uint8_t *whole = cw_alloc(FILE_MAX);
    size_t n = fread(whole, 1, FILE_MAX, file);
    if (ferror(file))
        fail(path);
    fclose(file);
    /* A block of just its size, so that reading past its end is seen. */
    uint8_t *data = cw_alloc(n == 0 ? 1 : n);
    memcpy(data, whole, n);
    free(whole);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
}

static int play_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, not_hidden, alphasort);
    if (count < 0)
        fail(folder);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        play(path);
        free(entries[i]);
    }
    free(entries);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += play_folder(argv[i]);
    printf("%d inputs played\n", count);
    return count > 0 ? 0 : 1; /* nothing played is nothing tested */
}
