/* control_text.c - see control_text.h. */
#include "server/control_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CELL_MAX  512
#define KEY_WIDTH 16

static int append_dump(const char *text, size_t n, void *out)
{
    cw_buf_append(out, text, n);
    return 0;
}

/* Times are numbers of milliseconds under these keys. */
static bool is_time(const char *key)
{
    static const char *const keys[] = {"time", "created", "expires", "until", "seen", "used"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static void put_time(char cell[CELL_MAX], json_int_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    if (ms == 0)
        snprintf(cell, CELL_MAX, "never");
    else if (gmtime_r(&seconds, &parts) != NULL)
        strftime(cell, CELL_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* Others have written it: what would move the cursor, or say something to the terminal, does not
 * reach it. */
static void make_harmless(char *text)
{
    for (char *p = text; *p != 0; p++) {
        unsigned char c = (unsigned char)*p;
        bool c1 = c == 0xc2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0;
        if (c1)
            *p++ = '?';
        if (c < 0x20 || c == 0x7f || c1)
            *p = '?';
    }
}

static void put_cell(char cell[CELL_MAX], const char *key, const json_t *value)
{
    cell[0] = 0;
    if (json_is_string(value))
        snprintf(cell, CELL_MAX, "%s", json_string_value(value));
    else if (json_is_integer(value) && is_time(key))
        put_time(cell, json_integer_value(value));
    else if (json_is_integer(value))
        snprintf(cell, CELL_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(cell, CELL_MAX, "%s", json_is_true(value) ? "yes" : "no");
    make_harmless(cell);
}

static void put_padded(struct cw_buf *out, const char *text, int width)
{
    char padded[CELL_MAX + 64];
    snprintf(padded, sizeof padded, "%-*s  ", width, text);
    cw_buf_append_str(out, padded);
}

/* The last one of a line. */
static void put_last(struct cw_buf *out, const char *text)
{
    cw_buf_append_str(out, text);
    cw_buf_append_byte(out, '\n');
}

struct column {
    char key[32], heading[32];
    int width;
};

static bool take_word(const char **text, char word[32])
{
    size_t n = strcspn(*text, "/: ");
    if (n == 0 || n >= 32)
        return false;
    memcpy(word, *text, n);
    word[n] = 0;
    *text += n;
    return true;
}

/* "name:20": a column and its width; "content/value:20": under another heading than its key. */
static bool next_column(const char **columns, struct column *column)
{
    if (!take_word(columns, column->key))
        return false;
    memcpy(column->heading, column->key, sizeof column->heading);
    if (**columns == '/') {
        ++*columns;
        take_word(columns, column->heading);
    }
    column->width = 0;
    if (**columns == ':')
        column->width = (int)strtol(*columns + 1, (char **)columns, 10);
    *columns += **columns == ' ';
    return true;
}

void cw_control_heading(struct cw_buf *out, const struct cw_control_command *command)
{
    struct column column;
    for (const char *columns = cw_control_rows[command->row].columns;
         next_column(&columns, &column);) {
        for (char *p = column.heading; *p != 0; p++)
            *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
        if (*columns != 0)
            put_padded(out, column.heading, column.width);
        else
            put_last(out, column.heading);
    }
}

static void put_row(struct cw_buf *out, const json_t *object, const char *columns)
{
    struct column column;
    char cell[CELL_MAX];
    while (next_column(&columns, &column)) {
        put_cell(cell, column.key, json_object_get(object, column.key));
        if (*columns != 0)
            put_padded(out, cell, column.width);
        else
            put_last(out, cell);
    }
}

static void put_keys(struct cw_buf *out, const json_t *object)
{
    const char *key;
    json_t *value;
    char cell[CELL_MAX];
    json_object_foreach((json_t *)object, key, value)
    {
        put_padded(out, key, KEY_WIDTH);
        put_cell(cell, key, value);
        put_last(out, cell);
    }
}

void cw_control_text(struct cw_buf *out, const json_t *object,
                     const struct cw_control_command *command)
{
    const char *columns = cw_control_rows[command->row].columns;
    if (command->json) {
        json_dump_callback(object, append_dump, out, JSON_COMPACT);
        cw_buf_append_byte(out, '\n');
    } else if (columns[0] != 0) {
        put_row(out, object, columns);
    } else {
        put_keys(out, object);
    }
}
