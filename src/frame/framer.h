/* framer.h - the protocol of a transport on one connection: bytes in, messages out, and the framing
 * of messages to the peer.
 *
 * A transport is a struct cw_framer_type and a struct that begins with struct cw_framer:
 * frame/zmtp.h, websocket.h, http.h, tls.h. Other code calls a framer only by the functions of
 * this header. A framer of a listening address (port.h) chooses another one by the first byte of
 * the connection. A framer that wraps another (TLS around WebSocket) owns it.
 *
 * Pure: no socket, no clock. It knows nothing of chat: a message is a sequence of bytes.
 * Callers: src/net (server) and src/client. */
#ifndef CW_FRAME_FRAMER_H
#define CW_FRAME_FRAMER_H

#include "base/buf.h"
#include "base/owned.h"
#include "base/slice.h"
#include "base/transport.h"

enum cw_framer_role { CW_FRAMER_SERVER, CW_FRAMER_CLIENT };

struct cw_http_answer;
struct cw_http_post;

enum cw_framer_event_type {
    CW_FRAMER_NEED_MORE, /* all input is consumed, nothing to report */
    CW_FRAMER_READY,     /* the handshake is done; messages may flow both ways */
    CW_FRAMER_MESSAGE,   /* .body is one whole message */
    CW_FRAMER_HEAD,      /* .body is the beginning of a message over message_max: the owner
                            decides whether to read it, see judged_max */
    CW_FRAMER_REFUSED,   /* a message that this protocol does not allow was skipped; the
                            stream continues */
    CW_FRAMER_PING,      /* the peer's probe; the answer is in `out` already */
    CW_FRAMER_PONG,      /* the peer answers a probe: .mark */
    CW_FRAMER_IGNORED,   /* a control frame that is not for us was skipped */
    CW_FRAMER_ANSWERED,  /* a request that is no message was answered in `out` (HTTP). The next
                            call reads the next request; the owner may wait with it until the
                            answer was sent */
    CW_FRAMER_POSTED,    /* .post is a POST of HTTP: the owner gives no more input before
                            cw_framer_answer */
    CW_FRAMER_ASKED,     /* a request that the owner answers (HTTP): .asked. The next call reads
                            what follows: its body in PIECEs, or the next request */
    CW_FRAMER_PIECE,     /* .body is the next piece of such a body */
    CW_FRAMER_CLOSED,    /* the peer ended the connection, or an answer ends it; send what is
                            in `out`, then close. Final. */
    CW_FRAMER_NEXT,      /* another framer, .next, reads the rest of the input. The owner owns it
                            now, destroys this framer, and starts the other one */
    CW_FRAMER_ADDRESS,   /* a proxy has sent the client's address: .body, 4 bytes of IPv4 or 16 of
                            IPv6; empty: the connection is the proxy's own */
    CW_FRAMER_FAILED     /* the peer broke the protocol: .reason says how; send
                            what is in `out`, then close. Final. */
};

struct cw_http_asked;
struct cw_framer_event {
    enum cw_framer_event_type type;
    /* Valid until the next call of any function of this connection; points into the input when that
     * contained the complete frame. PONG: the bytes that the peer sent back. READY: the client's
     * address in a proxy's header (http.h), else empty. */
    struct cw_slice body;
    bool envelope; /* MESSAGE, HEAD: the answer needs one (ZMTP's REQ sockets) */
    bool text;     /* MESSAGE: a text message of WebSocket, valid UTF-8. Chinwag's messages are
                      binary, so the owner closes the connection */
    uint64_t mark; /* PONG: the mark of the probe that it answers; 0: the probe had none */
    const char *reason;
    struct cw_framer *next;
    const struct cw_http_post *post;
    const struct cw_http_asked *asked; /* frame/http.h */
};

/* Enough for the head of a request: action, name and token. */
#define CW_FRAMER_JUDGED_N 1024

/* The longest header of a message, of all transports. */
#define CW_FRAMER_HEADER_MAX 11

/* Whether messages are encrypted. By the old key: the client used the server's old key
 * (curve.h) and does not know the new one. */
enum cw_framer_sealing { CW_FRAMER_PLAIN, CW_FRAMER_SEALED, CW_FRAMER_SEALED_BY_OLD_KEY };

struct cw_framer;

struct cw_framer_type {
    void (*start)(struct cw_framer *framer, struct cw_buf *out);
    struct cw_framer_event (*input)(struct cw_framer *framer, struct cw_slice *in,
                                    struct cw_buf *out);
    size_t (*header)(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope);
    void (*seal)(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                 struct cw_buf *sealed); /* NULL: frames are sent in plain form */
    bool (*seal_slice)(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                       struct cw_buf *sealed); /* NULL: `seal` does all at once */
    void (*probe)(struct cw_framer *framer, uint64_t mark, struct cw_buf *out);
    void (*close)(struct cw_framer *framer, struct cw_buf *out);
    bool (*answer)(struct cw_framer *framer, const struct cw_http_answer *answer,
                   struct cw_buf *out); /* NULL: it reports no POSTED */
    void (*finish)(struct cw_framer *framer);
    size_t inner_at; /* TLS: where in it the pointer to the framer that it is around is; else 0 */
    enum cw_transport transport; /* outside TLS and without CURVE; of TLS: OPENING */
};

/* The common part of all framers; the owner may read it. */
struct cw_framer {
    const struct cw_framer_type *type;
    struct cw_buf partial; /* the beginning of an incomplete frame. When a MESSAGE is reported it
                              has memory only if the body is in it */
    uint32_t whole;        /* the length of a message's frame that has arrived in part, bytes */
    uint32_t message_max;  /* longest message body accepted, bytes; the owner may change it */
    uint32_t judged_max;   /* 0, or: a message of up to so many bytes is reported with its
                              first CW_FRAMER_JUDGED_N when it is over message_max. With the next
                              input the message is taken if message_max allows it then, else skipped
                              without an event. CURVE cannot read a message's beginning alone, and
                              reports REFUSED instead. The owner may change it */
    uint16_t held_kib;     /* KiB of memory beside `partial` and this struct's own block (a cipher's
                              state and buffers); changes with each call */
    uint8_t sealing;       /* enum cw_framer_sealing; since READY */
    bool proves_receipt : 1; /* since READY: the peer answers probes */
    bool takes_updates : 1;  /* since READY: the peer accepts updates */
    bool record_begun : 1; /* input has begun that is not whole, though `partial` is empty: a record
                              of TLS */
    bool agrees_keys : 1;  /* a handshake of TLS or CURVE has begun and is not done */
};

/* Has input begun that is not whole? Of a long message perhaps nothing is there but its length, for
 * which room is kept. */
static inline bool cw_framer_has_begun(const struct cw_framer *framer)
{
    return framer->partial.n != 0 || framer->whole != 0 || framer->record_begun;
}

/* Once, at the start: appends what this side sends before it has received anything. */
static inline void cw_framer_start(struct cw_framer *framer, struct cw_buf *out)
{
    framer->type->start(framer, out);
}

/* Takes in bytes from the peer and reports the next event.
 *
 * Consumes from *in (moves it forward) up to the end of what the event needed;
 * call again until CW_FRAMER_NEED_MORE, which means that *in is empty. The transport's own output
 * (handshake, answers to probes, errors) is appended to `out`, and is sent in order with the
 * messages. A length is checked before memory is allocated, and memory grows with the bytes that
 * arrived, not with the announced length. */
static inline struct cw_framer_event cw_framer_input(struct cw_framer *framer, struct cw_slice *in,
                                                     struct cw_buf *out)
{
    return framer->type->input(framer, in, out);
}

/* Gives the body of the MESSAGE that was reported last to the caller, who frees it. Nothing is
 * copied when the body is in `partial`. Call it at most once for each message. */
struct cw_owned cw_framer_keep(struct cw_framer *framer, struct cw_slice body);

/* Writes the header of a message body of n bytes into the bytes before `end`, at most
 * CW_FRAMER_HEADER_MAX. Returns how many. The same n and envelope give the same bytes. */
static inline size_t cw_framer_header(const struct cw_framer *framer, uint8_t *end, uint64_t n,
                                      bool envelope)
{
    return framer->type->header(framer, end, n, envelope);
}

/* A framer that encrypts or masks converts complete plain frames into the bytes to send: headers
 * from cw_framer_header, bodies, and the contents of `out`, in the order of sending. The pieces
 * together are either any number of short frames (one piece) or one long frame. The cipher has
 * counted sealed bytes: all of them must be sent before anything that is sealed later.
 *
 * A call without pieces (count 0) ends this side of the stream: call it once, when everything
 * has been sealed. Nothing is sealed afterwards. After FAILED a call may append nothing. */
static inline bool cw_framer_seals(const struct cw_framer *framer)
{
    return framer->type->seal != NULL;
}

static inline void cw_framer_seal(struct cw_framer *framer, const struct cw_slice pieces[],
                                  size_t count, struct cw_buf *sealed)
{
    framer->type->seal(framer, pieces, count, sealed);
}

/* Seals the next slice of one long frame: some work of at most CW_SEAL_SLICE bytes, so that the
 * owner can do other things between slices. To be called with the same pieces, which must not
 * change, until it returns true: then all of the frame was appended. Until then nothing else is
 * sealed. It may append nothing: CURVE sends a tag before the bytes that the tag covers, so it goes
 * through them twice. */
bool cw_framer_seal_slice(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                          struct cw_buf *sealed);

/* The most memory, bytes, that a framer takes beside `sealed` between the slices of a frame. */
#define CW_FRAMER_SEALING_MEMORY 512u

/* Appends a message in plain form. For callers without a queue, which seal it before they send
 * it if cw_framer_seals says so. */
void cw_framer_put(struct cw_framer *framer, struct cw_slice body, struct cw_buf *out);

/* Appends a probe: its answer, PONG with this mark, proves that everything before it was received.
 * Mark 0: it only checks that the peer is alive. For peers with proves_receipt. */
static inline void cw_framer_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    framer->type->probe(framer, mark, out);
}

/* Appends what the transport sends at the end of its side of the stream, which may be nothing. */
static inline void cw_framer_close(struct cw_framer *framer, struct cw_buf *out)
{
    framer->type->close(framer, out);
}

/* Appends the answer to the POST that was reported last. True: it ends the connection. */
static inline bool cw_framer_answer(struct cw_framer *framer, const struct cw_http_answer *answer,
                                    struct cw_buf *out)
{
    return framer->type->answer(framer, answer, out);
}

/* What is spoken, as far as it is known. */
enum cw_transport cw_framer_transport(const struct cw_framer *framer);

/* Frees the framer; NULL is allowed. */
void cw_framer_destroy(struct cw_framer *framer);

#endif
