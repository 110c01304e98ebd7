/* proof.h - asks a user who is logged in for the password, and the code of the second factor, once
 * more: before what a stolen device must not do. */
#ifndef CW_CORE_PROOF_H
#define CW_CORE_PROOF_H

#include "core/request.h"

/* The request has a field PASSWORD and, where the second factor is on, the key `code`. `proved`
 * continues when both are right, and the code is used up; else the request is answered. */
void cw_request_ask_proof(struct cw_core *core, struct request *request, handler_fn *proved);

/* The code in the map of the request, or none. */
struct cw_slice cw_request_code(const struct request *request);
/* A code is needed and there is none: answers 518, or 515 to a plain client. */
void cw_request_miss_code(struct cw_core *core, struct request *request);
/* The end of a guess that cw_code_begin has begun. */
void cw_request_code_judged(struct cw_core *core, struct request *request,
                            enum cw_store_status status);

#endif
