/* find_user.h - finds the user that a request is about. */
#ifndef CW_CORE_FIND_USER_H
#define CW_CORE_FIND_USER_H

#include "core/core.h"
#include "core/request.h"

/* Looks for the user named request->key and continues with `found`, at once or after asking the
 * store; request->target is set and referred to. Answers 514 when there is none. */
void cw_user_find(struct cw_core *core, struct request *request, handler_fn *found);

#endif
