/* password.h - requests for hashes of passwords, and their results. */
#ifndef CW_CORE_PASSWORD_H
#define CW_CORE_PASSWORD_H

#include "core/core.h"
#include "core/request.h"

/* Asks for the hash of a prepared password (text/password.h), and keeps message and key for
 * `resume`. The first is for a new password, and answers 1023 with the reason if it is invalid; the
 * second for one to be verified. */
void cw_request_ask_new_hash(struct cw_core *core, struct request *request,
                             struct cw_slice password, step_fn *resume);
void cw_request_ask_verify(struct cw_core *core, struct request *request, struct cw_slice password,
                           struct cw_slice expected, bool renew, step_fn *resume);
/* Asks for the hash of the sender's password and verifies the message's against it: a token alone
 * must not be enough. It is a guess, and limited as such. Message and key are kept; `then`
 * continues when it is right. */
void cw_request_ask_anew(struct cw_core *core, struct request *request, handler_fn *then);
/* If there is no hash, answers 1029 or 1026 and returns true. */
bool cw_request_not_hashed(struct cw_core *core, struct request *request,
                           const struct cw_event *event);
/* The guess that was begun has been verified: was it right? If not, answers. */
bool cw_request_guessed(struct cw_core *core, struct request *request,
                        const struct cw_event *event);

#endif
