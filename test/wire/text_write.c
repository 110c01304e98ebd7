/* text_write.c - text of messages: see text.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codes.h"
#include "text.h"
#include "text_names.h"
#include "wire/table.h"

const char *const text_kinds[] = {[CW_REQUEST] = "request",
                                  [CW_RESPONSE] = "response",
                                  [CW_UPDATE] = "update",
                                  [CW_CLIENT_UPDATE] = "client_update"};

const char *const text_fields[] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = #member,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

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

static void put_keys(struct cw_buf *out, const void *base, cw_keys present,
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
        put(out, text_fields[*field]);
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
    put(out, text_kinds[msg->kind]);
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
