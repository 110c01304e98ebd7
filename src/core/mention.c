/* mention.c - see mention.h. Called by on_text.c and on_edit.c for each text, and by fan_out.c. */
#include "core/mention.h"

#include <assert.h>

#include "core/effect.h"
#include "core/names.h"
#include "core/state.h"
#include "core/user.h"
#include "text/mention.h"

/* Keys while they are collected: of each word all, the longest first, and a zero behind them. */
struct keys {
    struct cw_buf bytes;
    size_t begins[CW_MENTIONS_MAX + 1]; /* of each word; behind the last one */
    size_t count;
};

static bool is_here(const struct cw_name_key *key)
{
    return cw_slice_eq(cw_name_key_slice(key), cw_slice_str("here"));
}

/* Writes the keys that the word may stand for; false: for everybody. */
static bool write_keys(const struct cw_core *core, struct cw_slice word, struct cw_buf *bytes)
{
    struct cw_name_key key;
    int tries = 0;
    assert(word.n != 0);
    do {
        if (!cw_names_fold(core, CW_NAME_OF_USER, word, &key))
            continue;
        if (is_here(&key))
            return false;
        cw_buf_append(bytes, key.p, key.n);
        cw_buf_append_byte(bytes, 0);
    } while (++tries < CW_MENTION_TRIES_MAX && cw_mention_shorten(&word));
    return true;
}

/* The last word again? */
static bool is_known(const struct keys *keys)
{
    const uint8_t *bytes = cw_buf_slice(&keys->bytes).p;
    size_t from = keys->begins[keys->count], n = keys->bytes.n - from;
    assert(keys->count <= CW_MENTIONS_MAX && from < keys->bytes.n);
    for (size_t i = 0; i < keys->count; i++)
        if (keys->begins[i + 1] - keys->begins[i] == n &&
            memcmp(bytes + keys->begins[i], bytes + from, n) == 0)
            return true;
    return false;
}

/* False: there is no room for one more. */
static bool add_word(const struct cw_core *core, struct cw_slice word, struct keys *keys,
                     struct cw_store_request *store)
{
    size_t from = keys->bytes.n;
    keys->begins[keys->count] = from;
    if (!write_keys(core, word, &keys->bytes)) {
        store->calls_all = true;
        keys->bytes.n = from;
        return true;
    }
    if (keys->bytes.n == from) /* no name at all */
        return true;
    cw_buf_append_byte(&keys->bytes, 0);
    bool known = is_known(keys), full = keys->count == CW_MENTIONS_MAX;
    if (known || full)
        keys->bytes.n = from;
    else
        keys->begins[++keys->count] = keys->bytes.n;
    return known || !full;
}

bool cw_mentions_put(struct cw_core *core, struct cw_slice text, struct cw_store_request *store)
{
    if (text.n == 0 || memchr(text.p, '@', text.n) == NULL)
        return true;
    struct cw_mention_scan scan = cw_mention_scan(text);
    struct keys keys = {.count = 0};
    struct cw_slice word;
    bool all = true;
    while (all && cw_mention_next(&scan, &word))
        all = add_word(core, word, &keys, store);
    assert(keys.bytes.n == 0 || keys.begins[keys.count] == keys.bytes.n);
    store->mentions = cw_effect_copy(core, cw_buf_slice(&keys.bytes));
    cw_buf_finish(&keys.bytes);
    return all;
}

static bool has_user(const struct cw_store_mentions *mentions, uint64_t user_id)
{
    size_t low = 0, high = mentions->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mentions->users[middle].user_id < user_id)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low == 0 || mentions->users[low - 1].user_id < user_id);
    assert(low == mentions->count || mentions->users[low].user_id >= user_id);
    return low < mentions->count && mentions->users[low].user_id == user_id;
}

bool cw_mentions_user(const struct cw_store_mentions *mentions, const struct user *user,
                      uint64_t sender_id)
{
    if (mentions == NULL || user->id == sender_id)
        return false;
    return has_user(mentions, user->id) || (mentions->all && !cw_user_has_blocked(user, sender_id));
}
