/* config_file.c - the config file: lines of `key = value`.
 *
 * Each line stands for itself, however long it is and whatever it begins with: what
 * is left over of one must never become a setting of its own, nor a setting be taken
 * for more of the line before. What other formats mean by quotes, or a shell by ~, is
 * refused, so that nothing is understood as something else. Of two lines for a key the later
 * holds, and the operator is told. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "server/config.h"
#include "server/config_value.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The text of [begin, end) without blanks at either end, which becomes a string. */
static char *trim(char *begin, char *end)
{
    while (begin < end && is_blank(*begin))
        begin++;
    while (end > begin && is_blank(end[-1]))
        end--;
    *end = 0;
    return begin;
}

static bool check_section(const char *line, char why[256])
{
    if (strcmp(line, "[server]") == 0)
        return true;
    snprintf(why, 256, "there is no section named '%.40s'", line);
    return false;
}

/* A remark at the end of a line: a blank, and ';' or '#'. */
static char *end_of_value(char *value)
{
    for (char *c = value; *c != 0; c++)
        if ((*c == ';' || *c == '#') && (c == value || is_blank(c[-1])))
            return c;
    return value + strlen(value);
}

#define KEYS_MAX 64

/* The keys that were set, and where; they stand in the text. */
struct keys {
    const char *key[KEYS_MAX];
    unsigned line[KEYS_MAX];
    unsigned count;
};

/* The first key that is set again is noted for the operator, and how many there are. */
static void note_key(struct cw_config *config, struct keys *keys, const char *key, unsigned number)
{
    if (cw_config_is_list(key))
        return;
    for (unsigned i = 0; i < keys->count; i++)
        if (strcmp(keys->key[i], key) == 0) {
            if (config->repeated_count++ == 0)
                snprintf(config->repeated, sizeof config->repeated,
                         "line %u: %.40s was set in line %u already: this line holds", number, key,
                         keys->line[i]);
            return;
        }
    assert(keys->count < KEYS_MAX); /* there are not so many settings */
    keys->key[keys->count] = key;
    keys->line[keys->count++] = number;
}

/* A line without its end, which ends in a zero. */
static bool take_line(struct cw_config *config, struct keys *keys, unsigned number, char *line,
                      char why[256])
{
    if (line[0] == 0 || line[0] == '#' || line[0] == ';')
        return true;
    if (line[0] == '[')
        return check_section(line, why);
    char *sign = line + strcspn(line, "=:");
    if (*sign == 0) {
        snprintf(why, 256, "write 'key = value'");
        return false;
    }
    const char *key = trim(line, sign);
    const char *value = trim(sign + 1, end_of_value(sign + 1));
    if (!cw_config_value_plain(value, why) || !cw_config_set(config, key, value, why))
        return false;
    note_key(config, keys, key, number);
    return true;
}

/* Elsewhere a line may end otherwise: all behind the first would be part of it. */
static bool is_one_line(const char *line, size_t n, char why[256])
{
    while (n != 0 && is_blank(line[n - 1]))
        n--;
    if (memchr(line, 0, n) != NULL)
        snprintf(why, 256, "a text has no zeros");
    else if (memchr(line, '\r', n) != NULL)
        snprintf(why, 256, "there is a carriage return inside: end each line with a line feed");
    else
        return true;
    return false;
}

/* `text` may be written to: each line becomes a string. */
static bool take_text(struct cw_config *config, char *text, size_t n, const char *name,
                      char error[256])
{
    char why[256];
    char *end = text + n;
    struct keys keys = {.count = 0};
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* as some editors begin a file */
        text += 3;
    for (unsigned number = 1; text < end; number++) {
        char *line_end = memchr(text, '\n', (size_t)(end - text));
        if (line_end == NULL)
            line_end = end;
        if (!is_one_line(text, (size_t)(line_end - text), why) ||
            !take_line(config, &keys, number, trim(text, line_end), why)) {
            snprintf(error, 256, "%.80s, line %u: %.150s", name, number, why);
            return false;
        }
        text = line_end + 1;
    }
    return true;
}

bool cw_config_parse(struct cw_config *config, struct cw_slice text, const char *name,
                     char error[256])
{
    char *copy = cw_alloc(text.n + 1); /* the last line needs room for its zero, too */
    if (text.n != 0)
        memcpy(copy, text.p, text.n);
    bool good = take_text(config, copy, text.n, name, error);
    free(copy);
    return good;
}

bool cw_config_read(struct cw_config *config, const char *path, char error[256])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(error, 256, "cannot read the config file %.150s: %s", path, strerror(errno));
        return false;
    }
    char *bytes = cw_alloc(CW_CONFIG_FILE_MAX + 1);
    size_t n = fread(bytes, 1, CW_CONFIG_FILE_MAX + 1, file);
    bool good = ferror(file) == 0 && n <= CW_CONFIG_FILE_MAX;
    if (!good)
        snprintf(error, 256, "cannot read the config file %.150s: %s", path,
                 ferror(file) != 0 ? strerror(errno) : "it is longer than 64 KiB");
    fclose(file);
    good = good && cw_config_parse(config, cw_slice_of(bytes, n), path, error);
    free(bytes);
    return good;
}
