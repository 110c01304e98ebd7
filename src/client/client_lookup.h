/* client_lookup.h - looks up the addresses of a host name without waiting: a thread of its own asks
 * the system, which may take as long as it likes. Addresses in numbers need none.
 *
 * A look-up that is given up is left to itself, and its thread frees what it has. Callers:
 * client_io.c, client_ask.c, client_datagrams.c. One thread, that of the client. */
#ifndef CW_CLIENT_CLIENT_LOOKUP_H
#define CW_CLIENT_CLIENT_LOOKUP_H

#include <netdb.h>
#include <stdbool.h>

struct cw_client_lookup;

/* Begins one; the strings are copied. `socktype` is SOCK_STREAM or SOCK_DGRAM. NULL: there is no
 * memory (errno is ENOMEM), or no descriptor. */
struct cw_client_lookup *cw_client_lookup_begin(const char *host, const char *port, int socktype);

/* Readable when it is done. */
int cw_client_lookup_fd(const struct cw_client_lookup *lookup);

bool cw_client_lookup_is_done(struct cw_client_lookup *lookup);

/* Of one that is done: as getaddrinfo, 0, and the caller frees *found, or its error. Ends it. */
int cw_client_lookup_take(struct cw_client_lookup *lookup, struct addrinfo **found);

/* Between two attempts: one that is under way is the next one's, so that there is one thread
 * however many fail. One that is done ends, since what it has found would be old; NULL then. NULL
 * is allowed. */
struct cw_client_lookup *cw_client_lookup_keep(struct cw_client_lookup *lookup);

/* Gives it up. NULL is allowed. */
void cw_client_lookup_drop(struct cw_client_lookup *lookup);

#endif
