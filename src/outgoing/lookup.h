/* lookup.h - looks up the addresses of a name, for at most a given time: the system's own look-up
 * may take as long as it likes. For address.c. Any thread. */
#ifndef CW_OUTGOING_LOOKUP_H
#define CW_OUTGOING_LOOKUP_H

#include <netdb.h>
#include <stdint.h>

/* As getaddrinfo: 0, and the caller frees *found; else its error. After limit_ms it is EAI_AGAIN.
 */
int cw_outgoing_lookup(const char *host, int64_t limit_ms, struct addrinfo **found);

#endif
