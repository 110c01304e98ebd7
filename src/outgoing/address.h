/* address.h - to which addresses a request may go whose URL somebody else has chosen: it must not
 * lead into the network that the program runs in, unless its operator says so. For post.c. */
#ifndef CW_OUTGOING_ADDRESS_H
#define CW_OUTGOING_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* NULL: it may. Else what the address is, as "in a private network". `allow_private`: networks that
 * somebody runs for themselves are allowed, this machine is, too. */
const char *cw_outgoing_refused(const struct sockaddr *address, bool allow_private);

/* A name with more addresses is refused. */
#define CW_OUTGOING_ADDRESSES_MAX 16

struct cw_outgoing_addresses {
    struct sockaddr_storage items[CW_OUTGOING_ADDRESSES_MAX];
    socklen_t sizes[CW_OUTGOING_ADDRESSES_MAX];
    size_t count;
};

enum cw_outgoing_found {
    CW_OUTGOING_FOUND,
    CW_OUTGOING_UNKNOWN,  /* the name has no address now */
    CW_OUTGOING_FORBIDDEN /* one of its addresses is refused, so all are */
};

/* Looks the name up once, for at most limit_ms, and judges all of its addresses, also as those of
 * this machine. `found` gets them, without a port, or `why` why not. */
enum cw_outgoing_found cw_outgoing_find(const char *host, bool allow_private, int64_t limit_ms,
                                        struct cw_outgoing_addresses *found, char *why,
                                        size_t size);

#endif
