/* group_event.c - telling a group's sessions what happens in it.
 *
 * An event is not a message: it is not stored, and a client that was disconnected or slow finds the
 * present state in `groups` and `members`. Its place among the messages is the order in which the
 * store executed them. */
#include "core/group_event.h"

#include <assert.h>

#include "core/audience.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

struct cw_slice cw_role_name(enum cw_store_role role)
{
    static const char *const names[] = {"", "member", "moderator", "owner"};
    assert(role <= CW_ROLE_OWNER);
    return cw_slice_str(names[role]);
}

/* Parts that are in the call are told, too, except `asking`. */
static void add_parts(const struct group *group, uint64_t feature, const struct conn *asking,
                      struct audience *audience)
{
    assert(group->call_count <= group->call_capacity && feature != 0);
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->part != NULL && group->call[i] != asking &&
            (group->call[i]->part->features & feature) != 0)
            cw_audience_add_conn(audience, group->call[i]);
}

/* An event, and the session or connection that asked for it and is not told. */
struct happening {
    const char *event;
    struct cw_slice actor;
    uint64_t session_id;
    const struct conn *conn;
};

static void tell_group(struct cw_core *core, const struct group *group, struct happening what,
                       uint64_t feature, const struct cw_extras *more)
{
    struct audience audience;
    cw_audience_init(core, &audience, group->session_count + group->call_count);
    for (size_t i = 0; i < group->session_count; i++)
        if (cw_session_takes(group->sessions[i], feature) &&
            group->sessions[i]->id != what.session_id)
            cw_audience_add(&audience, group->sessions[i]);
    add_parts(group, feature, what.conn, &audience);
    if (audience.plain_count + audience.extended_count == 0)
        return;
    struct cw_msg update = {.kind = CW_UPDATE, .action = CW_GROUP_EVENT};
    if (more != NULL)
        update.extras = *more;
    update.extras.map_present = true;
    update.group_name = cw_group_name(group);
    update.sender = what.actor;
    update.event = cw_slice_str(what.event);
    cw_effect_send(core, &update, &audience, false);
}

void cw_group_event(struct cw_core *core, const struct group *group, const char *event,
                    const struct user *actor, uint64_t asking, const struct cw_extras *more)
{
    tell_group(core, group, (struct happening){event, cw_user_name(actor), asking, NULL},
               CW_FEATURE_GROUPS, more);
}

void cw_group_event_speaking(struct cw_core *core, const struct group *group, bool speaking,
                             const struct conn *conn)
{
    struct happening what = {speaking ? "speaking" : "silent", cw_user_name(conn->session->user),
                             conn->session->id, conn};
    tell_group(core, group, what, CW_FEATURE_SPEAKING, NULL);
}

void cw_group_event_far(struct cw_core *core, const struct group *group, bool speaking,
                        struct cw_slice name)
{
    struct happening what = {speaking ? "speaking" : "silent", name, 0, NULL};
    tell_group(core, group, what, CW_FEATURE_SPEAKING, NULL);
}

void cw_group_event_of(struct cw_core *core, const struct group *group, const char *event,
                       const struct request *request, const struct cw_extras *more)
{
    struct happening what = {event, {0}, cw_request_told(request), request->conn};
    if (request->sender != NULL)
        what.actor = cw_user_name(request->sender);
    assert(request->sender != NULL || request->control != 0);
    tell_group(core, group, what, CW_FEATURE_GROUPS, more);
}

void cw_group_event_named(struct cw_core *core, const struct group *group, const char *event,
                          struct cw_slice actor, const struct cw_extras *more)
{
    tell_group(core, group, (struct happening){event, actor, 0, NULL}, CW_FEATURE_GROUPS, more);
}
