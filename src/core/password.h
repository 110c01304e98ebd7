/* password.h - passwords on their way to be hashed, and what came of it. */
#ifndef CW_CORE_PASSWORD_H
#define CW_CORE_PASSWORD_H

#include "core/core.h"
#include "core/request.h"

/* Asks for the hash of a password as it is hashed (text/password.h), and keeps message and key
 * for `resume`: of a new one, or answers 1023 with the reason; and of one to be verified. */
void cw_request_ask_new_hash(struct cw_core *core, struct request *request,
                             struct cw_slice password, step_fn *resume);
void cw_request_ask_verify(struct cw_core *core, struct request *request, struct cw_slice password,
                           struct cw_slice expected, bool renew, step_fn *resume);
/* No hash came of it: answers 1029 or 1026 and returns true. */
bool cw_request_not_hashed(struct cw_core *core, struct request *request,
                           const struct cw_event *event);
/* The guess that was begun has been looked at: was it right? Else answers. */
bool cw_request_guessed(struct cw_core *core, struct request *request,
                        const struct cw_event *event);

#endif
