/* throttle.h - how often passwords may be guessed, and users registered. */
#ifndef CW_CORE_THROTTLE_H
#define CW_CORE_THROTTLE_H

#include "core/core.h"

struct request;

/* May a password of request->key's user be tried? Answers 1026 if not. It is asked
 * once more when the guess begins. */
bool cw_guess_allowed(struct cw_core *core, struct request *request);
/* A guess counts as wrong when it begins, so that parallel guesses have no advantage. `known`: the
 * user has logged in from this address before, and guesses of others do not affect the login.
 * False: answered 1026. */
bool cw_guess_begin(struct cw_core *core, struct request *request, bool known);

/* The same for a code of the second factor, behind a password that was right. It counts for the
 * user, from all addresses. */
bool cw_code_begin(struct cw_core *core, struct request *request);

enum guess { GUESS_RIGHT, GUESS_WRONG, GUESS_NOT_MADE };

/* Only wrong guesses continue to count. */
void cw_guess_end(struct cw_core *core, struct request *request, enum guess guess);
/* A secret is tried, which names no user: only guesses of the address count, and until
 * cw_guess_end it counts as wrong. False: answered 1026. */
bool cw_secret_guess_begin(struct cw_core *core, struct request *request);
/* One new user of the connection's address; false: answered 1026. */
bool cw_registration_begin(struct cw_core *core, struct request *request);
void cw_registration_undo(struct cw_core *core, const struct request *request);
void cw_throttle_finish(struct cw_core *core);

#endif
