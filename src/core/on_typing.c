/* on_typing.c - typing: an update without an answer, sent to attached sessions. */
#include "base/limits.h"
#include "core/audience.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/handlers.h"
#include "core/names.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

static void send_typing(struct cw_core *core, const struct session *session,
                        struct cw_slice conversation, const struct audience *audience)
{
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_TYPING,
                            .sender = cw_user_name(session->user),
                            .conversation = conversation};
    cw_effect_send(core, &update, audience, true);
}

static void type_to_group(struct cw_core *core, const struct session *session,
                          const struct group *group)
{
    struct membership *membership = cw_group_membership(group, session);
    struct audience audience;
    if (membership == NULL || cw_group_muted(core, membership))
        return;
    cw_audience_init(core, &audience, group->session_count);
    for (size_t i = 0; i < group->session_count; i++)
        if (group->sessions[i]->user != session->user &&
            !cw_user_has_blocked(session->user, group->sessions[i]->user->id) &&
            cw_session_takes(group->sessions[i], CW_FEATURE_TYPING))
            cw_audience_add(&audience, group->sessions[i]);
    send_typing(core, session, cw_group_conversation(core, cw_group_name(group)), &audience);
}

static void type_to_user(struct cw_core *core, const struct session *session,
                         const struct user *user)
{
    struct audience audience;
    if (user == session->user || cw_user_has_blocked(user, session->user->id) ||
        cw_user_has_blocked(session->user, user->id))
        return;
    cw_audience_init(core, &audience, cw_user_session_count(user));
    cw_audience_add_user(&audience, user, CW_FEATURE_TYPING, 0);
    send_typing(core, session, cw_user_name(user), &audience);
}

bool cw_typing(struct cw_core *core, struct conn *conn, const struct cw_msg *msg)
{
    const struct session *session = conn->session;
    struct cw_slice name = msg->conversation;
    struct cw_name_key key;
    if (session == NULL || !cw_conn_extended(conn) ||
        !cw_slice_eq_secret(msg->token, cw_slice_of(session->token, CW_TOKEN_LEN)) ||
        !cw_user_is_called(core, session->user, msg->username) ||
        !cw_bucket_take(&cw_user_activity(session->user)->typing, core->now_ms, 1, CW_TYPING_PER_S,
                        CW_TYPING_PER_S))
        return false;
    bool to_group = name.n != 0 && name.p[0] == '#';
    if (to_group)
        name = cw_slice_of(name.p + 1, name.n - 1);
    if (!cw_names_fold(core, to_group ? CW_NAME_OF_GROUP : CW_NAME_OF_USER, name, &key))
        return false;
    const struct group *group = to_group ? cw_group_by_key(core, &key) : NULL;
    const struct user *user = to_group ? NULL : cw_user_by_key(core, &key);
    if (group != NULL)
        type_to_group(core, session, group);
    else if (user != NULL)
        type_to_user(core, session, user);
    return true;
}
