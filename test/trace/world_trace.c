/* world_trace.c - see world_trace.h. */
#include "world_trace.h"

#include <stdarg.h>

#include "wire/msgpack.h"

void world_put(struct world *world, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (world->quiet)
        return;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cw_buf_append(&world->trace, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void world_put_dropped(struct world *world)
{
    world_put(world, "    %llu frames dropped\n",
              (unsigned long long)cw_core_stats(world->core).dropped_call_data);
}

void world_clear(struct world *world)
{
    world->trace.n = 0;
}

static void put_bytes(struct world *world, struct cw_slice s)
{
    world_put(world, "\"");
    for (size_t i = 0; i < s.n && i < 64; i++)
        world_put(world, s.p[i] < ' ' || s.p[i] == 0x7f ? "\\x%02x" : "%c", s.p[i]);
    world_put(world, s.n > 64 ? "...\" (%zu bytes)" : "\"", s.n);
}

static void put_objects(struct world *world, struct cw_unpack *in, uint64_t items, bool map)
{
    for (uint64_t i = 0; i < items && in->rest.n != 0; i++) {
        struct cw_samples samples;
        world_put(world, map && i % 2 == 1 ? ": " : i == 0 ? "" : map ? ", " : " ");
        if (!map && cw_samples_scan(in->rest, &samples)) {
            world_put(world, "[%u samples]", samples.count);
            in->rest.p += samples.encoded.n;
            in->rest.n -= samples.encoded.n;
            continue;
        }
        struct cw_object object = cw_unpack_next(in);
        if (object.type == CW_OBJECT_STRING) {
            put_bytes(world, object.bytes);
        } else if (object.type == CW_OBJECT_UNSIGNED) {
            world_put(world, "%llu", (unsigned long long)object.number);
        } else if (object.type == CW_OBJECT_EXT) {
            world_put(world, object.number == 1 ? "[ogg]" : "[packet]");
        } else if (object.type == CW_OBJECT_MAP) {
            world_put(world, "{");
            put_objects(world, in, object.number * 2, true);
            world_put(world, "}");
        } else if (object.type == CW_OBJECT_ARRAY) {
            world_put(world, "[");
            put_objects(world, in, object.number, false);
            world_put(world, "]");
        }
    }
}

struct world_conn *world_conn_of(struct world *world, cw_conn_id id)
{
    for (size_t i = 0; i < WORLD_CONNS; i++)
        if (world->conns[i].open && world->conns[i].id == id)
            return &world->conns[i];
    return NULL;
}

const char *world_conn_name(struct world *world, cw_conn_id id)
{
    const struct world_conn *conn = world_conn_of(world, id);
    return conn == NULL ? "?" : conn->name;
}

static void put_conns(struct world *world, const cw_conn_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        world_put(world, "%s%s", i == 0 ? "" : " ", world_conn_name(world, ids[i]));
}

void world_put_send(struct world *world, const struct cw_effect *effect, const cw_conn_id *ids,
                    size_t count, bool extended)
{
    struct cw_buf bytes = {0};
    if (world->quiet)
        return;
    cw_msg_encode(&effect->send.msg, extended, &bytes);
    world_put(world, "    send ");
    put_conns(world, ids, count);
    world_put(world, "%s%s%s: ", effect->send.envelope ? " (envelope)" : "",
              effect->send.live ? " (live)" : "",
              effect->type == CW_FX_LISTS ? " (as a list)" : "");
    struct cw_unpack in = {.rest = cw_buf_slice(&bytes), .objects_max = UINT32_MAX};
    put_objects(world, &in, UINT64_MAX, false);
    world_put(world, "\n");
    cw_buf_finish(&bytes);
}

static const char *const op_names[CW_STORE_OP_COUNT] = {
#define CW_STORE_OP(NAME, name, what) [CW_STORE_##NAME] = #name,
#include "store/ops.def"
#undef CW_STORE_OP
};

static const char *const status_names[] = {
    [CW_STORE_OK] = "ok",
    [CW_STORE_EXISTS] = "exists",
    [CW_STORE_NOT_FOUND] = "not found",
    [CW_STORE_MISMATCH] = "mismatch",
    [CW_STORE_FULL] = "full",
    [CW_STORE_GROUP_FULL] = "group full",
    [CW_STORE_BANNED] = "banned",
    [CW_STORE_NOT_MEMBER] = "not a member",
    [CW_STORE_FORBIDDEN] = "forbidden",
    [CW_STORE_CONFLICT] = "conflict",
    [CW_STORE_UNKNOWN] = "unknown",
    [CW_STORE_STRANGER] = "stranger",
    [CW_STORE_ANNOUNCED] = "announced",
    [CW_STORE_TOO_SOON] = "too soon",
    [CW_STORE_OVER_QUOTA] = "over quota",
    [CW_STORE_NO_FILE] = "no file",
    [CW_STORE_NO_CODE] = "no code",
    [CW_STORE_WRONG_CODE] = "wrong code",
    [CW_STORE_NO_ROOM] = "no room",
    [CW_STORE_UNAVAILABLE] = "unavailable",
    [CW_STORE_FAILED] = "failed",
};

static void put_number(struct world *world, const char *name, uint64_t value)
{
    if (value != 0)
        world_put(world, " %s %llu", name, (unsigned long long)value);
}

static void put_conversation(struct world *world, uint64_t conversation)
{
    if (conversation == 0)
        return;
    if (cw_mailbox_is_group(conversation))
        world_put(world, " in group %llu", (unsigned long long)conversation >> 1);
    else
        world_put(world, " in pair %llu %llu", (unsigned long long)conversation >> 32,
                  (unsigned long long)(conversation >> 1 & CW_USERS_MAX));
}

static void put_words(struct world *world, const char *before, struct cw_slice text)
{
    if (text.n != 0)
        world_put(world, " %s \"%.*s\"", before, (int)text.n, (const char *)text.p);
}

void world_put_push(struct world *world, const struct cw_effect *effect)
{
    world_put(world, "    push user %llu session %llu by %.*s%s",
              (unsigned long long)effect->push.user_id, (unsigned long long)effect->push.session_id,
              (int)effect->push.endpoint.n, (const char *)effect->push.endpoint.p,
              effect->push.urgent ? " urgent" : "");
    put_words(world, "from", effect->push.sender);
    put_words(world, "in", effect->push.group);
    put_words(world, "text", effect->push.text);
    world_put(world, "\n");
}

void world_put_store(struct world *world, const struct cw_store_request *request)
{
    world_put(world, "    store %s", op_names[request->op]);
    if (request->user_id != 0)
        world_put(world, " user %llu", (unsigned long long)request->user_id);
    if (request->other_id != 0)
        world_put(world, " other %llu", (unsigned long long)request->other_id);
    if (request->session_id != 0)
        world_put(world, " session %llu", (unsigned long long)request->session_id);
    if (request->mailbox != 0)
        world_put(world, " to %s %llu", cw_mailbox_is_group(request->mailbox) ? "group" : "user",
                  (unsigned long long)request->mailbox >> 1);
    if (request->op == CW_STORE_INBOX_READ || request->op == CW_STORE_SESSION_SAVE ||
        request->op == CW_STORE_SESSION_CREATE)
        world_put(world, " cursor %llu", (unsigned long long)request->cursor);
    if (request->group_id != 0)
        world_put(world, " group %llu", (unsigned long long)request->group_id);
    if (request->key.n != 0) {
        world_put(world, " key ");
        put_bytes(world, request->key);
    }
    if (request->extended)
        world_put(world, " extended");
    if (request->code.n != 0) {
        world_put(world, " code ");
        put_bytes(world, request->code);
    }
    put_number(world, "device", request->device_id);
    put_conversation(world, request->conversation);
    put_number(world, "seq", request->seq);
    put_number(world, "part", request->part);
    put_number(world, "to", request->notice_id);
    put_number(world, "invitation", request->invitation_id);
    put_number(world, "hook", request->hook_id);
    put_number(world, "n", request->n);
    if (request->refusal != CW_STORE_OK)
        world_put(world, " else %s", status_names[request->refusal]);
    put_number(world, "reply_to", request->reply_to);
    put_number(world, "before", request->before);
    put_number(world, "limit", request->limit);
    put_number(world, "file", request->file_id);
    put_number(world, "generation", request->generation);
    put_number(world, "offset", request->offset);
    put_number(world, "size", request->size);
    put_number(world, "ms", request->duration_ms);
    if ((request->op == CW_STORE_INBOX_READ || request->op == CW_STORE_VOICE_READ) &&
        !request->lists)
        world_put(world, " (opus)");
    world_put(world, "\n");
}

void world_put_result(struct world *world, const struct cw_store_result *result)
{
    if (result->status != CW_STORE_OK)
        world_put(world, "    (%s: %s)\n", op_names[result->op], status_names[result->status]);
}
