/* msg.h - MessagePack <-> message structs: the protocol's one codec.
 *
 * Pure: no I/O, no clock, no allocation but the output buffer. The shape of
 * every message is data (messages.def, fields.def); this file only walks it.
 * The server decodes requests and client updates and encodes the rest; the
 * client library does the opposite; both use these functions.
 *
 * Specification: docs/protocol.md; MessagePack: its spec.md. */
#ifndef CW_WIRE_MSG_H
#define CW_WIRE_MSG_H

#include "base/buf.h"
#include "base/codes.h"
#include "base/slice.h"

enum cw_kind { CW_REQUEST, CW_RESPONSE, CW_UPDATE, CW_CLIENT_UPDATE };

enum cw_action {
    CW_ACTION_UNKNOWN, /* not in the table; cw_msg.action_name says what it was */
    CW_REGISTER,
    CW_LOGIN,
    CW_LOGOUT,
    CW_ATTACH,
    CW_ADD_CONTACT,
    CW_WHISPER,
    CW_CREATE_GROUP,
    CW_JOIN_GROUP,
    CW_MSG_GROUP,
    CW_VOICE_MSG,
    CW_JOIN_CALL,
    CW_CALL_DATA,
    CW_LEAVE_CALL,
    CW_ACTION_COUNT
};

enum cw_field {
    CW_F_NONE, /* ends a row's list of fields */
#define CW_FIELD(field, member, type) CW_F_##field,
#define CW_EXTRA(extra, member, type, key)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    CW_F_COUNT
};

/* Bits of cw_extras.present. */
enum cw_extra_index {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key) CW_X_##extra,
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    CW_X_COUNT
};

/* Features that can be negotiated, as bits. None of the seed's messages needs
 * one; a row is added on the day that a feature works. */
enum { CW_FEATURE_NONE = 0 };

/* Audio samples as a MessagePack array, head included, exactly as they came:
 * signed 16-bit integers, interleaved by channel, any integer width. */
struct cw_samples {
    struct cw_slice encoded;
    uint32_t count; /* elements in the list */
};

/* The one trailing map. */
struct cw_extras {
    bool map_present; /* a map was there, be it empty: an extended client */
    uint32_t present; /* bit CW_X_... set: that member has a value */
    struct cw_slice client;
    struct cw_slice server;
    struct cw_slice to;
    struct cw_slice group;
    uint64_t features; /* bits of what this program knows; the rest is ignored */
    uint64_t since;
    uint64_t id;
    uint64_t time_ms; /* UTC */
};

/* One message. All slices point into the frame that was decoded, or wherever
 * the builder of the message says. */
struct cw_msg {
    enum cw_kind kind;
    enum cw_action action;
    struct cw_slice action_name; /* of a decoded message, also an unknown one */
    int code;                    /* RESPONSE: its code */
    struct cw_slice username;
    struct cw_slice password;
    struct cw_slice token;
    struct cw_slice contact;
    struct cw_slice recipient;
    struct cw_slice group_name;
    struct cw_slice sender;
    struct cw_slice content;
    uint64_t channels;
    uint64_t sample_rate; /* Hz */
    struct cw_samples samples;
    struct cw_extras extras;
};

/* Who is reading: decides which kinds of message are good. */
enum cw_reader { CW_READER_SERVER, CW_READER_CLIENT };

/* Decodes one frame into *msg.
 *
 * Returns CW_SUCCESS, or what the message is to be answered with:
 *   CW_BAD_REQUEST     with an empty action_name: not MessagePack, or the first
 *                      object is no string, or no action can be read;
 *                      with an action_name: arguments missing, of a wrong type,
 *                      or a sample outside 16 bits
 *   CW_UNKNOWN_ACTION  action_name holds it
 *   CW_TOO_LARGE       over a limit of limits.h (whole message, content)
 * On failure kind and action are set as far as they were understood (an
 * unanswerable CLIENT_UPDATE stays recognisable by its kind).
 *
 * The shape is judged before the size. Strings may be str or bin and must be
 * valid UTF-8; integers may have any width. Objects after the drawn ones are
 * skipped, but the first of them that is a map is the trailing map; known keys
 * with values of a wrong type are CW_BAD_REQUEST, unknown keys are ignored.
 * Depth and number of objects are bounded by limits.h (CW_BAD_REQUEST).
 * Slices in *msg point into `frame`, which the caller keeps. */
int cw_msg_decode(enum cw_reader reader, struct cw_slice frame, struct cw_msg *msg);

/* Appends the encoding of *msg to *out: the drawn objects, and, when
 * `extended` and msg->extras.map_present, the trailing map with the keys whose
 * bit is set in `present`. Without `extended` the bytes are exactly as drawn.
 * A RESPONSE whose code is not 0 has no fields; its action is written from
 * `action`, or from action_name when that is CW_ACTION_UNKNOWN.
 * Integers take the shortest form, strings are str; samples are copied. */
void cw_msg_encode(const struct cw_msg *msg, bool extended, struct cw_buf *out);

/* Appends a MessagePack array of `count` signed samples in shortest form. */
void cw_samples_encode(const int16_t *samples, uint32_t count, struct cw_buf *out);

/* Writes samples.count samples to `out`, which has room for them. The samples
 * come from a decoded message (their range was checked there). */
void cw_samples_decode(struct cw_samples samples, int16_t *out);

/* Examines a MessagePack array of 16-bit integers at the head of `in` in one
 * pass. Returns false when it is not one or is cut short; else its extent and
 * count are in *samples. */
bool cw_samples_scan(struct cw_slice in, struct cw_samples *samples);

/* "whisper" for CW_WHISPER; "" for CW_ACTION_UNKNOWN. */
const char *cw_action_name(enum cw_action action);

/* A row of the table, for tests and documentation tools. */
struct cw_message_row {
    enum cw_kind kind;
    enum cw_action action;
    const char *name;
    enum cw_field fields[8]; /* ended by CW_F_NONE */
};

/* The table, `*count` rows. */
const struct cw_message_row *cw_message_rows(size_t *count);

#endif
