/* encode.c - a struct cw_msg becomes bytes, by walking the message's row.
 *
 * A message is encoded once for each variant (plain, extended), never for each
 * recipient; see msg.h. */
#include "wire/msgpack.h"
#include "wire/table.h"

static const void *encoded_member(const void *base, const struct cw_member *member)
{
    return (const char *)base + member->offset;
}

static void write_text(struct cw_buf *out, const char *text)
{
    cw_pack_string(out, cw_slice_str(text));
}

static void write_head(const struct cw_msg *msg, struct cw_buf *out)
{
    static const char *const heads[] = {[CW_REQUEST] = "request",
                                        [CW_RESPONSE] = "response",
                                        [CW_UPDATE] = "update",
                                        [CW_CLIENT_UPDATE] = "update"};
    write_text(out, heads[msg->kind]);
    if (msg->action == CW_ACTION_UNKNOWN)
        cw_pack_string(out, msg->action_name);
    else
        write_text(out, cw_action_name(msg->action));
    if (msg->kind == CW_RESPONSE)
        cw_pack_unsigned(out, (uint64_t)msg->code);
}

static void write_features(uint64_t bits, struct cw_buf *out)
{
    uint64_t bit;
    const char *name;
    uint32_t count = 0;
    for (size_t i = 0; cw_feature_name(i, &bit) != NULL; i++)
        count += (bits & bit) != 0;
    cw_pack_array(out, count);
    for (size_t i = 0; (name = cw_feature_name(i, &bit)) != NULL; i++)
        if ((bits & bit) != 0)
            write_text(out, name);
}

static void write_list(const struct cw_list *list, struct cw_buf *out);

static void write_value(enum cw_member_type type, const void *value, struct cw_buf *out)
{
    switch (type) {
    case CW_T_STRING:
        cw_pack_string(out, *(const struct cw_slice *)value);
        break;
    case CW_T_BYTES:
        cw_pack_bytes(out, *(const struct cw_slice *)value);
        break;
    case CW_T_UNSIGNED:
        cw_pack_unsigned(out, *(const uint64_t *)value);
        break;
    case CW_T_SAMPLES: {
        struct cw_slice encoded = ((const struct cw_samples *)value)->encoded;
        cw_buf_append(out, encoded.p, encoded.n);
        break;
    }
    case CW_T_FEATURES:
        write_features(*(const uint64_t *)value, out);
        break;
    case CW_T_LIST:
        write_list(value, out);
        break;
    }
}

static void write_fields(const struct cw_msg *msg, struct cw_buf *out)
{
    if (msg->kind == CW_RESPONSE && msg->code != CW_SUCCESS)
        return;
    const struct cw_message_row *row = cw_row_by_action(msg->kind, msg->action);
    if (row == NULL)
        return;
    for (const enum cw_field *field = row->fields; *field != CW_F_NONE; field++) {
        const struct cw_member *member = &cw_field_members[*field];
        write_value(member->type, encoded_member(msg, member), out);
    }
}

/* The keys of the trailing map, or of an entry, that have a value. */
static void write_map(const void *base, cw_keys present, const struct cw_member members[],
                      struct cw_buf *out)
{
    uint32_t count = 0;
    for (cw_keys left = present; left != 0; left &= left - 1)
        count++;
    cw_pack_map(out, count);
    for (cw_keys left = present; left != 0; left &= left - 1) {
        const struct cw_member *member = &members[cw_keys_first(left)];
        cw_pack_string(out, member->key);
        write_value(member->type, encoded_member(base, member), out);
    }
}

/* A list that was decoded and not read is passed on as it came. */
static void write_list(const struct cw_list *list, struct cw_buf *out)
{
    cw_pack_array(out, list->count);
    if (list->items == NULL)
        cw_buf_append(out, list->encoded.p, list->encoded.n);
    for (uint32_t i = 0; list->items != NULL && i < list->count; i++)
        write_map(&list->items[i], list->items[i].present, cw_entry_members, out);
}

void cw_msg_encode(const struct cw_msg *msg, bool extended, struct cw_buf *out)
{
    write_head(msg, out);
    write_fields(msg, out);
    if (extended && msg->extras.map_present)
        write_map(&msg->extras, msg->extras.present, cw_extra_members, out);
}

void cw_samples_encode_ext(enum cw_samples_form form, struct cw_slice payload, struct cw_buf *out)
{
    cw_pack_ext(out, form == CW_SAMPLES_OGG ? 1 : 2, payload);
}
