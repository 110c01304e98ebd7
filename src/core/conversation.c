/* conversation.c - finds a conversation by its name: a username means the pair of the sender and
 * that user, '#' and a name a group that the sender is a member of. The store has the contents.
 * Called by handlers of messages (on_*.c). */
#include "core/conversation.h"

#include <assert.h>

#include "base/codes.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/reason.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static bool is_group(struct cw_slice name)
{
    return name.n != 0 && name.p[0] == '#';
}

static void group_of_member_looked_up(struct cw_core *core, struct request *request,
                                      const struct cw_event *event)
{
    if (!cw_group_refused(core, request, event->store))
        cw_request_refuse(core, request, CW_RULE_NOT_A_MEMBER);
}

struct group *cw_group_of_member(struct cw_core *core, struct request *request)
{
    assert(request->key != NULL);
    /* The sender is attached, so all their groups are known here. A group that is unknown, or that
     * they are not in, is refused; the store knows with which code. */
    struct group *group = cw_group_by_key(core, request->key);
    const struct session *session = request->conn->session;
    if (group != NULL && session != NULL && cw_group_membership(group, session) != NULL)
        return group;
    if (group != NULL)
        cw_request_refuse(core, request, CW_RULE_NOT_A_MEMBER);
    else
        cw_request_ask_store(core, request, CW_STORE_GROUP_FIND, group_of_member_looked_up);
    return NULL;
}

bool cw_group_find_target(struct cw_core *core, struct request *request)
{
    if (!cw_request_fold_group(core, request, request->msg->group_name))
        return false;
    const struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return false;
    request->target_group = group->id;
    return true;
}

static void conversation_find_group(struct cw_core *core, struct request *request,
                                    struct cw_slice name, handler_fn *found)
{
    if (!cw_request_fold_group(core, request, name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    assert(request->target == NULL);
    request->target_group = group->id;
    found(core, request);
}

void cw_conversation_find(struct cw_core *core, struct request *request, struct cw_slice name,
                          handler_fn *found)
{
    if (is_group(name))
        conversation_find_group(core, request, cw_slice_of(name.p + 1, name.n - 1), found);
    else if (cw_request_fold(core, request, name))
        cw_user_find(core, request, found);
}

uint64_t cw_conversation_id(const struct request *request)
{
    assert((request->target != NULL) != (request->target_group != 0));
    return request->target != NULL
               ? cw_conversation_of_pair(request->target->id, request->sender->id)
               : cw_mailbox_of_group(request->target_group);
}

struct cw_slice cw_conversation_name(struct cw_core *core, const struct request *request)
{
    if (request->target != NULL)
        return cw_user_name(request->target);
    assert(request->target_group != 0);
    const struct group *group = cw_group_by_id(core, request->target_group);
    return group == NULL ? (struct cw_slice){0} : cw_group_conversation(core, cw_group_name(group));
}

/* --- may something be said there ----------------------------------------------------- */

bool cw_conversation_is_open(const struct cw_core *core, const struct request *request)
{
    if (request->target != NULL)
        return !cw_user_has_blocked(request->target, request->sender->id);
    assert(request->target_group != 0 && request->conn != NULL);
    const struct session *session = request->conn->session;
    const struct group *group = cw_group_by_id(core, request->target_group);
    return !cw_group_muted(core, cw_group_membership(group, session));
}

bool cw_conversation_open(struct cw_core *core, struct request *request)
{
    assert(request->sender != NULL && !request->done);
    bool open = cw_conversation_is_open(core, request);
    if (!open && !cw_refused_as_muted(core, request))
        cw_request_answer(core, request, CW_FORBIDDEN);
    return open;
}

bool cw_text_allowed(struct cw_core *core, struct request *request)
{
    if (cw_bucket_take(&cw_user_activity(request->sender)->texts, core->now_ms, 1,
                       core->config.texts_per_s, core->config.texts_burst))
        return true;
    cw_request_refuse_above(core, request, CW_RULE_TEXT_RATE, core->config.texts_per_s);
    return false;
}

/* A sender who may not write there does not use up the rate of the group. */
bool cw_text_allowed_there(struct cw_core *core, struct request *request)
{
    struct group *group =
        request->target == NULL ? cw_group_by_id(core, request->target_group) : NULL;
    bool of_hook = request->action == CW_POST_HOOK;
    if (group == NULL || (!of_hook && !cw_conversation_is_open(core, request)) ||
        cw_bucket_take(&group->texts, core->now_ms, 1, core->config.group_texts_per_s,
                       core->config.group_texts_burst))
        return true;
    cw_request_refuse_above(core, request, CW_RULE_GROUP_RATE, core->config.group_texts_per_s);
    return false;
}
