/* on_oversight.c - groups in the hands of administrators, members or not: close_group, take_group.
 * The store checks permissions. */
#include <assert.h>
#include <stdio.h>

#include "base/codes.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/membership.h"
#include "core/names.h"
#include "core/notice.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- close_group ----------------------------------------------------------------------------- */

/* Its members are told, also those who are away: with their notices, as of a kick. */
static void dismiss_all(struct cw_core *core, const struct request *request,
                        const struct cw_store_result *result)
{
    struct group *group = cw_group_by_id(core, result->group_id);
    if (group != NULL) /* else no member is attached */
        cw_group_event_of(core, group, "closed", request, NULL);
    for (size_t i = 0; i < result->person_count; i++) {
        struct user *user = cw_user_by_id(core, result->people[i].user_id);
        group = cw_group_by_id(core, result->group_id);
        if (user == NULL || group == NULL)
            continue;
        cw_notice_told(core, user, result->notice_id + i);
        cw_group_remove(core, group, user, "closed", NULL);
    }
    assert(cw_group_by_id(core, result->group_id) == NULL);
}

static void close_stored(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
    dismiss_all(core, request, event->store);
}

void cw_on_close_group(struct cw_core *core, struct request *request)
{
    if (!cw_request_fold_group(core, request, request->msg->group_name))
        return;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_GROUP_CLOSE, close_stored);
    store->user_id = cw_request_asker(request);
    request->outlives = true;
}

/* --- take_group ------------------------------------------------------------------------------ */

static void tell_role(struct cw_core *core, const struct request *request,
                      const struct group *group, struct cw_slice name, enum cw_store_role role)
{
    struct cw_extras about = {
        .present = CW_BIT(CW_X_USER) | CW_BIT(CW_X_ROLE), .user = name, .role = cw_role_name(role)};
    cw_group_event_of(core, group, "role", request, &about);
}

static void hand_group_over(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result)
{
    struct user *user = request->target;
    struct cw_store_group stored = {.group_id = result->group_id,
                                    .name = result->name,
                                    .role = CW_ROLE_OWNER,
                                    .muted_until_ms = result->muted_until_ms};
    cw_group_add_user(core, &stored, user);
    const struct group *group = cw_group_by_id(core, result->group_id);
    if (group == NULL)
        return;
    if (!result->was_member)
        cw_group_event_named(core, group, "joined", cw_user_name(user), NULL);
    tell_role(core, request, group, cw_user_name(user), CW_ROLE_OWNER);
    if (result->other_name.n != 0)
        tell_role(core, request, group, result->other_name, CW_ROLE_MODERATOR);
}

static void take_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
    if (!event->store->repeated)
        hand_group_over(core, request, event->store);
}

/* The audit log has ids, no names of people. */
static struct cw_slice user_number(struct cw_core *core, const struct user *user)
{
    char *text = cw_arena_alloc(&core->effects->arena, 32);
    int n = snprintf(text, 32, "user %llu", (unsigned long long)user->id);
    return cw_slice_of(text, (size_t)n);
}

static void take_found(struct cw_core *core, struct request *request)
{
    struct cw_name_key key;
    if (request->target->bot) {
        cw_request_refuse(core, request, CW_RULE_BOT_NO_OWNER);
        return;
    }
    if (!cw_names_fold(core, CW_NAME_OF_GROUP, request->msg->group_name, &key)) {
        cw_request_answer(core, request, CW_INVALID_NAME);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_GROUP_TAKE, take_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    store->key = cw_effect_copy(core, cw_name_key_slice(&key));
    store->body = user_number(core, request->target);
    request->outlives = true;
}

void cw_on_take_group(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, take_found);
}
