/* claim.h - compares the last message that a client has (`since`) with the database. */
#ifndef CW_CORE_CLAIM_H
#define CW_CORE_CLAIM_H

#include "core/core.h"

struct request;

/* Which messages the id of a client's `since` belongs to. */
enum claim {
    CLAIM_UNJUDGED,
    CLAIM_NONE,   /* there is no `since` */
    CLAIM_GOOD,   /* to these messages */
    CLAIM_FORKED, /* ... up to request->common; then to others: a backup was restored */
    CLAIM_LOST,   /* the same, but up to where is unknown */
    CLAIM_FOREIGN /* to another database, or higher than any id so far */
};

/* Computes it for the request, once. */
enum claim cw_claim_judge(const struct cw_core *core, struct request *request);
/* The id after which delivery begins, so that nothing is left out; `received`: the session's
 * cursor, as the server knows it. */
uint64_t cw_claim_begin(const struct request *request, uint64_t received);
/* Sets the keys for an extended client in the answer to login or attach. */
void cw_claim_tell(const struct cw_core *core, const struct request *request,
                   struct cw_extras *extras);
void cw_claims_init(struct cw_core *core, const struct cw_core_config *config);
void cw_claims_finish(struct cw_core *core);

#endif
