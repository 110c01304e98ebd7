/* tls_pair.h - a client and a server of TLS with ZMTP inside, and the bytes between them, which
 * arrive in pieces of any size: for tests. */
#ifndef TEST_TLS_PAIR_H
#define TEST_TLS_PAIR_H

#include "frame/tls.h"
#include "frame/tls_certificate.h"

/* The dates of the certificates: 2020, 2030, 2040. */
#define TLS_BEFORE_S 1577836800
#define TLS_NOW_S    1893456000
#define TLS_AFTER_S  2208988800

/* A certificate, its key, and a server that has both. */
struct tls_identity {
    struct cw_buf certificate, key; /* PEM */
    struct cw_tls_server *server;
    struct cw_tls_pin pin;
};

/* For localhost, 127.0.0.1 and ::1, valid at TLS_NOW_S. */
void tls_identity_make(struct tls_identity *identity);
/* The same for one name, valid until `until_s`. */
void tls_identity_make_for(struct tls_identity *identity, const char *name, int64_t until_s);
void tls_identity_finish(struct tls_identity *identity);

/* ZMTP for 0xff, nothing else. */
struct cw_framer *tls_inner_zmtp(void *context, uint8_t first);

/* One end of the connection, with its output and the received messages. */
struct tls_end {
    struct cw_framer *framer;
    struct cw_buf out;   /* plain output, and bytes of the handshake */
    struct cw_buf wire;  /* sealed, for the other end */
    struct cw_buf heard; /* bodies of messages, one after the other */
    size_t messages, heads;
    bool ready, failed, done;
    const char *reason;
    uint64_t mark; /* of the last PONG */
    bool keeps;    /* takes the memory of each message (cw_framer_keep) */
    uint32_t lets; /* at each HEAD, message_max becomes this; 0: it stays */
};

struct tls_pair {
    struct tls_end client, server;
};

/* The options of a client. Zeroed: it trusts the server's certificate, for localhost, TLS 1.3. */
struct tls_wish {
    const struct tls_identity *trusted; /* the only trusted certificate */
    const char *host;
    const struct cw_tls_pin *pin;
    int64_t now_s;
    int version; /* TLS1_2_VERSION */
    const char *ciphers_1_3;
};

void tls_pair_begin(struct tls_pair *pair, const struct tls_identity *identity,
                    const struct tls_wish *wish);
void tls_pair_finish(struct tls_pair *pair);

/* Begins an end, which owns the framer. */
void tls_end_begin(struct tls_end *end, struct cw_framer *framer);
void tls_end_finish(struct tls_end *end);

/* Seals all of `out` into `wire`. */
void tls_end_seal(struct tls_end *end);

/* Gives the peer's bytes to the framer, in pieces of at most `piece`. */
void tls_end_take(struct tls_end *end, struct cw_slice bytes, size_t piece);

/* Appends a message to `out`. */
void tls_end_say(struct tls_end *end, const void *body, size_t n);

/* Exchanges bytes until neither end has output. */
void tls_pair_run(struct tls_pair *pair, size_t piece);

#endif
