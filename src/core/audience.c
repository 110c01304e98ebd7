/* audience.c - appends messages to the effects: to one connection, or to a set of them. */
#include "core/audience.h"

#include <assert.h>

#include "core/conn.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

void cw_audience_init(struct cw_core *core, struct audience *audience, size_t max)
{
    struct cw_arena *arena = &core->effects->arena;
    *audience = (struct audience){.plain = cw_arena_alloc(arena, max * sizeof(cw_conn_id)),
                                  .extended = cw_arena_alloc(arena, max * sizeof(cw_conn_id)),
                                  .max = max};
}

void cw_audience_add(struct audience *audience, const struct session *session)
{
    assert(session->conn != NULL);
    assert(audience->plain_count + audience->extended_count < audience->max);
    if (session->extended)
        audience->extended[audience->extended_count++] = session->conn_id;
    else
        audience->plain[audience->plain_count++] = session->conn_id;
}

void cw_audience_add_conn(struct audience *audience, const struct conn *conn)
{
    assert(audience->plain_count + audience->extended_count < audience->max);
    if (cw_conn_extended(conn))
        audience->extended[audience->extended_count++] = conn->id;
    else
        audience->plain[audience->plain_count++] = conn->id;
}

void cw_audience_add_user(struct audience *audience, const struct user *user, uint64_t feature,
                          uint64_t except)
{
    CW_EACH_SESSION (session, user) {
        if (session->id != except && cw_session_takes(session, feature))
            cw_audience_add(audience, session);
    }
}

static struct cw_effect *add_send(struct cw_core *core, const struct cw_msg *msg,
                                  const struct audience *audience, enum cw_effect_type type)
{
    struct cw_effect *effect = cw_effect_add(core, type);
    effect->send.msg = *msg;
    cw_effect_own(core, &effect->send.msg);
    effect->send.plain = audience->plain;
    effect->send.plain_count = audience->plain_count;
    effect->send.extended = audience->extended;
    effect->send.extended_count = audience->extended_count;
    effect->send.envelope = effect->send.live = false;
    effect->send.speaker = effect->send.request = 0;
    return effect;
}

void cw_effect_send(struct cw_core *core, const struct cw_msg *msg, const struct audience *audience,
                    bool live)
{
    if (audience->plain_count + audience->extended_count != 0)
        add_send(core, msg, audience, CW_FX_SEND)->send.live = live;
}

void cw_effect_send_audio(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, cw_conn_id speaker)
{
    if (audience->plain_count + audience->extended_count == 0)
        return;
    struct cw_effect *effect = add_send(core, msg, audience, CW_FX_SEND);
    effect->send.live = true;
    effect->send.speaker = speaker;
}

void cw_effect_send_lists(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, cw_conn_id speaker)
{
    assert(audience->plain_count + audience->extended_count != 0);
    struct cw_effect *effect = add_send(core, msg, audience, CW_FX_LISTS);
    effect->send.live = true;
    effect->send.speaker = speaker;
}

struct cw_effect *cw_effect_answer(struct cw_core *core, const struct cw_msg *msg,
                                   const struct conn *conn, bool extended, bool envelope)
{
    cw_conn_id *id = cw_arena_alloc(&core->effects->arena, sizeof *id);
    *id = conn->id;
    struct audience audience = {0};
    if (extended) {
        audience.extended = id;
        audience.extended_count = 1;
    } else {
        audience.plain = id;
        audience.plain_count = 1;
    }
    struct cw_effect *effect = add_send(core, msg, &audience, CW_FX_SEND);
    effect->send.envelope = envelope;
    return effect;
}
