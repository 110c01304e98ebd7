/* screen_main.c - plays transcripts of the terminal client's screen (play_screen.c has the lines),
 * and compares what comes out with what stands, indented, below each line.
 *
 *   screen_transcripts FILE...            prints the first difference of each file
 *   screen_transcripts --write FILE...    writes what really comes out: read the diff */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play_screen.h"

static bool read_file(const char *path, struct cw_buf *text)
{
    char bytes[65536];
    size_t n;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        cw_buf_append(text, bytes, n);
    fclose(file);
    cw_buf_append_byte(text, 0);
    return true;
}

/* Plays each line that is no output; *out gets all of the file as it should be. */
static bool play_file(const char *path, char *text, struct cw_buf *out)
{
    struct play_screen *play = play_screen_begin();
    bool known = true;
    int row = 0;
    for (char *line = text, *next; known && *line != 0; line = next) {
        size_t n = strcspn(line, "\n");
        next = line + n + (line[n] == '\n');
        line[n] = 0;
        row++;
        if (strncmp(line, "    ", 4) == 0)
            continue;
        cw_buf_append_str(out, line);
        cw_buf_append_byte(out, '\n');
        if (line[0] == 0 || line[0] == '#')
            continue;
        known = play_screen_line(play, line, out);
        if (!known)
            printf("%s:%d: what is this?\n", path, row);
    }
    play_screen_end(play);
    return known;
}

static bool write_text(const char *path, const struct cw_buf *out)
{
    FILE *file = fopen(path, "w");
    bool good = file != NULL && fwrite(out->p, 1, out->n, file) == out->n;
    return file != NULL && fclose(file) == 0 && good;
}

/* The first line in which they differ, from both. */
static void print_difference(const char *path, const char *is, const char *was)
{
    int row = 1;
    while (*is != 0 && strcspn(is, "\n") == strcspn(was, "\n") &&
           memcmp(is, was, strcspn(is, "\n")) == 0) {
        is += strcspn(is, "\n") + 1;
        was += strcspn(was, "\n") + (was[strcspn(was, "\n")] != 0);
        row++;
    }
    printf("%s:%d: expected\n%.*s\n  but it is\n%.*s\n", path, row, (int)strcspn(was, "\n"), was,
           (int)strcspn(is, "\n"), is);
}

static bool check_file(const char *path, bool write)
{
    struct cw_buf text = {.n = 0}, before = {.n = 0}, out = {.n = 0};
    bool good = read_file(path, &text);
    if (!good)
        printf("%s cannot be read\n", path);
    cw_buf_append(&before, text.p, text.n);
    good = good && play_file(path, (char *)text.p, &out);
    cw_buf_append_byte(&out, 0);
    if (good && write) {
        out.n--;
        good = write_text(path, &out);
    } else if (good && strcmp((char *)out.p, (char *)before.p) != 0) {
        print_difference(path, (char *)out.p, (char *)before.p);
        good = false;
    }
    cw_buf_finish(&text);
    cw_buf_finish(&before);
    cw_buf_finish(&out);
    return good;
}

int main(int argc, char **argv)
{
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0, good = argc > 1 + write;
    for (int i = 1 + write; i < argc; i++)
        good &= check_file(argv[i], write);
    return good ? 0 : 1;
}
