/* tcp.h - a connection that the program opens to somebody else's server, with TLS or without; all
 * of its steps share one deadline. Private to src/outgoing. One thread, which it blocks. */
#ifndef CW_OUTGOING_TCP_H
#define CW_OUTGOING_TCP_H

#include "base/slice.h"
#include "outgoing/address.h"

struct ssl_st;     /* SSL */
struct ssl_ctx_st; /* SSL_CTX */

/* A zeroed struct with fd -1 is closed. */
struct cw_outgoing_tcp {
    int fd;
    struct ssl_st *ssl;             /* NULL: no TLS */
    int64_t until_ms;               /* the deadline, by cw_outgoing_now_ms */
    bool (*stopped)(void *context); /* asked twice a second; NULL: never */
    void *context;
    const char *why; /* what was wrong, after a function has failed */
};

/* Monotonic. */
int64_t cw_outgoing_now_ms(void);

/* To the first of the addresses that takes it. False: to none. */
bool cw_outgoing_tcp_connect(struct cw_outgoing_tcp *tcp, struct cw_outgoing_addresses *to,
                             uint16_t port);
/* Speaks TLS with a server that proves to be `host`, a name or an address. */
bool cw_outgoing_tcp_secure(struct cw_outgoing_tcp *tcp, struct ssl_ctx_st *context,
                            const char *host);
bool cw_outgoing_tcp_write(struct cw_outgoing_tcp *tcp, struct cw_slice bytes);
/* Waits for some bytes and returns their number; 0: the server has closed it; -1: failed. */
long cw_outgoing_tcp_read(struct cw_outgoing_tcp *tcp, uint8_t *bytes, size_t size);
void cw_outgoing_tcp_close(struct cw_outgoing_tcp *tcp);

#endif
