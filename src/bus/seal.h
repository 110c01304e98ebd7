/* seal.h - the form of a message between nodes: a head that anybody may read, and a sealed kind and
 * body, bound to the head and to the recipient (XChaCha20-Poly1305). A node never uses a nonce
 * twice: it is `boot`, random for each process, and the counter. Caller: bus.c. */
#ifndef CW_BUS_SEAL_H
#define CW_BUS_SEAL_H

#include "base/buf.h"
#include "bus/bus.h"

struct cw_bus_head {
    unsigned to; /* a node, or CW_BUS_TO_ALL: not on the wire, but sealed */
    unsigned node;
    uint64_t epoch;
    uint8_t boot[CW_BUS_BOOT_N];
    uint64_t counter; /* from 1 */
};

/* Replaces the contents of `sealed`. */
void cw_bus_seal(const uint8_t key[CW_BUS_KEY_N], const struct cw_bus_head *head, uint8_t kind,
                 struct cw_slice body, struct cw_buf *sealed);

/* False: it is not a message that who has the key has sealed for head->to. Else fills the rest of
 * the head, and the kind; *body is in `opened`. */
bool cw_bus_open(const uint8_t key[CW_BUS_KEY_N], struct cw_slice sealed, struct cw_bus_head *head,
                 uint8_t *kind, struct cw_buf *opened, struct cw_slice *body);

/* The key of a community, made of a secret that its store keeps. */
void cw_bus_derive_key(struct cw_slice secret, const char *community, uint8_t key[CW_BUS_KEY_N]);

#endif
