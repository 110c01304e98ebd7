/* zmtp.h - ZMTP 3.0 and 3.1 over a byte stream, NULL mechanism: bytes in,
 * frames out, for both ends of a connection.
 *
 * Pure: no socket, no clock. It knows nothing of chat: a message is a row of
 * bytes. Callers: src/net (server, announces ROUTER) and src/client (announces
 * DEALER). CURVE will be a second mechanism inside this room, behind the same
 * functions.
 *
 * Specification: ZeroMQ RFC 23/ZMTP 3.0 and RFC 37/ZMTP 3.1. ZMTP 1 and 2 are
 * not spoken. */
#ifndef CW_FRAME_ZMTP_H
#define CW_FRAME_ZMTP_H

#include "base/buf.h"
#include "base/slice.h"

enum cw_zmtp_role { CW_ZMTP_SERVER /* ROUTER */, CW_ZMTP_CLIENT /* DEALER */ };

enum cw_zmtp_event_type {
    CW_ZMTP_NEED_MORE, /* all input is consumed, nothing to report */
    CW_ZMTP_READY,     /* the handshake is done; messages may flow both ways */
    CW_ZMTP_MESSAGE,   /* .body is one whole message */
    CW_ZMTP_HEAD,      /* .body is the beginning of a message over message_max: is it to
                          come? See judged_max */
    CW_ZMTP_REFUSED,   /* a multi-part message was skipped; the stream goes on */
    CW_ZMTP_PING,      /* the PONG to it is in `out` already */
    CW_ZMTP_PONG,      /* .body is the context of the PING that it answers */
    CW_ZMTP_IGNORED,   /* a command that is not for us was skipped */
    CW_ZMTP_FAILED     /* the peer broke the protocol: .reason says how; send
                          what is in `out`, then close. Final. */
};

struct cw_zmtp_event {
    enum cw_zmtp_event_type type;
    /* Good until the next call of any function of this connection; points into
     * the input when the frame was there whole. */
    struct cw_slice body;
    bool delimiter; /* MESSAGE: an empty frame came before the body (REQ) */
    const char *reason;
};

/* Enough for the head of a request: action, name and token. */
#define CW_ZMTP_JUDGED_N 1024

struct cw_zmtp {
    enum cw_zmtp_role role;
    uint8_t state;
    uint8_t peer_minor;    /* 0: ZMTP 3.0; 1 or more: 3.1 */
    bool peer_is_req;      /* Socket-Type in READY was REQ */
    bool skipping;         /* inside a message that is being refused ... */
    bool silent;           /* ... and is not reported at its end */
    bool judged;           /* the message that begins here has been reported as HEAD */
    uint8_t frames;        /* frames of the current message so far */
    uint32_t judged_max;   /* 0, or: a message of up to so many bytes is reported with its
                              first CW_ZMTP_JUDGED_N when it is over message_max. With the
                              next input it is taken if message_max allows it then, else
                              skipped without a word */
    uint32_t whole;        /* bytes that a message's frame will have, of which some have come */
    uint64_t skip_left;    /* bytes of a frame still to be skipped */
    uint64_t message_max;  /* longest message body accepted, bytes */
    struct cw_buf partial; /* the beginning of a frame that is not whole yet */
};

/* `z` is the caller's memory; nothing is allocated yet. message_max may be
 * changed by the caller at any time between calls. */
void cw_zmtp_init(struct cw_zmtp *z, enum cw_zmtp_role role, uint64_t message_max);

/* Frees what was allocated. */
void cw_zmtp_finish(struct cw_zmtp *z);

/* CLIENT only: appends the greeting to `out`, once, at the start. A server
 * sends its own by itself once the peer's first octet is that of a greeting;
 * to a peer that speaks HTTP it says in HTTP what this port is. */
void cw_zmtp_start(struct cw_zmtp *z, struct cw_buf *out);

/* Takes in bytes from the peer and reports the next event.
 *
 * Consumes from *in (moves it forward) up to the end of what the event needed;
 * call again until CW_ZMTP_NEED_MORE, which means that *in is empty. Handshake
 * answers, PONGs and ERROR commands are appended to `out`.
 *
 * A length is checked against message_max (commands: CW_ZMTP_COMMAND_MAX)
 * before memory is taken, and memory grows with the bytes that came, not with
 * what was claimed. */
struct cw_zmtp_event cw_zmtp_input(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out);

/* Makes the body of the MESSAGE that was reported last the caller's: returns the
 * memory to be freed (free()) once it is done with, and moves *body into it. No
 * byte is copied when the message had been gathered here. */
void *cw_zmtp_keep(struct cw_zmtp *z, struct cw_slice *body);

/* Bytes held for a frame that is not whole yet. */
size_t cw_zmtp_buffered(const struct cw_zmtp *z);

/* The longest header that cw_zmtp_message_header writes. */
#define CW_ZMTP_HEADER_MAX 11

/* Writes what goes before a message body of n bytes: the frame's flags and
 * length, preceded by an empty delimiter frame when asked. Returns its length. */
size_t cw_zmtp_message_header(uint8_t header[CW_ZMTP_HEADER_MAX], uint64_t n, bool delimiter);

/* Appends a PING with a TTL in tenths of a second and a context of n <= 16
 * bytes. Only for peers with peer_minor >= 1. */
void cw_zmtp_ping(struct cw_buf *out, uint16_t ttl_ds, const void *context, size_t n);

#endif
