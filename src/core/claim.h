/* claim.h - what a client says it has (`since`) against what there is. */
#ifndef CW_CORE_CLAIM_H
#define CW_CORE_CLAIM_H

#include "core/core.h"

struct request;

/* Whose ids a client's `since` is of. */
enum claim {
    CLAIM_UNJUDGED,
    CLAIM_NONE,   /* it says nothing */
    CLAIM_GOOD,   /* of these messages */
    CLAIM_FORKED, /* ... up to request->common; then of others: a backup was restored */
    CLAIM_LOST,   /* the same, but up to where is unknown */
    CLAIM_FOREIGN /* of another database, or beyond what was ever given */
};

/* Judges the request's, once. */
enum claim cw_claim_judge(const struct cw_core *core, struct request *request);
/* Where delivery begins, so that nothing is left out; `received` is what the server
 * knows. */
uint64_t cw_claim_begin(const struct request *request, uint64_t received);
/* What an extended client is told of it in the answer to login or attach. */
void cw_claim_tell(const struct cw_core *core, const struct request *request,
                   struct cw_extras *extras);
void cw_claims_init(struct cw_core *core, const struct cw_core_config *config);
void cw_claims_finish(struct cw_core *core);

#endif
