/* msgpack.c - see msgpack.h. The only file that knows libmpack. */
#include "wire/msgpack.h"

#include <assert.h>
#include <mpack.h>

#include "base/limits.h"

/* The heads of nearly all objects of messages. */
#define FIXINT_MAX 0x7f
#define FIXSTR     0xa0 /* and the length */
#define FIXSTR_MAX 0x1f
#define STR_8      0xd9

/* Reads one token with a new tokenizer state: after the head of a string libmpack would give out
 * the content in chunks, but we take it ourselves. */
static bool read_token(struct cw_unpack *in, mpack_token_t *token)
{
    if (in->failed || in->rest.n == 0 || in->objects >= in->objects_max)
        return false;
    mpack_tokbuf_t state = MPACK_TOKBUF_INITIAL_VALUE;
    const char *p = (const char *)in->rest.p;
    size_t n = in->rest.n;
    if (mpack_read(&state, &p, &n, token) != MPACK_OK)
        return false;
    in->rest = cw_slice_of(p, n);
    in->objects++;
    return true;
}

static struct cw_object fail(struct cw_unpack *in)
{
    in->failed = true;
    return (struct cw_object){.type = CW_OBJECT_OTHER};
}

/* The content of a string or an ext. */
static struct cw_object take_bytes(struct cw_unpack *in, enum cw_object_type type, size_t n)
{
    if (n > in->rest.n)
        return fail(in);
    struct cw_object object = {.type = type, .bytes = cw_slice_of(in->rest.p, n)};
    in->rest = cw_slice_of(in->rest.p + n, in->rest.n - n);
    return object;
}

/* Every item takes at least a byte, so a count beyond the frame's end is wrong and needs no
 * walk. */
static struct cw_object take_head(struct cw_unpack *in, enum cw_object_type type, uint64_t count)
{
    if (count > in->rest.n)
        return fail(in);
    return (struct cw_object){.type = type, .number = count};
}

/* The fast path for most objects of a message: a string of at most 255 bytes. False: read_token has
 * to read it. */
static bool take_short_string(struct cw_unpack *in, struct cw_object *object)
{
    const uint8_t *p = in->rest.p;
    size_t head = 1, n;
    if (in->rest.n < 2 || in->objects >= in->objects_max || in->failed)
        return false;
    if ((p[0] & ~FIXSTR_MAX) == FIXSTR) {
        n = p[0] & FIXSTR_MAX;
    } else if (p[0] == STR_8) {
        head = 2;
        n = p[1];
    } else {
        return false;
    }
    if (n > in->rest.n - head)
        return false;
    in->objects++;
    in->rest = cw_slice_of(p + head + n, in->rest.n - head - n);
    *object = (struct cw_object){.type = CW_OBJECT_STRING, .bytes = cw_slice_of(p + head, n)};
    return true;
}

struct cw_object cw_unpack_next(struct cw_unpack *in)
{
    mpack_token_t token;
    struct cw_object object;
    if (take_short_string(in, &object))
        return object;
    if (!read_token(in, &token))
        return fail(in);
    switch (token.type) {
    case MPACK_TOKEN_UINT:
        return (struct cw_object){.type = CW_OBJECT_UNSIGNED, .number = mpack_unpack_uint(token)};
    case MPACK_TOKEN_STR:
    case MPACK_TOKEN_BIN:
        return take_bytes(in, CW_OBJECT_STRING, token.length);
    case MPACK_TOKEN_EXT:
        object = take_bytes(in, CW_OBJECT_EXT, token.length);
        object.number = (uint8_t)token.data.ext_type;
        return object;
    case MPACK_TOKEN_ARRAY:
        return take_head(in, CW_OBJECT_ARRAY, token.length);
    case MPACK_TOKEN_MAP:
        return take_head(in, CW_OBJECT_MAP, token.length);
    default:
        return (struct cw_object){.type = CW_OBJECT_OTHER};
    }
}

/* Objects directly inside an object. */
static uint64_t children(struct cw_object object)
{
    if (object.type == CW_OBJECT_ARRAY)
        return object.number;
    return object.type == CW_OBJECT_MAP ? 2 * object.number : 0;
}

void cw_unpack_skip(struct cw_unpack *in, uint64_t items, unsigned depth)
{
    uint64_t left[CW_MSGPACK_DEPTH_MAX + 1]; /* by depth */
    const unsigned outermost = depth;
    assert(depth <= CW_MSGPACK_DEPTH_MAX);
    left[depth] = items;
    while (!in->failed) {
        if (left[depth] == 0) {
            if (depth == outermost)
                return;
            depth--;
            continue;
        }
        left[depth]--;
        struct cw_object object = cw_unpack_next(in);
        if (object.type != CW_OBJECT_ARRAY && object.type != CW_OBJECT_MAP)
            continue;
        if (depth == CW_MSGPACK_DEPTH_MAX)
            in->failed = true;
        else
            left[++depth] = children(object);
    }
}

void cw_unpack_skip_inside(struct cw_unpack *in, struct cw_object object, unsigned depth)
{
    cw_unpack_skip(in, children(object), depth + 1);
}

static void write_token(struct cw_buf *out, mpack_token_t token)
{
    mpack_tokbuf_t state = MPACK_TOKBUF_INITIAL_VALUE;
    char *p = (char *)cw_buf_reserve(out, MPACK_MAX_TOKEN_LEN);
    size_t room = MPACK_MAX_TOKEN_LEN;
    if (p == NULL)
        return;
    mpack_write(&state, &p, &room, &token); /* cannot fail: the room is there */
    out->n += MPACK_MAX_TOKEN_LEN - room;
}

void cw_pack_unsigned(struct cw_buf *out, uint64_t value)
{
    if (value <= FIXINT_MAX)
        cw_buf_append_byte(out, (uint8_t)value);
    else
        write_token(out, mpack_pack_uint(value));
}

void cw_pack_string(struct cw_buf *out, struct cw_slice s)
{
    if (s.n > UINT8_MAX) {
        write_token(out, mpack_pack_str((mpack_uint32_t)s.n));
        cw_buf_append(out, s.p, s.n);
        return;
    }
    uint8_t *p = cw_buf_reserve(out, 2 + s.n);
    if (p == NULL)
        return;
    size_t head = s.n <= FIXSTR_MAX ? 1 : 2;
    p[0] = head == 1 ? (uint8_t)(FIXSTR | s.n) : STR_8;
    p[1] = (uint8_t)s.n;
    if (s.n != 0)
        memcpy(p + head, s.p, s.n);
    out->n += head + s.n;
}

void cw_pack_bytes(struct cw_buf *out, struct cw_slice bytes)
{
    write_token(out, mpack_pack_bin((mpack_uint32_t)bytes.n));
    cw_buf_append(out, bytes.p, bytes.n);
}

void cw_pack_ext(struct cw_buf *out, uint8_t type, struct cw_slice bytes)
{
    write_token(out, mpack_pack_ext(type, (mpack_uint32_t)bytes.n));
    cw_buf_append(out, bytes.p, bytes.n);
}

void cw_pack_array(struct cw_buf *out, uint32_t items)
{
    write_token(out, mpack_pack_array(items));
}

void cw_pack_map(struct cw_buf *out, uint32_t keys)
{
    write_token(out, mpack_pack_map(keys));
}
