/* address.h - the addresses of connections, and the resources that each address has a share of. */
#ifndef CW_CORE_ADDRESS_H
#define CW_CORE_ADDRESS_H

#include "core/bucket.h"
#include "core/core.h"
#include "core/list.h"

/* An address that connections come from. Kept for a while after the last of them. */
struct address {
    uint64_t id;
    unsigned connections;
    unsigned waiting_count;
    struct link waiting; /* visitors, longest first */
    struct link crowd;   /* in core->crowds while a connection waits */
    struct link idle;    /* in core->idle_addresses without a connection */
    uint64_t idle_since_ms;
    struct bucket registrations;
    struct bucket guesses;
};

/* The address with these bytes of the transport, for one more connection. */
struct address *cw_address_refer(struct cw_core *core, struct cw_slice bytes);
void cw_address_release(struct cw_core *core, struct address *address);
/* Writes its bytes; of IPv6 the network. Returns how many: 4, 8 or, of a connection that has no
 * address, 0. */
size_t cw_address_bytes(const struct address *address, uint8_t bytes[8]);
void cw_addresses_finish(struct cw_core *core);

#endif
