/* text_read.c - messages and bytes of text: see text.h. */
#include <ctype.h>
#include <stdlib.h>

#include "base/codes.h"
#include "text.h"
#include "text_names.h"
#include "wire/table.h"

struct cursor {
    const char *p;
    struct cw_arena *arena;
    struct cw_msg *msg;
};

static void skip_blanks(struct cursor *c)
{
    while (*c->p == ' ')
        c->p++;
}

static bool take(struct cursor *c, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two hex digits; -1 when they are none. */
static int hex_byte(const char *p)
{
    const int high = hex_digit(p[0]);
    const int low = high < 0 ? -1 : hex_digit(p[1]);
    return low < 0 ? -1 : high << 4 | low;
}

/* A quoted string; its bytes are appended. */
static bool take_quoted(const char **p, struct cw_buf *out)
{
    if (*(*p)++ != '"')
        return false;
    for (; **p != '"'; (*p)++) {
        if (**p == '\0')
            return false;
        int byte = (uint8_t) * *p;
        if (byte == '\\') {
            if ((*p)[1] != 'x' || (byte = hex_byte(*p + 2)) < 0)
                return false;
            *p += 3;
        }
        cw_buf_append_byte(out, (uint8_t)byte);
    }
    (*p)++;
    return true;
}

static bool take_string(struct cursor *c, struct cw_slice *s)
{
    struct cw_buf bytes = {0};
    const bool good = take_quoted(&c->p, &bytes);
    *s = cw_arena_copy(c->arena, cw_buf_slice(&bytes));
    cw_buf_finish(&bytes);
    return good;
}

static bool take_unsigned(struct cursor *c, uint64_t *number)
{
    char *end;
    if (!isdigit((unsigned char)*c->p))
        return false;
    *number = strtoull(c->p, &end, 10);
    c->p = end;
    return true;
}

static bool take_hex(struct cursor *c, struct cw_buf *bytes)
{
    for (; isxdigit((unsigned char)c->p[0]) && isxdigit((unsigned char)c->p[1]); c->p += 2)
        cw_buf_append_byte(bytes, (uint8_t)(hex_digit(c->p[0]) << 4 | hex_digit(c->p[1])));
    return take(c, ">");
}

static bool take_bytes(struct cursor *c, struct cw_slice *s)
{
    struct cw_buf bytes = {0};
    const bool good = take(c, "<") && take_hex(c, &bytes);
    *s = cw_arena_copy(c->arena, cw_buf_slice(&bytes));
    cw_buf_finish(&bytes);
    return good;
}

static bool take_ext(struct cursor *c, enum cw_samples_form form, struct cw_samples *samples)
{
    struct cw_buf payload = {0};
    struct cw_buf encoded = {0};
    const bool good = take_hex(c, &payload);
    cw_samples_encode_ext(form, cw_buf_slice(&payload), &encoded);
    samples->form = form;
    samples->payload = cw_arena_copy(c->arena, cw_buf_slice(&payload));
    samples->encoded = cw_arena_copy(c->arena, cw_buf_slice(&encoded));
    cw_buf_finish(&payload);
    cw_buf_finish(&encoded);
    return good;
}

static bool take_samples(struct cursor *c, struct cw_samples *samples)
{
    if (take(c, "ogg<"))
        return take_ext(c, CW_SAMPLES_OGG, samples);
    if (take(c, "packet<"))
        return take_ext(c, CW_SAMPLES_PACKET, samples);
    struct cw_buf values = {0}; /* of int16_t */
    struct cw_buf encoded = {0};
    if (!take(c, "["))
        return false;
    while (!take(c, "]")) {
        char *end;
        const int16_t value = (int16_t)strtol(c->p, &end, 10);
        if (end == c->p)
            break;
        cw_buf_append(&values, &value, sizeof value);
        c->p = end;
        take(c, ",");
    }
    samples->count = (uint32_t)(values.n / sizeof(int16_t));
    cw_samples_encode((const int16_t *)(const void *)values.p, samples->count, &encoded);
    samples->encoded = cw_arena_copy(c->arena, cw_buf_slice(&encoded));
    cw_buf_finish(&values);
    cw_buf_finish(&encoded);
    return c->p[-1] == ']';
}

static bool take_features(struct cursor *c, uint64_t *bits)
{
    struct cw_slice name;
    *bits = CW_FEATURE_NONE;
    if (!take(c, "["))
        return false;
    while (*c->p == '"' && take_string(c, &name)) {
        *bits |= cw_feature_bit(name);
        take(c, ",");
    }
    return take(c, "]");
}

static bool take_list(struct cursor *c, struct cw_list *list);

static bool take_member(struct cursor *c, void *base, const struct cw_member *member)
{
    void *value = (char *)base + member->offset;
    switch (member->type) {
    case CW_T_STRING:
        return take_string(c, value);
    case CW_T_BYTES:
        return take_bytes(c, value);
    case CW_T_UNSIGNED:
        return take_unsigned(c, value);
    case CW_T_SAMPLES:
        return take_samples(c, value);
    case CW_T_FEATURES:
        return take_features(c, value);
    case CW_T_LIST:
        return take_list(c, value);
    }
    return false;
}

/* One key of `members` and its value; its bit in *present. */
static bool take_key(struct cursor *c, void *base, cw_keys *present,
                     const struct cw_member members[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct cw_slice key = members[i].key;
        if (strncmp(c->p, (const char *)key.p, key.n) != 0 || c->p[key.n] != '=')
            continue;
        c->p += key.n + 1;
        *present |= CW_BIT(i);
        return take_member(c, base, &members[i]);
    }
    return false;
}

#define LIST_MAX 16

static bool take_list(struct cursor *c, struct cw_list *list)
{
    struct cw_entry *entries = cw_arena_alloc(c->arena, LIST_MAX * sizeof *entries);
    *list = (struct cw_list){.items = entries};
    if (!take(c, "["))
        return false;
    while (take(c, "{") && list->count < LIST_MAX) {
        struct cw_entry *entry = &entries[list->count++];
        *entry = (struct cw_entry){0};
        for (skip_blanks(c); !take(c, "}"); skip_blanks(c))
            if (!take_key(c, entry, &entry->present, cw_entry_members, CW_E_COUNT))
                return false;
        take(c, ",");
    }
    return take(c, "]");
}

static bool take_fields(struct cursor *c)
{
    const struct cw_message_row *row = cw_row_by_action(c->msg->kind, c->msg->action);
    if (row == NULL || c->msg->code != CW_SUCCESS)
        return true;
    for (const enum cw_field *field = row->fields; *field != CW_F_NONE; field++) {
        skip_blanks(c);
        if (!take(c, text_fields[*field]) || !take(c, "=") ||
            !take_member(c, c->msg, &cw_field_members[*field]))
            return false;
    }
    return true;
}

static bool take_extras(struct cursor *c)
{
    skip_blanks(c);
    if (!take(c, "|"))
        return true;
    c->msg->extras.map_present = true;
    for (skip_blanks(c); *c->p != '\0'; skip_blanks(c))
        if (!take_key(c, &c->msg->extras, &c->msg->extras.present, cw_extra_members, CW_X_COUNT))
            return false;
    return true;
}

static bool take_kind(struct cursor *c)
{
    for (size_t i = 0; i <= CW_CLIENT_UPDATE; i++) {
        c->msg->kind = (enum cw_kind)i;
        if (take(c, text_kinds[i]))
            return true;
    }
    return false;
}

static bool take_head(struct cursor *c)
{
    uint64_t code = CW_SUCCESS;
    if (!take_kind(c))
        return false;
    skip_blanks(c);
    if (!take_string(c, &c->msg->action_name))
        return false;
    skip_blanks(c);
    if (c->msg->kind == CW_RESPONSE && !take_unsigned(c, &code))
        return false;
    c->msg->code = (int)code;
    for (int action = CW_ACTION_UNKNOWN + 1; action < CW_ACTION_COUNT; action++)
        if (cw_slice_eq(cw_slice_str(cw_action_name((enum cw_action)action)), c->msg->action_name))
            c->msg->action = (enum cw_action)action;
    return true;
}

bool msg_of_text(const char *line, struct cw_arena *arena, struct cw_msg *msg)
{
    struct cursor c = {line, arena, msg};
    *msg = (struct cw_msg){.kind = CW_REQUEST};
    if (!take_head(&c) || !take_fields(&c) || !take_extras(&c))
        return false;
    skip_blanks(&c);
    return *c.p == '\0';
}

/* ---- bytes ------------------------------------------------------------------- */

/* One pair of digits or quoted text. */
static bool take_item(const char **p, struct cw_buf *out)
{
    if (**p == '"')
        return take_quoted(p, out);
    const int byte = hex_byte(*p);
    if (byte < 0)
        return false;
    cw_buf_append_byte(out, (uint8_t)byte);
    *p += 2;
    return true;
}

/* *N after an item: the last n bytes stand there N times. */
static void repeat(const char **p, size_t n, struct cw_buf *out)
{
    char *end;
    if (**p != '*')
        return;
    const unsigned long times = strtoul(*p + 1, &end, 10);
    *p = end;
    cw_buf_reserve(out, n * times);
    const size_t start = out->n - n;
    out->n = start;
    for (unsigned long i = 0; i < times; i++, out->n += n)
        memmove(out->p + out->n, out->p + start, n);
}

bool bytes_of_text(const char *text, struct cw_buf *out)
{
    for (const char *p = text; *p != '\0';) {
        if (*p == '#') {
            p += strcspn(p, "\n");
        } else if (isspace((unsigned char)*p)) {
            p++;
        } else {
            const size_t before = out->n;
            if (!take_item(&p, out))
                return false;
            repeat(&p, out->n - before, out);
        }
    }
    return true;
}
