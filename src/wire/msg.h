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
#include "base/limits.h"
#include "base/owned.h"
#include "base/rule.h"
#include "base/slice.h"

enum cw_kind { CW_REQUEST, CW_RESPONSE, CW_UPDATE, CW_CLIENT_UPDATE };

enum cw_action {
    CW_ACTION_UNKNOWN, /* not in the table; cw_msg.action_name says what it was */
#define CW_ACTION(action) CW_##action,
#define CW_MESSAGE(kind, action, name, ...)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW
    CW_ACTION_COUNT
};

enum cw_field {
    CW_F_NONE, /* ends a row's list of fields */
#define CW_FIELD(field, member, type) CW_F_##field,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    CW_F_COUNT
};

/* Bits of cw_extras.present. */
enum cw_extra_index {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program) CW_X_##extra,
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    CW_X_COUNT
};

/* Keys of a list's entries: bits of cw_entry.present. */
enum cw_entry_index {
#define CW_ENTRY(entry, member, type, key, program) CW_E_##entry,
#include "wire/entries.def"
#undef CW_ENTRY
    CW_E_COUNT
};

/* A set of keys, for `present`: there are more than 64. (128 bits, as gcc and clang have them on
 * machines of 64 bits.) */
__extension__ typedef unsigned __int128 cw_keys;
#define CW_BIT(index) ((cw_keys)1 << (index))

/* The first key of a set, which is not empty. */
static inline unsigned cw_keys_first(cw_keys keys)
{
    const uint64_t low = (uint64_t)keys;
    return (unsigned)(low != 0 ? __builtin_ctzll(low)
                               : 64 + __builtin_ctzll((uint64_t)(keys >> 64)));
}

/* Features that can be negotiated, as bits: each switches on updates that protocol v1 does not
 * have. No message of protocol v1 needs one. */
enum {
    CW_FEATURE_NONE = 0,
    CW_FEATURE_EDITS = 1 << 0,          /* updates edit, delete */
    CW_FEATURE_READ = 1 << 1,           /* updates mark_read, delivered */
    CW_FEATURE_PRESENCE = 1 << 2,       /* update presence */
    CW_FEATURE_TYPING = 1 << 3,         /* update typing */
    CW_FEATURE_GROUPS = 1 << 4,         /* update group_event */
    CW_FEATURE_OPUS = 1 << 5,           /* `samples` in the two ext forms */
    CW_FEATURE_SPEAKING = 1 << 6,       /* group_event's speaking and silent */
    CW_FEATURE_RECEIVED = 1 << 7,       /* only `received` proves that a message came */
    CW_FEATURE_OWN = 1 << 8,            /* what the user sent from other devices, too */
    CW_FEATURE_REACTIONS = 1 << 9,      /* updates react, unreact */
    CW_FEATURE_CALLS = 1 << 10,         /* update ring; `join_call` of a user */
    CW_FEATURE_PROFILES = 1 << 11,      /* update profile */
    CW_FEATURE_UDP = 1 << 12,           /* audio of calls by datagrams; needs opus */
    CW_FEATURE_ANNOUNCEMENTS = 1 << 13, /* updates announce, end_announcement */
    CW_FEATURES_ALL = (1 << 14) - 1
};

/* Audio as one MessagePack object, head included, exactly as it came: an array
 * of signed 16-bit integers of any width, interleaved by channel, or an ext of
 * which the bytes are in `payload`. */
enum cw_samples_form {
    CW_SAMPLES_LIST,
    CW_SAMPLES_OGG,   /* ext type 1: an Ogg Opus file (RFC 7845) */
    CW_SAMPLES_PACKET /* ext type 2: sequence, timestamp, one Opus packet (RFC 6716) */
};
struct cw_samples {
    struct cw_slice encoded;
    struct cw_owned *owner; /* the memory of `encoded`, which can be taken; NULL (as the codec
                               leaves it): it cannot be taken */
    uint32_t count;         /* elements of the list; 0 of an ext */
    enum cw_samples_form form;
    struct cw_slice payload; /* the bytes inside an ext */
    /* Set when the audio is examined (src/server/examine.h); the codec leaves these 0: */
    uint32_t duration_us;              /* at least 1 when there is a sample */
    bool loud;                         /* live audio that is not silence */
    char waveform[CW_WAVEFORM_LEVELS]; /* '0' to 'o'; of a voice message */
};

/* The heads of MessagePack's ext, and of its maps. */
static inline bool cw_head_is_ext(uint8_t head)
{
    return (head >= 0xc7 && head <= 0xc9) || (head >= 0xd4 && head <= 0xd8);
}

static inline bool cw_head_is_map(uint8_t head)
{
    return (head & 0xf0) == 0x80 || head == 0xde || head == 0xdf;
}

/* Are these samples of a voice message, as they are stored, an Ogg Opus file? */
static inline bool cw_samples_are_ogg(struct cw_slice encoded)
{
    return encoded.n != 0 && cw_head_is_ext(encoded.p[0]);
}

/* What a type of fields.def and entries.def is in a struct. */
#define CW_MEMBER_STRING   struct cw_slice
#define CW_MEMBER_BYTES    struct cw_slice /* any bytes: bin, or str */
#define CW_MEMBER_UNSIGNED uint64_t
#define CW_MEMBER_SAMPLES  struct cw_samples
#define CW_MEMBER_FEATURES uint64_t /* bits of what this program knows; the rest is ignored */
#define CW_MEMBER_LIST     struct cw_list

/* Entries of a list. `items` are to be encoded. A decoded list is in `encoded`, complete and
 * well-formed, to be read by cw_entry_next. */
struct cw_entry;
struct cw_list {
    const struct cw_entry *items;
    uint32_t count;
    struct cw_slice encoded; /* behind the array's head */
};

/* One entry of a list: `present` has the bits of the keys that have a value. */
struct cw_entry {
    cw_keys present; /* bit CW_E_... */
#define CW_ENTRY(entry, member, type, key, program) CW_MEMBER_##type member;
#include "wire/entries.def"
#undef CW_ENTRY
};

/* The one trailing map. */
struct cw_extras {
    bool map_present; /* there was a map, possibly empty: an extended client */
    cw_keys present;  /* bit CW_X_... set: that member has a value */
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program) CW_MEMBER_##type member;
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

/* One message. All slices point into the decoded frame, or into memory of the code that built the
 * message. */
struct cw_msg {
    enum cw_kind kind;
    enum cw_action action;
    struct cw_slice action_name; /* of a decoded message, also an unknown one */
    int code;                    /* RESPONSE: its code */
    struct cw_fault fault;       /* CW_BAD_REQUEST, CW_TOO_LARGE: the rule that it breaks */
#define CW_FIELD(field, member, type) CW_MEMBER_##type member;
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    struct cw_extras extras;
};

/* The side that reads: it decides which kinds of message are accepted. */
enum cw_reader { CW_READER_SERVER, CW_READER_CLIENT };

/* Decodes one frame into *msg.
 *
 * Returns CW_SUCCESS, or the code of the response to the message:
 *   CW_BAD_REQUEST     with an empty action_name: not MessagePack, or the first
 *                      object is no string, or no action can be read;
 *                      with an action_name: arguments missing, of a wrong type,
 *                      or a sample outside 16 bits
 *   CW_UNKNOWN_ACTION  action_name holds it
 *   CW_TOO_LARGE       over a limit of limits.h (whole message, content)
 * On failure kind and action are set as far as they were understood (an
 * unanswerable CLIENT_UPDATE stays recognisable by its kind).
 *
 * The shape is checked before the size. Strings may be str or bin and must be valid UTF-8; integers
 * may have any width. Objects after the positional fields are skipped, but the first of them that
 * is a map is the trailing map; known keys with values of a wrong type are CW_BAD_REQUEST, unknown
 * keys are ignored. Depth and number of objects are bounded by limits.h (CW_BAD_REQUEST). Lists
 * come only from the server: in a request their keys are unknown. Slices in *msg point into
 * `frame`, which the caller keeps. */
int cw_msg_decode(enum cw_reader reader, struct cw_slice frame, struct cw_msg *msg);

/* Decodes only action, username and token from the first bytes of a request. Without a token at its
 * head the code is CW_BAD_REQUEST, CW_UNKNOWN_ACTION, or CW_TOO_LARGE for a request that has no
 * token and is that long. */
int cw_msg_decode_head(struct cw_slice head, struct cw_msg *msg);

/* Appends the encoding of *msg to *out: the positional fields, and, when `extended` and
 * msg->extras.map_present, the trailing map with the keys whose bit is set in `present`. Without
 * `extended` there are only the positional fields. A RESPONSE whose code is not 0 has no fields;
 * its action is written from `action`, or from action_name when that is CW_ACTION_UNKNOWN. Integers
 * take the shortest form, strings are str; samples are copied. */
void cw_msg_encode(const struct cw_msg *msg, bool extended, struct cw_buf *out);

/* Takes the next entry of a decoded list, also of one that is in an entry. False when there is none
 * left. */
bool cw_entry_next(struct cw_list *list, struct cw_entry *entry);

/* Appends a MessagePack array of `count` signed samples in shortest form. */
void cw_samples_encode(const int16_t *samples, uint32_t count, struct cw_buf *out);

/* The same into memory with room for 5 + 3 * count bytes; returns those written. */
size_t cw_samples_write(const int16_t *samples, uint32_t count, uint8_t *out);

/* The bytes inside an ext of the form OGG that cw_msg_decode has accepted. */
struct cw_slice cw_samples_payload(struct cw_slice encoded);

/* Appends an ext of the form OGG or PACKET. */
void cw_samples_encode_ext(enum cw_samples_form form, struct cw_slice payload, struct cw_buf *out);

/* Writes samples.count samples to `out`, which has room for them. They come from a decoded message,
 * where their range was checked. */
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
    size_t name_n;
    enum cw_field fields[8]; /* ended by CW_F_NONE */
};

/* The table, `*count` rows. */
const struct cw_message_row *cw_message_rows(size_t *count);

#endif
