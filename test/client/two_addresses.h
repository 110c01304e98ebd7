/* two_addresses.h - the name two.test, which has two addresses of this machine, and a server at
 * each that answers as a test wants: for tests of libchinwag with sockets.
 *
 * The servers run in a thread of their own and use the project's framers. getaddrinfo and
 * freeaddrinfo are replaced for the whole program. */
#ifndef TEST_CLIENT_TWO_ADDRESSES_H
#define TEST_CLIENT_TWO_ADDRESSES_H

#include "frame/curve.h"
#include "frame/http.h"
#include "tls_pair.h"

#define TWO_NAME "two.test"

/* What a server does with a connection. */
enum two_does {
    TWO_CLOSES, /* at once */
    TWO_WAITS,  /* reads, and says nothing */
    TWO_HTTP,   /* answers in HTTP that it does not understand */
    TWO_ERROR,  /* answers with CURVE's greeting and the command ERROR */
    TWO_NULL,   /* speaks ZMTP without CURVE */
    TWO_CURVE,
    TWO_CURVE_OTHER, /* with another key */
    TWO_TLS,
    TWO_TLS_OTHER,
    TWO_TLS_404 /* without a WebSocket */
};

struct two {
    unsigned port;
    enum two_does does[2];
    unsigned came[2];       /* connections */
    struct cw_buf heard[2]; /* bodies of messages */
    bool closed[2];         /* the last connection was closed in the way of its protocol */
    struct cw_curve_server curve, other_curve;
    struct tls_identity identity, other_identity;
    const char *told; /* /.well-known/chinwag */
};

/* One at a time. Stop it before its members are read. */
extern struct two two;
void two_make_keys(void);
void two_free_keys(void);
void two_start(enum two_does first, enum two_does second);
void two_stop(void);

#endif
