/* text.c - see text.h. */
#include "text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codes.h"
#include "wire/table.h"

static const char *const kinds[] = {[CW_REQUEST] = "request",
                                    [CW_RESPONSE] = "response",
                                    [CW_UPDATE] = "update",
                                    [CW_CLIENT_UPDATE] = "client_update"};

static const char *const field_names[] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = #member,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

/* ---- writing ---------------------------------------------------------------- */

static void put(struct cw_buf *out, const char *s)
{
    cw_buf_append(out, s, strlen(s));
}

static void put_number(struct cw_buf *out, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    put(out, digits);
}

static void put_unsigned(struct cw_buf *out, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    put(out, digits);
}

static void put_string(struct cw_buf *out, struct cw_slice s)
{
    cw_buf_append_byte(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        char escaped[5];
        const uint8_t byte = s.p[i];
        if (byte >= 0x20 && byte != 0x7f && byte != '"' && byte != '\\') {
            cw_buf_append_byte(out, byte);
            continue;
        }
        snprintf(escaped, sizeof escaped, "\\x%02x", byte);
        put(out, escaped);
    }
    cw_buf_append_byte(out, '"');
}

static void put_hex(struct cw_buf *out, struct cw_slice bytes)
{
    put(out, "<");
    for (size_t i = 0; i < bytes.n; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", bytes.p[i]);
        put(out, digits);
    }
    put(out, ">");
}

static void put_samples(struct cw_buf *out, struct cw_samples samples)
{
    if (samples.form != CW_SAMPLES_LIST) {
        put(out, samples.form == CW_SAMPLES_OGG ? "ogg" : "packet");
        put_hex(out, samples.payload);
        return;
    }
    int16_t *values = cw_alloc(sizeof *values * (samples.count + 1));
    cw_samples_decode(samples, values);
    put(out, "[");
    for (uint32_t i = 0; i < samples.count; i++) {
        if (i > 0)
            put(out, ",");
        put_number(out, values[i]);
    }
    put(out, "]");
    free(values);
}

static void put_features(struct cw_buf *out, uint64_t bits)
{
    uint64_t bit;
    const char *name;
    const char *comma = "";
    put(out, "[");
    for (size_t i = 0; (name = cw_feature_name(i, &bit)) != NULL; i++) {
        if ((bits & bit) == 0)
            continue;
        put(out, comma);
        put_string(out, cw_slice_str(name));
        comma = ",";
    }
    put(out, "]");
}

static void put_list(struct cw_buf *out, struct cw_list list);

static void put_member(struct cw_buf *out, const void *base, const struct cw_member *member)
{
    const void *value = (const char *)base + member->offset;
    put(out, "=");
    switch (member->type) {
    case CW_T_STRING:
        put_string(out, *(const struct cw_slice *)value);
        break;
    case CW_T_BYTES:
        put_hex(out, *(const struct cw_slice *)value);
        break;
    case CW_T_UNSIGNED:
        put_unsigned(out, *(const uint64_t *)value);
        break;
    case CW_T_SAMPLES:
        put_samples(out, *(const struct cw_samples *)value);
        break;
    case CW_T_FEATURES:
        put_features(out, *(const uint64_t *)value);
        break;
    case CW_T_LIST:
        put_list(out, *(const struct cw_list *)value);
        break;
    }
}

static void put_keys(struct cw_buf *out, const void *base, uint64_t present,
                     const struct cw_member members[], unsigned count)
{
    const char *blank = "";
    for (unsigned i = 0; i < count; i++) {
        if ((present >> i & 1) == 0)
            continue;
        put(out, blank);
        cw_buf_append(out, members[i].key.p, members[i].key.n);
        put_member(out, base, &members[i]);
        blank = " ";
    }
}

static void put_list(struct cw_buf *out, struct cw_list list)
{
    struct cw_entry entry;
    const char *comma = "";
    put(out, "[");
    while (cw_entry_next(&list, &entry)) {
        put(out, comma);
        put(out, "{");
        put_keys(out, &entry, entry.present, cw_entry_members, CW_E_COUNT);
        put(out, "}");
        comma = ",";
    }
    put(out, "]");
}

static void put_fields(struct cw_buf *out, const struct cw_msg *msg)
{
    const struct cw_message_row *row = cw_row_by_action(msg->kind, msg->action);
    if (row == NULL || msg->code != CW_SUCCESS)
        return;
    for (const enum cw_field *field = row->fields; *field != CW_F_NONE; field++) {
        put(out, " ");
        put(out, field_names[*field]);
        put_member(out, msg, &cw_field_members[*field]);
    }
}

static void put_extras(struct cw_buf *out, const struct cw_extras *extras)
{
    put(out, extras->present == 0 ? " |" : " | ");
    put_keys(out, extras, extras->present, cw_extra_members, CW_X_COUNT);
}

void text_of_msg(const struct cw_msg *msg, int code, struct cw_buf *out)
{
    if (code != CW_SUCCESS) {
        put(out, cw_code_name(code));
        put(out, " ");
    }
    put(out, kinds[msg->kind]);
    put(out, " ");
    put_string(out, msg->action_name);
    if (code != CW_SUCCESS)
        return;
    if (msg->kind == CW_RESPONSE) {
        put(out, " ");
        put_number(out, msg->code);
    }
    put_fields(out, msg);
    if (msg->extras.map_present)
        put_extras(out, &msg->extras);
}

/* ---- reading ---------------------------------------------------------------- */

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
static bool take_key(struct cursor *c, void *base, uint64_t *present,
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
        if (!take(c, field_names[*field]) || !take(c, "=") ||
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
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        c->msg->kind = (enum cw_kind)i;
        if (take(c, kinds[i]))
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
