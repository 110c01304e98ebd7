/* framer.h - a transport's language on one connection: bytes in, messages out, and what
 * goes around a message's bytes on their way to the peer.
 *
 * A transport is a struct cw_framer_type and a struct that begins with struct cw_framer:
 * frame/zmtp.h is the first. Nothing else is known of it elsewhere, and its owner has a
 * pointer to it: so the owner may look at a connection's first byte before it creates the
 * right one. A framer that wraps another (TLS around WebSocket) has it inside.
 *
 * Pure: no socket, no clock. It knows nothing of chat: a message is a row of bytes.
 * Callers: src/net (server) and src/client. */
#ifndef CW_FRAME_FRAMER_H
#define CW_FRAME_FRAMER_H

#include "base/buf.h"
#include "base/slice.h"

enum cw_framer_role { CW_FRAMER_SERVER, CW_FRAMER_CLIENT };

enum cw_framer_event_type {
    CW_FRAMER_NEED_MORE, /* all input is consumed, nothing to report */
    CW_FRAMER_READY,     /* the handshake is done; messages may flow both ways */
    CW_FRAMER_MESSAGE,   /* .body is one whole message */
    CW_FRAMER_HEAD,      /* .body is the beginning of a message over message_max: is it to
                            come? See judged_max */
    CW_FRAMER_REFUSED,   /* a message that cannot be one of ours was skipped; the stream
                            goes on */
    CW_FRAMER_PING,      /* the peer's probe; the answer is in `out` already */
    CW_FRAMER_PONG,      /* the peer answers a probe: .mark */
    CW_FRAMER_IGNORED,   /* a control frame that is not for us was skipped */
    CW_FRAMER_FAILED     /* the peer broke the protocol: .reason says how; send
                            what is in `out`, then close. Final. */
};

struct cw_framer_event {
    enum cw_framer_event_type type;
    /* Good until the next call of any function of this connection; points into
     * the input when the frame was there whole. PONG: what the peer sent back. */
    struct cw_slice body;
    bool envelope; /* MESSAGE, HEAD: the answer needs one (ZMTP's REQ sockets) */
    uint64_t mark; /* PONG: of the probe that it answers; 0: of none with a mark */
    const char *reason;
};

/* Enough for the head of a request: action, name and token. */
#define CW_FRAMER_JUDGED_N 1024

/* The longest header of a message, of all transports. */
#define CW_FRAMER_HEADER_MAX 11

/* How messages travel. With the old key: the peer took the server for the one that has the
 * key which is being replaced (curve.h), and does not know the new one. */
enum cw_framer_sealing { CW_FRAMER_PLAIN, CW_FRAMER_SEALED, CW_FRAMER_SEALED_BY_OLD_KEY };

struct cw_framer;

struct cw_framer_type {
    void (*start)(struct cw_framer *framer, struct cw_buf *out);
    struct cw_framer_event (*input)(struct cw_framer *framer, struct cw_slice *in,
                                    struct cw_buf *out);
    size_t (*header)(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope);
    void (*seal)(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                 struct cw_buf *sealed); /* NULL: frames leave as they are */
    void (*probe)(struct cw_framer *framer, uint64_t mark, struct cw_buf *out);
    void (*close)(struct cw_framer *framer, struct cw_buf *out);
    void (*finish)(struct cw_framer *framer);
};

/* What all transports have, for their owner to look at. */
struct cw_framer {
    const struct cw_framer_type *type;
    struct cw_buf partial; /* the beginning of a frame that is not whole yet */
    uint32_t whole;        /* bytes that a message's frame will have, of which some have come */
    uint32_t message_max;  /* longest message body accepted, bytes; the owner may change it */
    uint32_t judged_max;   /* 0, or: a message of up to so many bytes is reported with its
                              first CW_FRAMER_JUDGED_N when it is over message_max. With the
                              next input it is taken if message_max allows it then, else
                              skipped without a word. Over CURVE, where its beginning cannot
                              be read alone, it is REFUSED at once. The owner's, too */
    uint8_t sealing;       /* enum cw_framer_sealing; since READY */
    bool proves_receipt;   /* since READY: the peer answers probes */
    bool takes_updates;    /* since READY: it may be sent what is no answer */
};

/* Once, at the start: appends what this side says before it has heard anything. */
static inline void cw_framer_start(struct cw_framer *framer, struct cw_buf *out)
{
    framer->type->start(framer, out);
}

/* Takes in bytes from the peer and reports the next event.
 *
 * Consumes from *in (moves it forward) up to the end of what the event needed;
 * call again until CW_FRAMER_NEED_MORE, which means that *in is empty. What the transport
 * itself says (handshake, answers to probes, errors) is appended to `out`, and goes to the
 * peer in its turn among the messages.
 *
 * A length is checked before memory is taken, and memory grows with the bytes that came,
 * not with what was claimed. */
static inline struct cw_framer_event cw_framer_input(struct cw_framer *framer, struct cw_slice *in,
                                                     struct cw_buf *out)
{
    return framer->type->input(framer, in, out);
}

/* Makes the body of the MESSAGE that was reported last the caller's: returns the
 * memory to be freed (free()) once it is done with, and moves *body into it. No
 * byte is copied when the message had been gathered here. */
void *cw_framer_keep(struct cw_framer *framer, struct cw_slice *body);

/* Writes what goes before a message body of n bytes to the bytes before `end`, at most
 * CW_FRAMER_HEADER_MAX. Returns how many. They are the same for the same n and envelope, as
 * often as it is asked. */
static inline size_t cw_framer_header(const struct cw_framer *framer, uint8_t *end, uint64_t n,
                                      bool envelope)
{
    return framer->type->header(framer, end, n, envelope);
}

/* A transport that encrypts gives the bytes of the wire for whole frames in plain form:
 * headers from cw_framer_header, bodies, and what `out` has got, in the order in which they
 * leave. The pieces together are either any number of short frames (one piece) or a long
 * one. What is sealed has been counted by the cipher: it must be sent, all of it, before
 * anything that is sealed later. */
static inline bool cw_framer_seals(const struct cw_framer *framer)
{
    return framer->type->seal != NULL;
}

static inline void cw_framer_seal(struct cw_framer *framer, const struct cw_slice pieces[],
                                  size_t count, struct cw_buf *sealed)
{
    framer->type->seal(framer, pieces, count, sealed);
}

/* Appends a message. For callers without a queue; what they have gathered they seal, where
 * cw_framer_seals says so, before it is sent. */
void cw_framer_put(struct cw_framer *framer, struct cw_slice body, struct cw_buf *out);

/* Appends a probe: its answer, PONG with this mark, proves that all before it has been
 * received. Mark 0: only a sign of life is wanted. For peers with proves_receipt. */
static inline void cw_framer_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    framer->type->probe(framer, mark, out);
}

/* Appends what the transport says before its side of the stream ends, be it nothing. */
static inline void cw_framer_close(struct cw_framer *framer, struct cw_buf *out)
{
    framer->type->close(framer, out);
}

/* Frees a framer that was created, or nothing for NULL. */
void cw_framer_destroy(struct cw_framer *framer);

#endif
