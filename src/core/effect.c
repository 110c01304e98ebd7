/* effect.c - appending to the effects of the step under way, whatever they are. Messages
 * are appended by audience.c. */
#include "core/effect.h"

#include <assert.h>
#include <stdlib.h>

#include "core/state.h"

/* What must be zeroed: a message takes a kilobyte, and audience.c fills it in. */
static size_t size_of(enum cw_effect_type type)
{
    static const struct cw_effect *const effect;
    switch (type) {
    case CW_FX_SEND:
    case CW_FX_LISTS:
        break;
    case CW_FX_STORE:
        return sizeof effect->store;
    case CW_FX_HASH:
        return sizeof effect->hash;
    case CW_FX_NOTE:
        return sizeof effect->note;
    case CW_FX_PROBE:
        return sizeof effect->probe;
    case CW_FX_READ:
    case CW_FX_AUTHENTICATED:
        return sizeof effect->read;
    case CW_FX_AUDIO:
        return sizeof effect->audio;
    case CW_FX_LISTS_END:
    case CW_FX_CLOSE:
    case CW_FX_DROP:
        return sizeof effect->close;
    }
    return 0;
}

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type)
{
    assert(core->effects != NULL);
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

struct cw_slice cw_effect_copy(struct cw_core *core, struct cw_slice bytes)
{
    assert(core->effects != NULL);
    return cw_arena_copy(&core->effects->arena, bytes);
}

struct cw_owned *cw_effect_adopt(struct cw_core *core, struct cw_owned owned)
{
    assert(core->effects != NULL);
    return cw_arena_adopt(&core->effects->arena, owned);
}

static void own_string(struct cw_core *core, struct cw_slice *s)
{
    if (s->n != 0)
        *s = cw_effect_copy(core, *s);
}

void cw_effect_own(struct cw_core *core, struct cw_msg *msg)
{
    struct cw_slice content = msg->content;
    msg->content.n = 0;
#define OWN_STRING(member)                          own_string(core, &(member));
#define OWN_SAMPLES(member)                         (void)(member);
#define OWN_UNSIGNED(member)                        (void)(member);
#define OWN_FEATURES(member)                        (void)(member);
#define OWN_LIST(member)                            (void)(member);
#define CW_FIELD(field, member, type)               OWN_##type(msg->member)
#define CW_EXTRA(extra, member, type, key, program) OWN_##type(msg->extras.member)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    own_string(core, &msg->action_name);
    msg->content = content;
}

void cw_effects_finish(struct cw_effects *effects)
{
    free(effects->items);
    cw_arena_finish(&effects->arena);
    *effects = (struct cw_effects){0};
}
