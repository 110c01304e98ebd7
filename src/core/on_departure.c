/* on_departure.c - what a user takes along and leaves behind: delete_account, export, which need
 * the password anew, and the code of the second factor; and remove_user, by administrators. */
#include <assert.h>

#include "base/codes.h"
#include "core/bot.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/login_link.h"
#include "core/membership.h"
#include "core/pair.h"
#include "core/presence.h"
#include "core/proof.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/user.h"

/* --- delete_account -------------------------------------------------------------------- */

static void leave_all_groups(struct cw_core *core, const struct request *request,
                             const struct cw_store_result *result)
{
    assert(result->group_count == result->person_count);
    for (size_t i = 0; i < result->group_count; i++)
        cw_group_leave(core, request, result->groups[i].group_id, result->people[i].name);
}

/* The user's bots leave their groups and are deleted; others' bots leave groups that have no other
 * members now. */
static void end_bots(struct cw_core *core, const struct cw_store_result *result)
{
    for (size_t i = 0; i < result->bot_gone_count; i++) {
        const struct cw_store_bot_gone *gone = &result->bots_gone[i];
        struct user *bot = cw_user_by_id(core, gone->user_id);
        if (bot == NULL)
            continue; /* it has no session */
        cw_user_refer(core, bot);
        if (gone->group_id != 0)
            cw_bot_left(core, gone->group_id, bot);
        else
            cw_sessions_end_others(core, bot, 0, "revoked");
        cw_user_release(core, bot);
    }
}

/* The request's sender has gone. */
static void depart(struct cw_core *core, struct request *request,
                   const struct cw_store_result *result)
{
    struct user *user = request->sender;
    end_bots(core, result);
    leave_all_groups(core, request, result);
    if (user->pair != NULL) /* also where nobody has answered yet */
        cw_pair_break(core, user->pair);
    cw_login_link_end_of(core, user);
    cw_sessions_end_all(core, user, request, "deleted");
    cw_presence_gone(core, user);
    assert(cw_list_empty(&user->sessions) && user->leaving == NULL);
    cw_user_deleted(user);
}

static void delete_account_stored(struct cw_core *core, struct request *request,
                                  const struct cw_event *event)
{
    /* The session has ended meanwhile; the password was changed meanwhile. */
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_NOT_CONNECTED},
                                            {CW_STORE_MISMATCH, CW_USER_WRONG_PASSWORD},
                                            {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    depart(core, request, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

static bool goes_with_messages(const struct request *request)
{
    return cw_slice_eq(request->msg->extent, cw_slice_str("messages"));
}

static void delete_account_verified(struct cw_core *core, struct request *request)
{
    bool with_messages = goes_with_messages(request);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_ACCOUNT_DELETE, delete_account_stored);
    store->user_id = request->sender->id;
    store->session_id = request->sender_session;
    store->expected = cw_effect_copy(core, cw_buf_slice(&request->expected));
    store->with_messages = with_messages;
    request->outlives = true;
}

void cw_on_delete_account(struct cw_core *core, struct request *request)
{
    if (goes_with_messages(request) || cw_slice_eq(request->msg->extent, cw_slice_str("account")))
        cw_request_ask_proof(core, request, delete_account_verified);
    else
        cw_request_refuse_field(core, request, CW_RULE_EXTENT, "extent", 0);
}

/* --- remove_user ------------------------------------------------------------------------ */

/* Others are told what they are told of a user who goes: for that the request is the user's own. */
static void remove_user_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST}, {0}};
    if (event->store->status == CW_STORE_MISMATCH) {
        cw_request_refuse(core, request, CW_RULE_REMOVE_ADMIN);
        return;
    }
    if (cw_request_refused(core, request, event->store, others))
        return;
    struct user *asker = request->sender;
    uint64_t session = request->sender_session;
    request->sender = request->target;
    request->sender_session = 0;
    depart(core, request, event->store);
    request->sender = asker;
    request->sender_session = session;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void remove_user_found(struct cw_core *core, struct request *request)
{
    bool with_messages = goes_with_messages(request);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_USER_REMOVE, remove_user_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    store->with_messages = with_messages;
    request->outlives = true;
}

void cw_on_remove_user(struct cw_core *core, struct request *request)
{
    if (!goes_with_messages(request) && !cw_slice_eq(request->msg->extent, cw_slice_str("account")))
        cw_request_refuse_field(core, request, CW_RULE_EXTENT, "extent", 0);
    else if (cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, remove_user_found);
}

/* --- export ------------------------------------------------------------------------------ */

static void export_verified(struct cw_core *core, struct request *request)
{
    cw_request_answer(core, request, CW_SUCCESS);
}

/* What is exported is asked for by the requests that show it; this one says that it is the user who
 * asks, and leaves a line in the log. */
void cw_on_export(struct cw_core *core, struct request *request)
{
    cw_request_ask_proof(core, request, export_verified);
}
