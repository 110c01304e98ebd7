/* on_admin.c - who administers the server: set_up, set_admin. The store checks permissions. */
#include <assert.h>

#include "base/codes.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* --- set_up -------------------------------------------------------------------------- */

static void set_up_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    request->sender->admin = true;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void set_up_hashed(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_SET_UP, set_up_stored);
    store->user_id = request->sender->id;
    store->invitation = event->hash.secret;
    request->outlives = true;
}

void cw_on_set_up(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_TOKEN, request->msg->invitation,
                        (struct cw_slice){0}, set_up_hashed);
}

/* --- set_admin ------------------------------------------------------------------------ */

static struct cw_slice role_name(bool admin)
{
    return cw_slice_str(admin ? "admin" : "user");
}

static void set_admin_stored(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    assert(!request->target->bot && request->outlives);
    request->target->admin = cw_slice_eq(request->msg->role, role_name(true));
    cw_request_answer(core, request, CW_SUCCESS);
}

static void set_admin_found(struct cw_core *core, struct request *request)
{
    assert(request->target != NULL);
    if (request->target->bot) {
        cw_request_refuse(core, request, CW_RULE_BOT_NO_ADMIN);
        return;
    }
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_ADMIN_SET, set_admin_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    store->admin = cw_slice_eq(request->msg->role, role_name(true));
    request->outlives = true;
}

void cw_on_set_admin(struct cw_core *core, struct request *request)
{
    struct cw_slice role = request->msg->role;
    if (!cw_slice_eq(role, role_name(true)) && !cw_slice_eq(role, role_name(false)))
        cw_request_refuse_field(core, request, CW_RULE_SERVER_ROLE, "role", 0);
    else if (cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, set_admin_found);
}
