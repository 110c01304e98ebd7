/* client.h - struct chinwag_client: the pure core and its socket. For
 * client_api.c and client_io.c. */
#ifndef CW_CLIENT_CLIENT_H
#define CW_CLIENT_CLIENT_H

#include "client/client_core.h"
#include "client/client_datagrams.h"
#include "client/client_log.h"
#include "client/client_lookup.h"
#include "client/client_transport.h"

struct addrinfo;

struct chinwag_client {
    struct cw_client *core;
    struct cw_client_transport transport;
    int fd;                          /* -1: none */
    bool connected;                  /* the connect of fd has succeeded */
    int wake_fd;                     /* an eventfd: chinwag_wake */
    struct cw_client_lookup *lookup; /* of the host name, under way; NULL: none */
    struct addrinfo *found;          /* the addresses of the host name */
    const struct addrinfo *next;     /* ... and the one to be tried next, ... */
    uint64_t next_at_ms;             /* at the latest by then */
    struct cw_client_datagrams datagrams;
    uint8_t *chunk; /* CW_READ_CHUNK bytes for one read */
    struct cw_client_log log;
};

uint64_t cw_client_now_ms(void);

#endif
