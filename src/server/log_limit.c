/* log_limit.c - see log_limit.h. */
#include "server/log_limit.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"

static uint64_t hash_of(const char *kind)
{
    static const uint64_t key[2] = {
        1, 2}; /* an attacker who makes a collision hides a line about itself */
    return cw_hash_keyed(key, cw_slice_str(kind));
}

static void forget(struct cw_log_limit *limit, size_t i)
{
    limit->count--;
    limit->entries[i] = limit->entries[limit->count];
    limit->hashes[i] = limit->hashes[limit->count];
}

static size_t oldest(const struct cw_log_limit *limit)
{
    size_t found = 0;
    for (size_t i = 1; i < limit->count; i++)
        if (limit->entries[i].since_ms < limit->entries[found].since_ms)
            found = i;
    return found;
}

static bool is_over(const struct cw_log_limit *limit, size_t i, uint64_t now_ms)
{
    return now_ms - limit->entries[i].since_ms >= CW_LOG_MINUTE_MS;
}

bool cw_log_limit_take(struct cw_log_limit *limit, const char *kind, uint64_t now_ms,
                       unsigned *left_out)
{
    uint64_t hash = hash_of(kind);
    size_t i = 0;
    *left_out = 0;
    while (i < limit->count && limit->hashes[i] != hash)
        i++;
    if (i < limit->count && !is_over(limit, i, now_ms)) {
        limit->entries[i].left_out++;
        return false;
    }
    if (i < limit->count) {
        *left_out = limit->entries[i].left_out;
    } else {
        if (limit->count == CW_LOG_KINDS)
            forget(limit, oldest(limit));
        i = limit->count++;
        limit->hashes[i] = hash;
        snprintf(limit->entries[i].kind, CW_LOG_KIND_MAX, "%s", kind);
    }
    limit->entries[i].since_ms = now_ms;
    limit->entries[i].left_out = 0;
    return true;
}

unsigned cw_log_limit_expire(struct cw_log_limit *limit, uint64_t now_ms,
                             char kind[CW_LOG_KIND_MAX])
{
    for (size_t i = 0; i < limit->count;) {
        if (!is_over(limit, i, now_ms)) {
            i++;
            continue;
        }
        unsigned left_out = limit->entries[i].left_out;
        memcpy(kind, limit->entries[i].kind, CW_LOG_KIND_MAX);
        forget(limit, i);
        if (left_out != 0)
            return left_out;
    }
    return 0;
}
