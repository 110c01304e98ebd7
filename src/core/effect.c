/* effect.c - appending to the effects of the step under way, whatever they are. Messages
 * are appended by audience.c. */
#include "core/effect.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/state.h"

/* What must be zeroed: a message takes a kilobyte, and audience.c fills it in. */
static size_t size_of(enum cw_effect_type type)
{
    static const struct cw_effect *const effect;
    switch (type) {
    case CW_FX_SEND:
    case CW_FX_LISTS:
    case CW_FX_CONTROL:
        break;
    case CW_FX_STORE:
        return sizeof effect->store;
    case CW_FX_HASH:
        return sizeof effect->hash;
    case CW_FX_SERVER:
        return sizeof effect->server;
    case CW_FX_NOTE:
        return sizeof effect->note;
    case CW_FX_PROBE:
        return sizeof effect->probe;
    case CW_FX_READ:
    case CW_FX_AUTHENTICATED:
        return sizeof effect->read;
    case CW_FX_PUSH:
        return sizeof effect->push;
    case CW_FX_BUS:
        return sizeof effect->bus;
    case CW_FX_LEASE:
        return sizeof effect->lease;
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

void cw_effect_bus(struct cw_core *core, unsigned to, enum cw_bus_kind kind, struct cw_slice body)
{
    if (!core->bus_up)
        return;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_BUS);
    effect->bus.to = to;
    effect->bus.kind = kind;
    effect->bus.body = cw_effect_copy(core, body);
}

/* --- messages --------------------------------------------------------------------------- */

/* Where a field of a message is, or an extra of its map, if it is a string to be copied; else 0,
 * where neither struct has one. */
#define PLACE_STRING(type, member)   offsetof(type, member)
#define PLACE_BYTES(type, member)    0 /* as content */
#define PLACE_UNSIGNED(type, member) 0
#define PLACE_SAMPLES(type, member)  0
#define PLACE_FEATURES(type, member) 0
#define PLACE_LIST(type, member)     0
enum {
    PLACE_OF_NONE,
#define CW_FIELD(field, member, type)                                                              \
    PLACE_OF_##field = CW_F_##field == CW_F_CONTENT ? 0 : PLACE_##type(struct cw_msg, member),
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

/* Of what a server sends: a few strings of the many that there are. */
#define FIELDS_MAX 4
#define PLACES(a, b, c, d, e, ...)                                                                 \
    {                                                                                              \
        PLACE_OF_##a, PLACE_OF_##b, PLACE_OF_##c, PLACE_OF_##d                                     \
    }
#define FIFTH(a, b, c, d, e, ...) CW_F_##e
static const uint16_t field_places[][CW_ACTION_COUNT][FIELDS_MAX] = {
#define CW_MESSAGE(kind, action, name, ...)                                                        \
    [CW_##kind][CW_##action] = PLACES(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE),
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)
#include "wire/messages.def"
#undef CW_MESSAGE
};
#define CW_MESSAGE(kind, action, name, ...)                                                        \
    _Static_assert(FIFTH(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE) == CW_F_NONE,                  \
                   "more than FIELDS_MAX: " name);
#include "wire/messages.def"
#undef CW_MESSAGE
#undef CW_ACTION
#undef CW_REQUEST_ROW

static const uint16_t extra_places[CW_X_COUNT] = {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program)                                                \
    [CW_X_##extra] = PLACE_##type(struct cw_extras, member),
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

static const cw_keys string_extras = 0
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program)                                                \
    | (PLACE_##type(struct cw_extras, member) == 0 ? 0 : CW_BIT(CW_X_##extra))
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    ;

static inline void own_string(struct cw_core *core, void *whole, uint16_t place)
{
    struct cw_slice *s = (struct cw_slice *)(void *)((uint8_t *)whole + place);
    if (place != 0 && s->n != 0)
        *s = cw_effect_copy(core, *s);
}

void cw_effect_own(struct cw_core *core, struct cw_msg *msg)
{
    assert(msg->kind == CW_RESPONSE || msg->kind == CW_UPDATE);
    const uint16_t *places = field_places[msg->kind][msg->action];
    for (int i = 0; i < FIELDS_MAX; i++)
        own_string(core, msg, places[i]);
    for (cw_keys left = msg->extras.present & string_extras; left != 0; left &= left - 1)
        own_string(core, &msg->extras, extra_places[cw_keys_first(left)]);
    own_string(core, msg, offsetof(struct cw_msg, action_name));
}

/* --- all of them ------------------------------------------------------------------------ */

void cw_effects_finish(struct cw_effects *effects)
{
    free(effects->items);
    cw_arena_finish(&effects->arena);
    *effects = (struct cw_effects){0};
}
