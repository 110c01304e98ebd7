/* conversation.c - what a conversation is called, and which one is meant: a
 * username stands for the pair of oneself and that user, '#' and a name for a
 * group that one is a member of.
 *
 * What is in it is the store's; handlers of messages (on_*.c) come here. */
#include "core/internal.h"

static bool is_group(struct cw_slice name)
{
    return name.n != 0 && name.p[0] == '#';
}

static void find_group(struct cw_core *core, struct request *request, struct cw_slice name,
                       handler_fn *found)
{
    if (!cw_request_fold_group(core, request, name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    found(core, request);
}

void cw_conversation_find(struct cw_core *core, struct request *request, struct cw_slice name,
                          handler_fn *found)
{
    if (is_group(name))
        find_group(core, request, cw_slice_of(name.p + 1, name.n - 1), found);
    else if (cw_request_fold(core, request, name))
        cw_user_find(core, request, found);
}

uint64_t cw_conversation_id(const struct request *request)
{
    return request->target != NULL
               ? cw_conversation_of_pair(request->target->id, request->sender->id)
               : cw_mailbox_of_group(request->target_group);
}

struct cw_slice cw_group_conversation(struct cw_core *core, struct cw_slice group_name)
{
    uint8_t *text = cw_arena_alloc(&core->effects->arena, group_name.n + 1);
    text[0] = '#';
    if (group_name.n != 0)
        memcpy(text + 1, group_name.p, group_name.n);
    return cw_slice_of(text, group_name.n + 1);
}

struct cw_slice cw_conversation_name(struct cw_core *core, const struct request *request)
{
    if (request->target != NULL)
        return cw_arena_copy(&core->effects->arena, cw_user_name(request->target));
    const struct group *group = cw_group_by_id(core, request->target_group);
    return group == NULL ? (struct cw_slice){0} : cw_group_conversation(core, cw_group_name(group));
}

bool cw_conversation_is_open(const struct cw_core *core, const struct request *request)
{
    if (request->target != NULL)
        return !cw_user_has_blocked(request->target, request->sender->id);
    const struct session *session = request->conn->session;
    const struct group *group = cw_group_by_id(core, request->target_group);
    return !cw_group_muted(core, cw_group_membership(group, session));
}

bool cw_conversation_open(struct cw_core *core, struct request *request)
{
    bool open = cw_conversation_is_open(core, request);
    if (!open && !cw_refused_as_muted(core, request))
        cw_request_answer(core, request, CW_FORBIDDEN);
    return open;
}

static void refuse_forbidden(struct cw_core *core, struct request *request)
{
    bool change = request->action == CW_EDIT || request->action == CW_DELETE;
    if (request->action != CW_DELETE && cw_refused_as_muted(core, request))
        return;
    cw_request_refuse(core, request, CW_FORBIDDEN, change ? cw_refusal_of_change(request) : NULL);
}

bool cw_conversation_refused(struct cw_core *core, struct request *request,
                             const struct cw_store_result *result)
{
    switch (result->status) {
    case CW_STORE_OK:
        return false;
    case CW_STORE_UNAVAILABLE:
    case CW_STORE_NO_ROOM:
        cw_request_unavailable(core, request, result);
        break;
    case CW_STORE_NOT_MEMBER: /* not any more */
        cw_request_answer(core, request, CW_GROUP_MEMBER_DOES_NOT_EXIST);
        break;
    case CW_STORE_FORBIDDEN:
        refuse_forbidden(core, request);
        break;
    case CW_STORE_OVER_QUOTA:
        cw_request_explain(request, "your messages and recordings take all the room that you have "
                                    "here: delete some, or ask whoever runs the server for more");
        cw_request_answer(core, request, CW_TOO_LARGE);
        break;
    case CW_STORE_STRANGER:
        cw_request_explain(request,
                           "you have written to many people for the first time: wait a "
                           "minute before you write to somebody else whom you do not know");
        cw_request_answer(core, request, CW_RATE_LIMITED);
        break;
    case CW_STORE_CONFLICT:
        cw_request_answer(core, request, CW_CONFLICT);
        break;
    case CW_STORE_UNKNOWN:
        cw_request_answer(core, request, CW_UNKNOWN_OUTCOME);
        break;
    default: /* no such message; a number that cannot be */
        cw_request_refuse(core, request, CW_BAD_REQUEST, cw_refusal_of_number(request));
    }
    return true;
}
