/* names.c - the keys of names: the reserved names, and the names that keep their key of version
 * 0.1.0. */
#include "core/names.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/effect.h"
#include "core/state.h"
#include "text/look.h"

static bool is_separator(uint8_t c)
{
    return c == ' ' || c == ',' || c == '\t';
}

/* Returns the next word of *text and removes it from there; empty: no more. */
static struct cw_slice next_word(struct cw_slice *text)
{
    size_t from = 0, to;
    while (from < text->n && is_separator(text->p[from]))
        from++;
    for (to = from; to < text->n && !is_separator(text->p[to]);)
        to++;
    struct cw_slice word = cw_slice_of(text->p + from, to - from);
    *text = cw_slice_of(text->p + to, text->n - to);
    return word;
}

/* The key is also the value. */
static void put_new(struct cw_map *map, struct cw_slice key)
{
    assert(key.n != 0); /* it would be found in every name */
    if (cw_map_get(map, key) == NULL)
        cw_map_put(map, key, (void *)key.p);
}

static void reserve(struct cw_core *core, struct cw_slice word)
{
    struct cw_looks looks;
    struct cw_slice look;
    cw_name_looks(word, &looks);
    struct cw_slice packed = cw_arena_copy(&core->names, cw_looks_slice(&looks));
    while (cw_looks_next(&packed, &look))
        put_new(&core->reserved, look);
}

void cw_names_init(struct cw_core *core, const struct cw_core_config *config)
{
    struct cw_slice words = config->reserved_names, key;
    struct cw_slice kept = cw_arena_copy(&core->names, config->kept_keys);
    cw_map_init(&core->reserved, config->hash_seed);
    cw_map_init(&core->kept_keys, config->hash_seed);
    for (struct cw_slice word; (word = next_word(&words)).n != 0;)
        reserve(core, word);
    while (cw_looks_next(&kept, &key))
        put_new(&core->kept_keys, key);
}

void cw_names_finish(struct cw_core *core)
{
    cw_map_finish(&core->reserved);
    cw_map_finish(&core->kept_keys);
    cw_arena_finish(&core->names);
}

bool cw_names_fold(const struct cw_core *core, enum cw_name_of of, struct cw_slice name,
                   struct cw_name_key *key)
{
    if (core->kept_keys.count != 0 && cw_name_fold_whole(name, key)) {
        uint8_t tagged[1 + CW_NAME_KEY_MAX];
        assert(key->n <= CW_NAME_KEY_MAX);
        tagged[0] = of == CW_NAME_OF_GROUP ? 'g' : 'u';
        memcpy(tagged + 1, key->p, key->n);
        if (cw_map_get(&core->kept_keys, cw_slice_of(tagged, key->n + 1)) != NULL)
            return true;
    }
    return cw_name_fold(name, key);
}

static bool is_reserved(const struct cw_core *core, struct cw_slice packed)
{
    struct cw_slice look;
    while (cw_looks_next(&packed, &look))
        if (cw_map_get(&core->reserved, look) != NULL)
            return true;
    return false;
}

enum cw_rule cw_names_fault(const struct cw_core *core, struct cw_slice name)
{
    struct cw_looks looks;
    enum cw_rule rule = cw_name_fault(name);
    if (rule != CW_RULE_NONE)
        return rule;
    cw_name_looks(name, &looks);
    return is_reserved(core, cw_looks_slice(&looks)) ? CW_RULE_NAME_RESERVED : CW_RULE_NONE;
}

struct cw_slice cw_names_looks(struct cw_core *core, struct cw_slice name)
{
    struct cw_looks looks;
    cw_name_looks(name, &looks);
    return cw_effect_copy(core, cw_looks_slice(&looks));
}

/* Unicode's category Cc; the text is UTF-8. */
bool cw_names_is_line(struct cw_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] == 0x7f ||
            (text.p[i] == 0xc2 && i + 1 < text.n && text.p[i + 1] < 0xa0))
            return false;
    return true;
}
