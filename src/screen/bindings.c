/* bindings.c - see bindings.h. */
#include "screen/bindings.h"

#include <stdio.h>
#include <string.h>

#include "text/nearest.h"

static const struct binding_row {
    struct cw_key key;
    const char *action, *shown, *help;
} rows[] = {
#define KEY(kind, alt, c, action, shown, help)                                                     \
    {{CW_KEY_##kind, alt, c, false, false, 0, 0}, #action, shown, help},
#include "screen/keys.def"
#undef KEY
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static const struct {
    const char *name;
    enum cw_key_kind kind;
    int32_t c;
} named[] = {{"Enter", CW_KEY_ENTER, 0},
             {"Tab", CW_KEY_TAB, 0},
             {"Shift+Tab", CW_KEY_BACK_TAB, 0},
             {"Backspace", CW_KEY_BACKSPACE, 0},
             {"Delete", CW_KEY_DELETE, 0},
             {"Up", CW_KEY_UP, 0},
             {"Down", CW_KEY_DOWN, 0},
             {"Left", CW_KEY_LEFT, 0},
             {"Right", CW_KEY_RIGHT, 0},
             {"Home", CW_KEY_HOME, 0},
             {"End", CW_KEY_END, 0},
             {"PgUp", CW_KEY_PAGE_UP, 0},
             {"PgDn", CW_KEY_PAGE_DOWN, 0},
             {"Space", CW_KEY_CHARACTER, ' '}};
#define NAMED_COUNT (sizeof named / sizeof named[0])

/* --- names ---------------------------------------------------------------------------------- */

/* "F1" to "F12". */
static bool read_f(const char *name, struct cw_key *key)
{
    int number = 0;
    if (name[0] != 'F' || name[1] < '1' || name[1] > '9')
        return false;
    number = name[1] - '0';
    if (name[2] != 0)
        number = number * 10 + name[2] - '0';
    *key = (struct cw_key){.kind = CW_KEY_F, .alt = key->alt, .c = number};
    return number <= 12 && (name[2] == 0 || (name[2] >= '0' && name[2] <= '9' && name[3] == 0));
}

/* A letter with Ctrl; terminals send Ctrl+i as Tab, Ctrl+m as Enter. */
static bool read_control(const char *letter, struct cw_key *key)
{
    bool one = letter[0] >= 'a' && letter[0] <= 'z' && letter[1] == 0;
    *key = (struct cw_key){.kind = CW_KEY_CONTROL, .c = letter[0]};
    return one && letter[0] != 'i' && letter[0] != 'm';
}

bool cw_key_read(const char *name, struct cw_key *key)
{
    bool alt = strncmp(name, "Alt+", 4) == 0;
    *key = (struct cw_key){.kind = CW_KEY_NONE, .alt = alt};
    if (strncmp(name, "Ctrl+", 5) == 0)
        return read_control(name + 5, key);
    name += alt ? 4 : 0;
    for (size_t i = 0; i < NAMED_COUNT; i++)
        if (strcmp(named[i].name, name) == 0) {
            key->kind = named[i].kind;
            key->c = named[i].c;
            return alt || named[i].c == 0; /* a blank alone is text */
        }
    if (alt && name[0] > ' ' && name[0] < 0x7f && name[1] == 0) {
        *key = (struct cw_key){.kind = CW_KEY_CHARACTER, .alt = true, .c = name[0]};
        return true;
    }
    return read_f(name, key);
}

bool cw_action_read(const char *name, int *action)
{
    *action = CW_ACTION_NONE;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].action, name) == 0) {
            *action = (int)i;
            return true;
        }
    return strcmp(name, "nothing") == 0;
}

const char *cw_action_near(const char *name)
{
    struct cw_nearest nearest = cw_nearest_to(name);
    for (size_t i = 0; i < ROW_COUNT; i++)
        cw_nearest_try(&nearest, rows[i].action, strlen(rows[i].action));
    return nearest.found;
}

/* --- which ---------------------------------------------------------------------------------- */

static bool is_same_key(const struct cw_key *a, const struct cw_key *b)
{
    return a->kind == b->kind && a->alt == b->alt && a->c == b->c;
}

bool cw_bindings_set(struct cw_bindings *bindings, const struct cw_key *key, int action)
{
    size_t i = 0;
    while (i < bindings->count && !is_same_key(&bindings->own[i].key, key))
        i++;
    if (i == CW_BINDINGS_MAX)
        return false;
    bindings->own[i] = (struct cw_binding){*key, action};
    bindings->count += i == bindings->count;
    return true;
}

int cw_bindings_find(const struct cw_bindings *bindings, const struct cw_key *key, bool *own)
{
    *own = true;
    for (size_t i = 0; i < bindings->count; i++)
        if (is_same_key(&bindings->own[i].key, key))
            return bindings->own[i].action;
    *own = false;
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (is_same_key(&rows[i].key, key))
            return (int)i;
    return CW_ACTION_NONE;
}

/* --- the list ------------------------------------------------------------------------------- */

static void add_binding(struct cw_buf *out, const char *key, const char *help)
{
    char line[200];
    snprintf(line, sizeof line, "%s%-11s%s", out->n == 0 ? "" : "\n", key, help);
    cw_buf_append_str(out, line);
}

/* As cw_key_read takes it. */
static void write_key(const struct cw_key *key, char *name, size_t size)
{
    const char *alt = key->alt ? "Alt+" : "";
    snprintf(name, size, "%s%c", key->kind == CW_KEY_CONTROL ? "Ctrl+" : alt, (char)key->c);
    if (key->kind == CW_KEY_F)
        snprintf(name, size, "%sF%d", alt, (int)key->c);
    for (size_t i = 0; i < NAMED_COUNT; i++)
        if (named[i].kind == key->kind && named[i].c == key->c)
            snprintf(name, size, "%s%s", alt, named[i].name);
}

void cw_bindings_list(const struct cw_bindings *bindings, struct cw_buf *out)
{
    char name[40];
    for (size_t i = 0; i < bindings->count; i++) {
        const struct cw_binding *own = &bindings->own[i];
        write_key(&own->key, name, sizeof name);
        add_binding(out, name, own->action < 0 ? "does nothing" : rows[own->action].help);
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct cw_key key;
        bool own = false;
        if (!cw_key_read(rows[i].shown, &key))
            key = rows[i].key;
        cw_bindings_find(bindings, &key, &own);
        if (rows[i].shown[0] != 0 && !own)
            add_binding(out, rows[i].shown, rows[i].help);
    }
}
