/* effect.c - appending to the effects of the step under way. */
#include <stdlib.h>

#include "core/internal.h"

/* What must be zeroed: a message takes a kilobyte, and add_send fills it in. */
static size_t size_of(enum cw_effect_type type)
{
    static const struct cw_effect *const effect;
    switch (type) {
    case CW_FX_SEND:
    case CW_FX_LISTS:
        return 0;
    case CW_FX_STORE:
        return sizeof effect->store;
    case CW_FX_HASH:
        return sizeof effect->hash;
    case CW_FX_NOTE:
        return sizeof effect->note;
    default:
        return sizeof effect->close;
    }
}

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type)
{
    struct cw_effects *effects = core->effects;
    if (effects->count == effects->capacity) {
        effects->capacity = effects->capacity == 0 ? 16 : effects->capacity * 2;
        effects->items = cw_realloc(effects->items, effects->capacity * sizeof *effects->items);
    }
    struct cw_effect *effect = &effects->items[effects->count++];
    effect->type = type;
    memset(&effect->send, 0, size_of(type));
    return effect;
}

void cw_audience_init(struct cw_core *core, struct audience *audience, size_t max)
{
    struct cw_arena *arena = &core->effects->arena;
    *audience = (struct audience){.plain = cw_arena_alloc(arena, max * sizeof(cw_conn_id)),
                                  .extended = cw_arena_alloc(arena, max * sizeof(cw_conn_id))};
}

void cw_audience_add(struct audience *audience, const struct session *session)
{
    if (session->extended)
        audience->extended[audience->extended_count++] = session->conn_id;
    else
        audience->plain[audience->plain_count++] = session->conn_id;
}

void cw_audience_add_conn(struct audience *audience, const struct conn *conn)
{
    if (cw_conn_extended(conn))
        audience->extended[audience->extended_count++] = conn->id;
    else
        audience->plain[audience->plain_count++] = conn->id;
}

static struct cw_effect *add_send(struct cw_core *core, const struct cw_msg *msg,
                                  const struct audience *audience, enum cw_effect_type type)
{
    struct cw_effect *effect = cw_effect_add(core, type);
    effect->send.msg = *msg;
    effect->send.plain = audience->plain;
    effect->send.plain_count = audience->plain_count;
    effect->send.extended = audience->extended;
    effect->send.extended_count = audience->extended_count;
    effect->send.envelope = effect->send.live = false;
    effect->send.speaker = 0;
    return effect;
}

void cw_effect_send(struct cw_core *core, const struct cw_msg *msg, const struct audience *audience,
                    bool live)
{
    if (audience->plain_count + audience->extended_count != 0)
        add_send(core, msg, audience, CW_FX_SEND)->send.live = live;
}

void cw_effect_send_lists(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, const struct conn *speaker)
{
    struct cw_effect *effect = add_send(core, msg, audience, CW_FX_LISTS);
    effect->send.live = true;
    effect->send.speaker = speaker->id;
}

void cw_effect_answer(struct cw_core *core, const struct cw_msg *msg, const struct conn *conn,
                      bool extended, bool envelope)
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
    add_send(core, msg, &audience, CW_FX_SEND)->send.envelope = envelope;
}

static void end(struct cw_core *core, struct conn *conn, enum cw_effect_type type,
                const char *reason)
{
    if (conn->closing)
        return;
    conn->closing = true;
    struct cw_effect *effect = cw_effect_add(core, type);
    effect->close.conn = conn->id;
    effect->close.reason = reason;
}

void cw_effect_close(struct cw_core *core, struct conn *conn, const char *reason)
{
    end(core, conn, CW_FX_CLOSE, reason);
}

void cw_effect_drop(struct cw_core *core, struct conn *conn, const char *reason)
{
    end(core, conn, CW_FX_DROP, reason);
}

void cw_effects_finish(struct cw_effects *effects)
{
    free(effects->items);
    cw_arena_finish(&effects->arena);
    *effects = (struct cw_effects){0};
}
