/* chat_told.c - see chat_told.h. */
#include "chat_told.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "commands.h"

static const char program[] = "chinwag", before[] = "chinwag: ", usage[] = "usage: ";

/* There these names are another command's, or are done outside. */
static const struct {
    const char *name, *there; /* NULL: it stays as it is */
} others[] = {{"send", "msg"},          {"login", NULL},  {"register", NULL},
              {"reset-password", NULL}, {"listen", NULL}, {"chat", NULL},
              {"mute", NULL},           {"unmute", NULL}, {"set-up", NULL},
              {"record", NULL},         {"play", NULL},   {"open", NULL},
              {"device-password", NULL}};

static bool ends_word(char c)
{
    return (c < 'a' || c > 'z') && c != '-';
}

/* The length of the longest name of a command that stands here; 0: none does. */
static size_t command_at(const char *p)
{
    size_t longest = strncmp(p, "help ", 5) == 0 ? 4 : 0; /* in no table */
    for (size_t i = 0; i < command_row_count; i++) {
        const char *name = command_rows[i].name;
        size_t n = name == NULL ? 0 : strlen(name);
        if (n > longest && strncmp(name, p, n) == 0 && ends_word(p[n]))
            longest = n;
    }
    return longest;
}

/* NULL: it is not there, or goes by another way. */
static const char *name_there(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strlen(others[i].name) == n && memcmp(others[i].name, name, n) == 0)
            return others[i].there;
    return name;
}

/* Writes the command, if one begins here; returns how many bytes it took. */
static size_t put_command(struct cw_buf *out, const char *p)
{
    const size_t skipped = sizeof program; /* and a blank */
    if (strncmp(p, program, skipped - 1) != 0 || p[skipped - 1] != ' ')
        return 0;
    size_t n = command_at(p + skipped);
    const char *there = n == 0 ? NULL : name_there(p + skipped, n);
    if (there == NULL)
        return 0;
    cw_buf_append_byte(out, '/');
    cw_buf_append(out, there, there == p + skipped ? n : strlen(there));
    return skipped + n;
}

/* A shell needs quotes around '#NAME'. */
static size_t put_quoted(struct cw_buf *out, const char *p)
{
    size_t n = p[0] == '\'' && p[1] == '#' ? strcspn(p + 1, "' \n") : 0;
    if (n == 0 || p[1 + n] != '\'')
        return 0;
    cw_buf_append(out, p + 1, n);
    return n + 2;
}

/* Returns how many bytes of a word's begin it took. */
static size_t tell_word(struct cw_buf *out, const char *p)
{
    size_t n = put_command(out, p);
    return n != 0 ? n : put_quoted(out, p);
}

/* What people have written stays as it is: only lines of the program itself, and those below them
 * that are indented, change. */
char *chat_told(const char *text)
{
    struct cw_buf out = {.n = 0};
    bool ours = false;
    for (const char *p = text, *begin = text; *p != 0;) {
        bool said = p == begin && strncmp(p, before, sizeof before - 1) == 0;
        if (p == begin)
            ours = said || strncmp(p, usage, sizeof usage - 1) == 0 ||
                   (ours && strncmp(p, "  ", 2) == 0);
        size_t n = said ? sizeof before - 1 : 0;
        if (n == 0 && ours && p > begin && strchr(" (|", p[-1]) != NULL)
            n = tell_word(&out, p);
        if (n == 0) {
            n = 1;
            cw_buf_append_byte(&out, (uint8_t)*p);
        }
        p += n;
        begin = p[-1] == '\n' ? p : begin;
    }
    cw_buf_append_byte(&out, 0);
    return (char *)out.p; /* the caller frees what the buffer has */
}
