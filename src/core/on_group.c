/* on_group.c - groups: create_group, join_group. */
#include <assert.h>

#include "base/codes.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/membership.h"
#include "core/names.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/user.h"

/* Membership begins with the store's result, for all the user's sessions. */
static void join_group_stored(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    bool creating = request->action == CW_CREATE_GROUP;
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_GROUP_DOES_NOT_EXIST},
                                            {CW_STORE_EXISTS, CW_GROUP_MEMBER_ALREADY_EXIST},
                                            {0}};
    if (creating && result->status == CW_STORE_EXISTS) {
        cw_names_taken(core, request, result, CW_GROUP_ALREADY_EXIST);
        return;
    }
    if (cw_request_refused(core, request, result, others))
        return;
    assert(result->group_id != 0 && request->sender != NULL);
    /* The name of a new group is as the request spells it, otherwise as the store has it. */
    struct cw_slice name = creating ? cw_slice_of(request->name, request->name_n) : result->name;
    struct cw_store_group stored = {.group_id = result->group_id,
                                    .name = name,
                                    .role = creating ? CW_ROLE_OWNER : CW_ROLE_MEMBER,
                                    .muted_until_ms = result->muted_until_ms};
    cw_group_add_user(core, &stored, request->sender);
    const struct group *group = cw_group_by_id(core, result->group_id);
    if (!creating && group != NULL)
        cw_group_event_of(core, group, "joined", request, NULL);
    cw_request_answer(core, request, CW_SUCCESS);
}

static struct cw_store_request *store_membership(struct cw_core *core, struct request *request,
                                                 enum cw_store_op op)
{
    request->outlives = true;
    cw_request_set_name(request, request->msg->group_name);
    struct cw_store_request *store = cw_request_ask_store(core, request, op, join_group_stored);
    store->user_id = request->sender->id;
    store->name = cw_request_bytes(core, request, request->msg->group_name);
    return store;
}

void cw_on_create_group(struct cw_core *core, struct request *request)
{
    struct cw_slice name = request->msg->group_name;
    if (!cw_names_refused(core, request, name) && cw_request_fold_group(core, request, name))
        store_membership(core, request, CW_STORE_GROUP_CREATE)->looks = cw_names_looks(core, name);
}

static void join_group_hashed(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    store_membership(core, request, CW_STORE_GROUP_JOIN)->invitation = event->hash.secret;
}

void cw_on_join_group(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (!cw_request_fold_group(core, request, request->msg->group_name))
        return;
    if ((extras->present & CW_BIT(CW_X_INVITATION)) != 0)
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, extras->invitation, (struct cw_slice){0},
                            join_group_hashed);
    else
        store_membership(core, request, CW_STORE_GROUP_JOIN);
}
