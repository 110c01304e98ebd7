/* throttle.h - how often passwords may be guessed, and users registered. */
#ifndef CW_CORE_THROTTLE_H
#define CW_CORE_THROTTLE_H

#include "core/core.h"

struct request;

/* May a password of request->key's user be tried? Answers 1026 if not. It is asked
 * once more when the guess begins. */
bool cw_guess_allowed(struct cw_core *core, struct request *request);
/* A guess counts when it begins, as if it were wrong, so that many at once are no
 * more than one after another. `known`: the user has logged in from there before,
 * and is not held up by what others guess. False: answered 1026. */
bool cw_guess_begin(struct cw_core *core, struct request *request, bool known);

enum guess { GUESS_RIGHT, GUESS_WRONG, GUESS_NOT_MADE };

/* Only wrong ones go on counting. */
void cw_guess_end(struct cw_core *core, struct request *request, enum guess guess);
/* One new user of the connection's address; false: answered 1026. */
bool cw_registration_begin(struct cw_core *core, struct request *request);
void cw_registration_undo(struct cw_core *core, const struct request *request);
void cw_throttle_finish(struct cw_core *core);

#endif
