/* share.h - the users of this server who are there, for the other servers on the same database: a
 * set with a version, of which they are told each change, and all of it when they ask, piece by
 * piece, since it may be larger than what may wait at the bus. Nothing is
 * kept, and nothing said, where there are no others (core->config.node is 0). Called by presence.c,
 * membership.c and elsewhere.c. */
#ifndef CW_CORE_SHARE_H
#define CW_CORE_SHARE_H

#include "core/core.h"
#include "core/list.h"
#include "core/presence_state.h"

struct user;

/* A user whom others are told of. */
struct shared {
    struct link link;    /* in core->shares */
    struct link changed; /* in core->shares_changed, until the end of the step */
    struct user *user;
    enum presence state;
    struct cw_buf groups; /* ids, 64 bits each */
    struct cw_buf item;   /* as they were told last (remote.h) */
};

/* The user's state here; HIDDEN: they can be reached, and clients are not told. */
void cw_share_state(struct cw_core *core, struct user *user, enum presence state);
/* The user's groups, or whom the user has blocked, have changed. */
void cw_share_renew(struct cw_core *core, const struct user *user);
/* At the end of a step: others are told what has changed in it. */
void cw_shares_flush(struct cw_core *core);
/* Which version it is, to all. */
void cw_shares_sign(struct cw_core *core);
/* All of it, to one node: from now on, in pieces. Once more from the beginning, if some have left.
 */
void cw_shares_send(struct cw_core *core, unsigned node);
/* The node does not hear it any more. */
void cw_shares_stop(struct cw_core *core, unsigned node);
/* At the end of a step: the pieces that are due. */
void cw_shares_go_on(struct cw_core *core);
uint64_t cw_shares_deadline(const struct cw_core *core);
void cw_shares_finish(struct cw_core *core);

/* The sum over a set by which two are compared. */
static inline uint64_t cw_share_digest(uint64_t id, enum presence state)
{
    uint64_t x = (id << 2 | (uint64_t)state) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 29;
}

#endif
