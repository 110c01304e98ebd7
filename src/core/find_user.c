/* find_user.c - finds the user that a request is about: in the core, or else in the
 * store. */
#include "core/find_user.h"

#include <assert.h>

#include "base/codes.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/user.h"

/* Is the user there to be found? What others may read of one who has deleted the account can still
 * be asked for, but nothing be done to them. */
static bool must_exist(const struct request *request)
{
    return request->action == CW_WHISPER || request->action == CW_VOICE_MSG ||
           request->action == CW_ADD_CONTACT || request->action == CW_BLOCK ||
           request->action == CW_RESET_PASSWORD || request->action == CW_RENAME_USER ||
           request->action == CW_REMOVE_USER || request->action == CW_END_SESSIONS ||
           request->action == CW_BAN_FROM_SERVER || request->action == CW_TAKE_GROUP;
}

static void find_user_looked_up(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST}, {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    if (event->store->deleted && must_exist(request)) {
        cw_request_answer(core, request, CW_USER_DOES_NOT_EXIST);
        return;
    }
    assert(request->found != NULL && request->target == NULL);
    request->target = cw_user_take(core, event->store);
    request->found(core, request);
}

void cw_user_find(struct cw_core *core, struct request *request, handler_fn *found)
{
    assert(request->key != NULL && request->target == NULL);
    struct user *user = cw_user_by_key(core, request->key);
    if (user != NULL) {
        cw_user_refer(core, user);
        request->target = user;
        found(core, request);
        return;
    }
    request->found = found;
    cw_request_ask_store(core, request, CW_STORE_USER_FIND, find_user_looked_up);
}
