/* on_typing.c - typing: an update without an answer, sent to attached sessions: by the bus also to
 * those at other servers. */
#include "base/limits.h"
#include "base/packed.h"
#include "core/audience.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/names.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* Who types, here or at another server. */
struct typist {
    uint64_t id;
    struct cw_slice name;
    const uint32_t *blocked; /* ascending */
    size_t blocked_count;
};

static bool typist_has_blocked(const struct typist *typist, uint64_t other_id)
{
    for (size_t i = 0; i < typist->blocked_count && typist->blocked[i] <= other_id; i++)
        if (typist->blocked[i] == other_id)
            return true;
    return false;
}

static void send_typing(struct cw_core *core, const struct typist *typist,
                        struct cw_slice conversation, const struct audience *audience)
{
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_TYPING,
                            .sender = typist->name,
                            .conversation = conversation};
    cw_effect_send(core, &update, audience, true);
}

static void type_to_group(struct cw_core *core, const struct typist *typist,
                          const struct group *group)
{
    struct audience audience;
    cw_audience_init(core, &audience, group->session_count);
    for (size_t i = 0; i < group->session_count; i++)
        if (group->sessions[i]->user->id != typist->id &&
            !typist_has_blocked(typist, group->sessions[i]->user->id) &&
            cw_session_takes(group->sessions[i], CW_FEATURE_TYPING))
            cw_audience_add(&audience, group->sessions[i]);
    send_typing(core, typist, cw_group_conversation(core, cw_group_name(group)), &audience);
}

static void type_to_user(struct cw_core *core, const struct typist *typist, const struct user *user)
{
    struct audience audience;
    if (user->id == typist->id || cw_user_has_blocked(user, typist->id) ||
        typist_has_blocked(typist, user->id))
        return;
    cw_audience_init(core, &audience, cw_user_session_count(user));
    cw_audience_add_user(&audience, user, CW_FEATURE_TYPING, 0);
    send_typing(core, typist, cw_user_name(user), &audience);
}

static void type_to(struct cw_core *core, const struct typist *typist, bool to_group,
                    const struct cw_name_key *key)
{
    const struct group *group = to_group ? cw_group_by_key(core, key) : NULL;
    const struct user *user = to_group ? NULL : cw_user_by_key(core, key);
    if (group != NULL)
        type_to_group(core, typist, group);
    else if (user != NULL && !cw_list_empty(&user->sessions))
        type_to_user(core, typist, user);
}

/* --- by the bus ------------------------------------------------------------------------------ */

static void type_elsewhere(struct cw_core *core, const struct typist *typist, bool to_group,
                           const struct cw_name_key *key)
{
    struct cw_buf body = {0};
    if (!core->bus_up || typist->blocked_count > CW_BUS_BODY_MAX / 8)
        return;
    cw_packed_put_u8(&body, to_group);
    cw_packed_put_u64(&body, typist->id);
    cw_packed_put_bytes(&body, typist->name);
    cw_packed_put_bytes(&body, cw_name_key_slice(key));
    cw_packed_put_u32(&body, (uint32_t)typist->blocked_count);
    for (size_t i = 0; i < typist->blocked_count; i++)
        cw_packed_put_u32(&body, typist->blocked[i]);
    cw_effect_bus(core, CW_BUS_TO_ALL, CW_BUS_TYPING, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

void cw_typing_heard(struct cw_core *core, struct cw_slice body)
{
    struct cw_packed from = cw_packed_begin(body);
    bool to_group = cw_packed_take_u8(&from) != 0;
    struct typist typist = {.id = cw_packed_take_u64(&from)};
    typist.name = cw_packed_take_bytes(&from);
    struct cw_slice name = cw_packed_take_bytes(&from);
    struct cw_name_key key = {.n = name.n};
    typist.blocked_count = cw_packed_take_count(&from, sizeof *typist.blocked);
    uint32_t *blocked =
        cw_arena_alloc(&core->effects->arena, typist.blocked_count * sizeof *typist.blocked + 1);
    for (size_t i = 0; i < typist.blocked_count; i++)
        blocked[i] = cw_packed_take_u32(&from);
    typist.blocked = blocked;
    if (!cw_packed_end(&from) || name.n == 0 || name.n > sizeof key.p || typist.name.n == 0)
        return;
    memcpy(key.p, name.p, name.n);
    type_to(core, &typist, to_group, &key);
}

/* --- the request -------------------------------------------------------------------------------
 */

/* Of a group that is known here the sender is a member. */
static bool may_type(const struct cw_core *core, const struct session *session, bool to_group,
                     const struct cw_name_key *key)
{
    const struct group *group = to_group ? cw_group_by_key(core, key) : NULL;
    const struct membership *membership =
        group == NULL ? NULL : cw_group_membership(group, session);
    return !to_group || (membership != NULL && !cw_group_muted(core, membership));
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
    if (!may_type(core, session, to_group, &key))
        return true;
    const struct typist typist = {.id = session->user->id,
                                  .name = cw_user_name(session->user),
                                  .blocked = session->user->blocked,
                                  .blocked_count = session->user->blocked_count};
    type_to(core, &typist, to_group, &key);
    type_elsewhere(core, &typist, to_group, &key);
    return true;
}
