/* vector.c - see vector.h. */
#include "vector.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

struct reader {
    struct vector vector;
    struct cw_buf text; /* of the bytes, zero-terminated */
    int line;
    int count;
    vector_fn *fn;
    void *arg;
};

static void give_up(const struct reader *r, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", r->vector.file, r->line, what);
    exit(1);
}

/* The row of bytes is complete: hands it over. */
static void flush(struct reader *r)
{
    if (r->vector.uses == 0)
        return;
    cw_buf_append_byte(&r->text, '\0');
    r->vector.bytes.n = 0;
    if (!bytes_of_text((const char *)r->text.p, &r->vector.bytes))
        give_up(r, "the bytes above are not understood");
    r->fn(&r->vector, r->arg);
    r->count++;
    r->vector.uses = 0;
}

static void start_bytes(struct reader *r, const char *line)
{
    static const char *const words[] = {"server", "client", "plain", "extended"};
    flush(r);
    r->vector.line = r->line;
    r->text.n = 0;
    while (*line != '\0' && *line != '\n') {
        const size_t n = strcspn(line, " \n");
        unsigned use = 0;
        for (unsigned i = 0; i < 4; i++)
            if (strlen(words[i]) == n && strncmp(words[i], line, n) == 0)
                use = 1u << i;
        if (use == 0)
            give_up(r, "no such use of bytes");
        r->vector.uses |= use;
        line += n + strspn(line + n, " ");
    }
}

static void copy_line(struct reader *r, char *to, size_t room, const char *from)
{
    flush(r);
    const size_t n = strcspn(from, "\n");
    if (n >= room)
        give_up(r, "too long");
    memcpy(to, from, n);
    to[n] = '\0';
}

static void take_line(struct reader *r, const char *line)
{
    if (line[0] == '#' || line[0] == '\n')
        return;
    if (strncmp(line, "== ", 3) == 0)
        copy_line(r, r->vector.name, sizeof r->vector.name, line + 3);
    else if (strncmp(line, "is ", 3) == 0)
        copy_line(r, r->vector.is, sizeof r->vector.is, line + 3);
    else if (line[0] == ' ')
        cw_buf_append(&r->text, line, strlen(line));
    else
        start_bytes(r, line);
}

static void read_vectors(struct reader *r, const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        give_up(r, "cannot be opened");
    for (r->line = 1; fgets(line, sizeof line, file) != NULL; r->line++)
        take_line(r, line);
    flush(r);
    fclose(file);
}

int for_each_vector(const char *folder, vector_fn *fn, void *arg)
{
    struct reader r = {.fn = fn, .arg = arg};
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", folder);
        exit(1);
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[4096];
        const size_t n = strlen(entry->d_name);
        if (n < 4 || strcmp(entry->d_name + n - 4, ".txt") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(r.vector.file, sizeof r.vector.file, "%.63s", entry->d_name);
        read_vectors(&r, path);
    }
    closedir(dir);
    cw_buf_finish(&r.text);
    cw_buf_finish(&r.vector.bytes);
    return r.count;
}
