/* begun.h - counts the connections that each address begins in one second, so that no address uses
 * up the public-key cryptography that the server does for strangers.
 *
 * Addresses share counters by a keyed hash: two may be counted together, never less than they
 * are. Pure, of constant size. Caller: accept.c. */
#ifndef CW_NET_BEGUN_H
#define CW_NET_BEGUN_H

#include "base/slice.h"

#define CW_BEGUN_COUNTERS 1024u

struct cw_begun {
    uint64_t second; /* that is counted */
    uint16_t counts[CW_BEGUN_COUNTERS];
};

/* Counts one more of this address, and returns false beyond CW_CONNECTIONS_PER_ADDRESS_S. */
bool cw_begun_add(struct cw_begun *begun, const uint64_t seed[2], struct cw_slice address,
                  uint64_t second);

#endif
