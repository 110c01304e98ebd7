/* decode.c - a frame becomes a struct cw_msg, by walking the message's row.
 *
 * The frame is walked to its end even when its beginning is wrong: a frame that is not MessagePack
 * is answered without its action (msg.h). The core decides whether a name exists, a token is right
 * and a user may do this. */
#include <assert.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "wire/msgpack.h"
#include "wire/samples.h"
#include "wire/table.h"

struct decoder {
    struct cw_unpack in;
    struct cw_msg *msg;
    const struct cw_message_row *row; /* NULL: the message has no fields */
    struct cw_fault fault;            /* as in struct cw_msg */
    enum cw_reader reader;
};

/* MessagePack, but not the fields of the message: the first fault is reported. */
static bool note_fault(struct decoder *d, struct cw_fault fault)
{
    assert(fault.rule != CW_RULE_NONE);
    if (d->fault.rule == CW_RULE_NONE)
        d->fault = fault;
    return false;
}

static void note_map_fault(struct decoder *d, enum cw_rule rule, uint64_t limit, const char *field)
{
    note_fault(d,
               (struct cw_fault){
                   .rule = (uint8_t)rule, .place = CW_RULE_IN_MAP, .limit = limit, .field = field});
}

static void *decoded_member(void *base, const struct cw_member *member)
{
    return (char *)base + member->offset;
}

/* A string of the protocol: str or bin, in UTF-8. */
static bool is_text(struct cw_object object)
{
    return object.type == CW_OBJECT_STRING && cw_utf8_valid(object.bytes);
}

/* ---- the head ------------------------------------------------------------ */

/* Takes the action from the object after "request", "response" or "update". */
static bool read_action_name(struct decoder *d, struct cw_object name)
{
    if (!is_text(name) || name.bytes.n == 0 || name.bytes.n > CW_ACTION_MAX)
        return false;
    d->msg->action_name = name.bytes;
    return true;
}

static bool find_row(struct decoder *d, enum cw_kind kind)
{
    d->msg->kind = kind;
    d->row = cw_row_by_name(kind, d->msg->action_name);
    if (d->row != NULL)
        d->msg->action = d->row->action;
    return true;
}

static bool read_named(struct decoder *d, enum cw_kind kind)
{
    d->msg->kind = kind;
    return read_action_name(d, cw_unpack_next(&d->in)) && find_row(d, kind);
}

/* A response may have the action of any request; only responses with fields have a row of their
 * own. The empty action answers a frame from which no action could be read. */
static bool read_response_head(struct decoder *d)
{
    d->msg->kind = CW_RESPONSE;
    struct cw_object name = cw_unpack_next(&d->in);
    const bool empty = name.type == CW_OBJECT_STRING && name.bytes.n == 0;
    if (!empty && !read_action_name(d, name))
        return false;
    struct cw_object code = cw_unpack_next(&d->in);
    if (code.type != CW_OBJECT_UNSIGNED || code.number > INT16_MAX)
        return false;
    d->msg->code = (int)code.number;
    const struct cw_message_row *asked = cw_row_by_name(CW_REQUEST, d->msg->action_name);
    if (asked != NULL)
        d->msg->action = asked->action;
    if (d->msg->code == CW_SUCCESS)
        d->row = cw_row_by_action(CW_RESPONSE, d->msg->action);
    return true;
}

/* Reads everything up to the fields. False: it is no message for this reader. */
static bool read_head(struct decoder *d, enum cw_reader reader)
{
    struct cw_object first = cw_unpack_next(&d->in);
    if (first.type != CW_OBJECT_STRING)
        return false;
    const bool server = reader == CW_READER_SERVER;
    if (cw_slice_eq(first.bytes, cw_slice_str("update")))
        return read_named(d, server ? CW_CLIENT_UPDATE : CW_UPDATE);
    if (cw_slice_eq(first.bytes, cw_slice_str("response")))
        return !server && read_response_head(d);
    if (!server)
        return false;
    if (cw_slice_eq(first.bytes, cw_slice_str("request")))
        return read_named(d, CW_REQUEST);
    return read_action_name(d, first) && find_row(d, CW_REQUEST);
}

/* ---- the fields ---------------------------------------------------------- */

/* Skips an object that is no PCM array, or one with other elements. Scalars have the fast path
 * here, too, so that a client that sends an array of floats is told which request was wrong. */
static void skip_wrong_samples(struct cw_unpack *in)
{
    struct cw_samples_walk walk;
    if (!cw_samples_walk(in->rest, &walk)) {
        cw_unpack_skip(in, 1, 0);
        return;
    }
    in->rest = cw_slice_of(in->rest.p + walk.walked, in->rest.n - walk.walked);
    cw_unpack_skip(in, walk.left, 1);
}

/* MessagePack's types of the two forms: docs/protocol.md, "Opus". */
enum { EXT_OGG = 1, EXT_PACKET = 2 };

static bool read_ext(struct decoder *d, struct cw_samples *samples)
{
    const uint8_t *begin = d->in.rest.p;
    struct cw_object object = cw_unpack_next(&d->in);
    if (object.type != CW_OBJECT_EXT || (object.number != EXT_OGG && object.number != EXT_PACKET)) {
        cw_unpack_skip_inside(&d->in, object, 0);
        return false;
    }
    samples->encoded = cw_slice_of(begin, (size_t)(d->in.rest.p - begin));
    samples->payload = object.bytes;
    samples->form = object.number == EXT_OGG ? CW_SAMPLES_OGG : CW_SAMPLES_PACKET;
    return true;
}

static bool read_samples(struct decoder *d, struct cw_samples *samples)
{
    if (cw_head_is_ext(d->in.rest.p[0]))
        return read_ext(d, samples);
    if (!cw_samples_scan(d->in.rest, samples)) {
        skip_wrong_samples(&d->in);
        return false;
    }
    const size_t n = samples->encoded.n;
    d->in.rest = cw_slice_of(d->in.rest.p + n, d->in.rest.n - n);
    return true;
}

/* Reads an object of the given type into *value. An object of another type is skipped with all that
 * is in it; `depth` is its nesting depth. */
static bool read_value(struct decoder *d, enum cw_member_type type, void *value, unsigned depth)
{
    struct cw_object object = cw_unpack_next(&d->in);
    if (type == CW_T_STRING && is_text(object)) {
        *(struct cw_slice *)value = object.bytes;
        return true;
    }
    if (type == CW_T_BYTES && object.type == CW_OBJECT_STRING) {
        *(struct cw_slice *)value = object.bytes;
        return true;
    }
    if (type == CW_T_UNSIGNED && object.type == CW_OBJECT_UNSIGNED) {
        *(uint64_t *)value = object.number;
        return true;
    }
    cw_unpack_skip_inside(&d->in, object, depth);
    return false;
}

/* A voice message may be a file, live audio a packet, and `p` is nothing else. */
static bool samples_in_range(const struct cw_msg *msg)
{
    const uint64_t channels = msg->channels > 0 ? msg->channels : 1; /* call_data is mono */
    const struct cw_samples *samples = &msg->samples;
    switch (samples->form) {
    case CW_SAMPLES_OGG:
        return !cw_is_live_audio(msg) && msg->sample_rate == 48000 && samples->payload.n > 0;
    case CW_SAMPLES_PACKET:
        return cw_is_live_audio(msg) && samples->payload.n > CW_CALL_PACKET_HEADER &&
               samples->payload.n <= CW_CALL_PACKET_MAX;
    case CW_SAMPLES_LIST: /* an empty one comes from a server whose disk has lost the recording */
        return msg->action != CW_PACKET &&
               (samples->count > 0 || (msg->kind != CW_REQUEST && msg->action != CW_CALL_DATA)) &&
               samples->count % channels == 0;
    }
    return false;
}

/* Checks the limits of a field that are part of its shape; cw_field_beyond has a phrase for each.
 */
static bool in_range(const struct cw_msg *msg, enum cw_field field)
{
    switch (field) {
    case CW_F_PASSWORD:
        return msg->password.n >= CW_PASSWORD_MIN && msg->password.n <= CW_PASSWORD_MAX;
    case CW_F_NEW_PASSWORD:
        return msg->new_password.n >= CW_PASSWORD_MIN && msg->new_password.n <= CW_PASSWORD_MAX;
    case CW_F_CHANNELS:
        return msg->channels >= 1 && msg->channels <= CW_VOICE_CHANNELS_MAX;
    case CW_F_SAMPLE_RATE:
        return msg->sample_rate >= CW_VOICE_RATE_MIN && msg->sample_rate <= CW_VOICE_RATE_MAX;
    case CW_F_SAMPLES:
        return samples_in_range(msg);
    default: /* most fields have none */
        return true;
    }
}

/* A map in the place of a field is the one that trails: the field is missing. */
static bool read_field(struct decoder *d, enum cw_field field)
{
    const struct cw_member *member = &cw_field_members[field];
    void *value = decoded_member(d->msg, member);
    if (d->in.rest.n == 0 || cw_head_is_map(d->in.rest.p[0]))
        return note_fault(d, cw_field_missing(field));
    const bool read = member->type == CW_T_SAMPLES ? read_samples(d, value)
                                                   : read_value(d, member->type, value, 0);
    if (!read)
        return note_fault(d, cw_field_mistyped(field));
    return in_range(d->msg, field) || note_fault(d, cw_field_beyond(field));
}

static void read_fields(struct decoder *d)
{
    if (d->row == NULL)
        return;
    const enum cw_field *field = d->row->fields;
    while (*field != CW_F_NONE && read_field(d, *field))
        field++;
}

/* ---- the trailing map ------------------------------------------------------ */

/* Reads an array of names and ignores unknown ones. */
static bool read_features(struct decoder *d, uint64_t *bits, unsigned depth)
{
    struct cw_object list = cw_unpack_next(&d->in);
    if (list.type != CW_OBJECT_ARRAY) {
        cw_unpack_skip_inside(&d->in, list, depth);
        return false;
    }
    *bits = CW_FEATURE_NONE;
    bool good = true;
    for (uint64_t i = 0; i < list.number && !d->in.failed; i++) {
        struct cw_slice name = {NULL, 0};
        if (read_value(d, CW_T_STRING, &name, depth + 1))
            *bits |= cw_feature_bit(name);
        else
            good = false;
    }
    return good;
}

/* The index of a key among `count` members, or `count`. */
static unsigned find_key(struct cw_object key, const struct cw_member members[], unsigned count)
{
    unsigned i = 0;
    while (i < count && !cw_slice_eq(key.bytes, members[i].key))
        i++;
    return i;
}

static bool read_list(struct decoder *d, struct cw_list *list, unsigned depth);

/* The value of a key: in the trailing map, or in an entry. */
static bool read_member(struct decoder *d, enum cw_member_type type, void *value, unsigned depth)
{
    if (type == CW_T_FEATURES)
        return read_features(d, value, depth);
    return type == CW_T_LIST ? read_list(d, value, depth) : read_value(d, type, value, depth);
}

/* One key of an entry, which is at `depth`, with its value. */
static bool read_entry_pair(struct decoder *d, struct cw_entry *entry, unsigned depth)
{
    struct cw_object key = cw_unpack_next(&d->in);
    const unsigned index = is_text(key) ? find_key(key, cw_entry_members, CW_E_COUNT) : CW_E_COUNT;
    cw_unpack_skip_inside(&d->in, key, depth + 1);
    if (index == CW_E_COUNT) {
        cw_unpack_skip(&d->in, 1, depth + 1);
        return true;
    }
    const struct cw_member *member = &cw_entry_members[index];
    entry->present |= CW_BIT(index);
    return read_member(d, member->type, decoded_member(entry, member), depth + 1) ||
           note_fault(d, cw_entry_mistyped((enum cw_entry_index)index));
}

/* Entries can hold lists, so this calls itself; CW_MSGPACK_DEPTH_MAX is the deepest. */
static bool read_entry(struct decoder *d, struct cw_entry *entry, unsigned depth)
{
    struct cw_object map = cw_unpack_next(&d->in);
    *entry = (struct cw_entry){0};
    if (depth == CW_MSGPACK_DEPTH_MAX) {
        d->in.failed = true;
        return false;
    }
    if (map.type != CW_OBJECT_MAP) {
        cw_unpack_skip_inside(&d->in, map, depth);
        return false;
    }
    bool good = true;
    for (uint64_t i = 0; i < map.number && !d->in.failed; i++)
        good &= read_entry_pair(d, entry, depth);
    return good;
}

/* Checks that the entries are well-formed; cw_entry_next reads them one by one later. Nothing is
 * copied: a list is the bytes that it came in. */
static bool read_list(struct decoder *d, struct cw_list *list, unsigned depth)
{
    struct cw_object array = cw_unpack_next(&d->in);
    struct cw_entry entry;
    if (array.type != CW_OBJECT_ARRAY) {
        cw_unpack_skip_inside(&d->in, array, depth);
        return false;
    }
    const uint8_t *begin = d->in.rest.p;
    bool good = true;
    for (uint64_t i = 0; i < array.number && !d->in.failed; i++)
        good &= read_entry(d, &entry, depth + 1);
    *list = (struct cw_list){.count = (uint32_t)array.number,
                             .encoded = cw_slice_of(begin, (size_t)(d->in.rest.p - begin))};
    return good;
}

/* Depths: the map that trails has its values at 1, so the entries of its list are at 2. */
bool cw_entry_next(struct cw_list *list, struct cw_entry *entry)
{
    struct decoder d = {.in = {.rest = list->encoded, .objects_max = UINT32_MAX}};
    if (list->count == 0)
        return false;
    list->count--;
    read_entry(&d, entry, 2);
    list->encoded = d.in.rest;
    return true;
}

static void read_extra(struct decoder *d, enum cw_extra_index index)
{
    struct cw_extras *extras = &d->msg->extras;
    const struct cw_member *member = &cw_extra_members[index];
    void *value = decoded_member(extras, member);
    const bool read = read_member(d, member->type, value, 1);
    extras->present |= CW_BIT(index);
    if (!read)
        note_fault(d, cw_extra_mistyped(index));
    else if (index == CW_X_CLIENT && extras->client.n > CW_CLIENT_NAME_MAX)
        note_map_fault(d, CW_RULE_LENGTH_MAX, CW_CLIENT_NAME_MAX, "client");
}

/* One key with its value. */
static void read_pair(struct decoder *d)
{
    struct cw_object key = cw_unpack_next(&d->in);
    const unsigned index = is_text(key) ? find_key(key, cw_extra_members, CW_X_COUNT) : CW_X_COUNT;
    const bool from_server = index == CW_X_COUNT || cw_extra_members[index].type != CW_T_LIST ||
                             d->reader == CW_READER_CLIENT;
    if (index != CW_X_COUNT && from_server) {
        read_extra(d, (enum cw_extra_index)index);
        return;
    }
    cw_unpack_skip_inside(&d->in, key, 1);
    cw_unpack_skip(&d->in, 1, 1);
    if (!is_text(key))
        note_map_fault(d, CW_RULE_KEY_IS_TEXT, 0, NULL);
}

static void read_map(struct decoder *d, uint64_t keys)
{
    d->msg->extras.map_present = true;
    if (keys > CW_MSGPACK_MAP_KEYS_MAX) {
        note_map_fault(d, CW_RULE_KEYS_MAX, CW_MSGPACK_MAP_KEYS_MAX, NULL);
        cw_unpack_skip(&d->in, 2 * keys, 1);
        return;
    }
    for (uint64_t i = 0; i < keys && !d->in.failed; i++)
        read_pair(d);
}

/* Reads what comes after the positional fields, to the end of the frame. */
static void read_trailing(struct decoder *d)
{
    while (d->in.rest.n > 0 && !d->in.failed) {
        struct cw_object object = cw_unpack_next(&d->in);
        if (object.type == CW_OBJECT_MAP && !d->msg->extras.map_present)
            read_map(d, object.number);
        else
            cw_unpack_skip_inside(&d->in, object, 0);
    }
}

/* ---- the whole ------------------------------------------------------------- */

static uint32_t frame_max(const struct cw_msg *msg)
{
    switch (msg->action) {
    case CW_VOICE_MSG:
        return CW_VOICE_MESSAGE_MAX;
    case CW_CALL_DATA:
    case CW_PACKET:
        return CW_CALL_DATA_MAX;
    default:
        return CW_MESSAGE_MAX;
    }
}

/* Only the kind of a malformed frame is kept. */
static int malformed(struct cw_msg *msg)
{
    *msg = (struct cw_msg){.kind = msg->kind, .fault.rule = CW_RULE_MALFORMED};
    return CW_BAD_REQUEST;
}

/* The code of a failed response says all: its action may be unknown. */
static bool is_unknown(const struct cw_msg *msg)
{
    return msg->action == CW_ACTION_UNKNOWN && msg->code == CW_SUCCESS;
}

int cw_msg_decode(enum cw_reader reader, struct cw_slice frame, struct cw_msg *msg)
{
    *msg = (struct cw_msg){.kind = CW_REQUEST};
    struct decoder d = {
        .in = {.rest = frame, .objects_max = CW_MSGPACK_OBJECTS_MAX}, .msg = msg, .reader = reader};
    if (reader == CW_READER_CLIENT)
        d.in.objects_max = CW_MSGPACK_LIST_OBJECTS_MAX;
    if (!read_head(&d, reader))
        return malformed(msg);
    /* Before the walk, which would waste time on such a frame. The transport limits the frames that
     * a client receives. */
    if (reader == CW_READER_SERVER && frame.n > frame_max(msg)) {
        msg->fault = (struct cw_fault){.rule = CW_RULE_MESSAGE_SIZE, .limit = frame_max(msg)};
        return CW_TOO_LARGE;
    }
    read_fields(&d);
    read_trailing(&d);
    msg->fault = d.fault;
    if (d.in.failed)
        return malformed(msg);
    if (is_unknown(msg))
        return CW_UNKNOWN_ACTION;
    if (msg->fault.rule != CW_RULE_NONE)
        return CW_BAD_REQUEST;
    msg->fault = cw_fault_of_size(msg);
    return cw_rule_code(msg->fault.rule);
}

int cw_msg_decode_head(struct cw_slice head, struct cw_msg *msg)
{
    *msg = (struct cw_msg){.kind = CW_REQUEST};
    struct decoder d = {.in = {.rest = head, .objects_max = CW_MSGPACK_OBJECTS_MAX},
                        .msg = msg,
                        .reader = CW_READER_SERVER};
    if (!read_head(&d, CW_READER_SERVER))
        return malformed(msg);
    if (is_unknown(msg))
        return CW_UNKNOWN_ACTION;
    if (msg->kind != CW_REQUEST || d.row->fields[0] != CW_F_USERNAME ||
        d.row->fields[1] != CW_F_TOKEN)
        return CW_TOO_LARGE;
    struct cw_object name = cw_unpack_next(&d.in), token = cw_unpack_next(&d.in);
    if (d.in.failed || !is_text(name) || !is_text(token)) {
        msg->fault = cw_field_mistyped(is_text(name) ? CW_F_TOKEN : CW_F_USERNAME);
        return CW_BAD_REQUEST;
    }
    msg->username = name.bytes;
    msg->token = token.bytes;
    return CW_SUCCESS;
}
