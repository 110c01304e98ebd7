/* msgpack.h - MessagePack objects one at a time, read from and written to bytes.
 *
 * A thin layer over libmpack's tokenizer. libmpack is made for streams and can
 * stop inside a token; here the whole frame is always there, so a token that
 * is cut short is an error, and a string is a slice of the frame. Nothing here
 * knows a message. Callers: decode.c and encode.c. */
#ifndef CW_WIRE_MSGPACK_H
#define CW_WIRE_MSGPACK_H

#include "base/buf.h"
#include "base/slice.h"

enum cw_object_type {
    CW_OBJECT_OTHER, /* nil, boolean, negative integer, float */
    CW_OBJECT_UNSIGNED,
    CW_OBJECT_EXT,
    CW_OBJECT_STRING, /* str or bin, whatever its bytes */
    CW_OBJECT_ARRAY,
    CW_OBJECT_MAP
};

struct cw_object {
    enum cw_object_type type;
    uint64_t number;       /* UNSIGNED: its value; ARRAY: items; MAP: keys; EXT: its type */
    struct cw_slice bytes; /* STRING, EXT */
};

/* The objects of one frame. The error is sticky: once `failed` is set, every
 * object reads as OTHER and nothing is consumed. */
struct cw_unpack {
    struct cw_slice rest; /* what has not been read */
    uint32_t objects;     /* read so far */
    uint32_t objects_max; /* no more than these are read */
    bool failed;          /* not MessagePack, cut short, too deep or too much */
};

/* Reads one object; of an array or a map only the head. */
struct cw_object cw_unpack_next(struct cw_unpack *in);

/* Skips `items` objects with all that is in them. `depth` is the number of
 * arrays and maps that they are in; CW_MSGPACK_DEPTH_MAX is the deepest. */
void cw_unpack_skip(struct cw_unpack *in, uint64_t items, unsigned depth);

/* Skips what is inside `object`, which has just been read at `depth`. */
void cw_unpack_skip_inside(struct cw_unpack *in, struct cw_object object, unsigned depth);

/* Each appends one object, or the head of one, in its shortest form. */
void cw_pack_unsigned(struct cw_buf *out, uint64_t value);
void cw_pack_string(struct cw_buf *out, struct cw_slice s);
void cw_pack_bytes(struct cw_buf *out, struct cw_slice bytes); /* bin */
void cw_pack_array(struct cw_buf *out, uint32_t items);
void cw_pack_map(struct cw_buf *out, uint32_t keys);
void cw_pack_ext(struct cw_buf *out, uint8_t type, struct cw_slice bytes);

#endif
