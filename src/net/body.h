/* body.h - a message's bytes, encoded once and shared by all receivers, whatever their transports.
 * The framing is made when they are sent (net/out_queue.h): a header is written just before, into
 * room in front of the bytes, so that both are one piece without a copy. The header is not kept:
 * the next receiver may have another one.
 *
 * Callers: src/server, which fills them; src/net. */
#ifndef CW_NET_BODY_H
#define CW_NET_BODY_H

#include "frame/framer.h"

struct cw_net_pools;

/* A long message may continue in `rest`, bodies whose bytes follow. */
struct cw_body {
    struct cw_net_pools *pools; /* the pools that own its memory */
    size_t n;                   /* bytes of its own */
    struct cw_body *rest[2];    /* or NULL; each is referred to once by this one */
    struct cw_owned held;       /* what `lent` lies in, freed with the body */
    const uint8_t *lent;        /* its bytes lie there instead, or NULL; only in a rest */
    uint32_t whole;             /* bytes of the message, the rest included */
    unsigned references;
    uint8_t room[CW_FRAMER_HEADER_MAX];
    uint8_t bytes[];
};

/* Room for a message of n bytes, referred to once by the caller. */
struct cw_body *cw_body_create(struct cw_net_pools *pools, size_t n);

/* The same, with room for the first n bytes only: the others are in the bodies of `rest` (the
 * second may be NULL). Takes over a reference to each. */
struct cw_body *cw_body_create_before(struct cw_net_pools *pools, size_t n,
                                      struct cw_body *const rest[2]);

/* For a rest: bytes that stay where they are, in memory that is freed with the last
 * reference. */
struct cw_body *cw_body_lend(struct cw_net_pools *pools, struct cw_slice bytes,
                             struct cw_owned memory);
void cw_body_release(struct cw_body *body);

/* Its own bytes. */
static inline struct cw_slice cw_body_own(const struct cw_body *body)
{
    return cw_slice_of(body->lent != NULL ? body->lent : body->bytes, body->n);
}

#endif
