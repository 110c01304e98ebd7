/* throttle.c - how often somebody may ask, and how often a password may be
 * guessed. Addresses on this machine are exempt from the second: every local
 * tool and every reverse proxy comes from there. */
#include <stdlib.h>

#include "core/internal.h"

bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, unsigned per_s,
                    unsigned burst)
{
    if (per_s == 0)
        return true;
    if (bucket->at_ms == 0) {
        bucket->level = burst;
    } else {
        bucket->level += (double)(now_ms - bucket->at_ms) * per_s / 1000.0;
        if (bucket->level > burst)
            bucket->level = burst;
    }
    bucket->at_ms = now_ms == 0 ? 1 : now_ms;
    if (bucket->level < amount)
        return false;
    bucket->level -= amount;
    return true;
}

struct failure {
    struct link by_age;
    unsigned count;
    uint64_t until_ms; /* no further try before */
    size_t id_n;
    uint8_t id[CW_NAME_KEY_MAX + 16]; /* name key, then address */
};

static struct cw_slice make_id(const struct conn *conn, const struct cw_name_key *key,
                               uint8_t id[CW_NAME_KEY_MAX + 16])
{
    memcpy(id, key->p, key->n);
    memcpy(id + key->n, conn->address, conn->address_n);
    return cw_slice_of(id, key->n + conn->address_n);
}

static struct failure *find(struct cw_core *core, const struct conn *conn,
                            const struct cw_name_key *key)
{
    uint8_t id[CW_NAME_KEY_MAX + 16];
    return cw_map_get(&core->failures, make_id(conn, key, id));
}

bool cw_login_allowed(struct cw_core *core, const struct conn *conn, const struct cw_name_key *key)
{
    struct failure *failure = conn->loopback ? NULL : find(core, conn, key);
    return failure == NULL || core->now_ms >= failure->until_ms;
}

static void forget(struct cw_core *core, struct failure *failure)
{
    cw_map_remove(&core->failures, cw_slice_of(failure->id, failure->id_n));
    cw_list_remove(&failure->by_age);
    free(failure);
}

static struct failure *remember(struct cw_core *core, const struct conn *conn,
                                const struct cw_name_key *key)
{
    if (core->failures.count == CW_LOGIN_FAILURES_TRACKED)
        forget(core, CW_LINK_OWNER(core->failures_by_age.next, struct failure, by_age));
    struct failure *failure = cw_alloc_zero(sizeof *failure);
    failure->id_n = make_id(conn, key, failure->id).n;
    cw_list_append(&core->failures_by_age, &failure->by_age);
    cw_map_put(&core->failures, cw_slice_of(failure->id, failure->id_n), failure);
    return failure;
}

void cw_login_failed(struct cw_core *core, const struct conn *conn, const struct cw_name_key *key)
{
    if (conn->loopback)
        return;
    struct failure *failure = find(core, conn, key);
    if (failure == NULL)
        failure = remember(core, conn, key);
    failure->count++;
    if (failure->count <= CW_LOGIN_FAILURES_FREE)
        return;
    unsigned doublings = failure->count - CW_LOGIN_FAILURES_FREE - 1;
    uint64_t wait_ms = doublings > 20 ? CW_LOGIN_WAIT_MAX_MS : (uint64_t)1000 << doublings;
    failure->until_ms =
        core->now_ms + (wait_ms > CW_LOGIN_WAIT_MAX_MS ? CW_LOGIN_WAIT_MAX_MS : wait_ms);
}

void cw_login_succeeded(struct cw_core *core, const struct conn *conn,
                        const struct cw_name_key *key)
{
    struct failure *failure = conn->loopback ? NULL : find(core, conn, key);
    if (failure != NULL)
        forget(core, failure);
}

void cw_throttle_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->failures_by_age))
        forget(core, CW_LINK_OWNER(core->failures_by_age.next, struct failure, by_age));
    cw_map_finish(&core->failures);
}
