/* pace.c - who sends more than his share is not read for a while, and whoever goes
 * on with it is closed: answering him for ever would cost everybody else.
 *
 * A user's share belongs to him, whatever number of connections he has; a
 * connection that is not logged in has its own. */
#include "core/pace.h"

#include "base/limits.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

struct rates *cw_rates_of(struct conn *conn)
{
    return conn->session != NULL ? &conn->session->user->rates : &conn->rates;
}

/* The list is in the order of when reading goes on. */
static void pause(struct cw_core *core, struct conn *conn, uint64_t ms)
{
    struct link *before;
    if (core->now_ms + ms <= conn->resume_ms)
        return;
    conn->resume_ms = core->now_ms + ms;
    cw_list_remove(&conn->pausing);
    before = core->paused.prev;
    while (before != &core->paused &&
           CW_LINK_OWNER(before, struct conn, pausing)->resume_ms > conn->resume_ms)
        before = before->prev;
    cw_list_append(before->next, &conn->pausing);
    cw_conn_balance(core, conn);
}

void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight)
{
    const struct cw_core_config *config = &core->config;
    if (conn->closing || cw_bucket_take(&cw_rates_of(conn)->idle, core->now_ms, weight,
                                        config->refusals_per_s, config->refusals_burst))
        return;
    if (core->now_ms < conn->resume_ms)
        return; /* what had been read before */
    if (core->now_ms >= conn->resume_ms + CW_PAUSES_FORGOTTEN_MS)
        conn->pauses = 0;
    if (++conn->pauses > CW_PAUSES_MAX)
        conn->incorrigible = true; /* closed when all is answered */
    else
        pause(core, conn, CW_PAUSE_MS);
}

void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n)
{
    const struct cw_core_config *config = &core->config;
    if (config->bytes_per_s == 0)
        return;
    struct bucket *bytes = &cw_rates_of(conn)->bytes;
    /* It has come: what is missing is waited for. */
    double missing =
        cw_bucket_owe(bytes, core->now_ms, (double)n, config->bytes_per_s, config->bytes_burst);
    if (missing > 0)
        pause(core, conn, (uint64_t)(missing * 1000 / config->bytes_per_s) + 1);
}

void cw_pace_closed(struct conn *conn)
{
    cw_list_remove(&conn->pausing);
}

void cw_pace_sweep(struct cw_core *core)
{
    while (!cw_list_empty(&core->paused)) {
        struct conn *conn = CW_LINK_OWNER(core->paused.next, struct conn, pausing);
        if (core->now_ms < conn->resume_ms)
            return;
        cw_list_remove(&conn->pausing);
        cw_conn_balance(core, conn);
    }
}

uint64_t cw_pace_deadline(const struct cw_core *core)
{
    if (cw_list_empty(&core->paused))
        return UINT64_MAX;
    return CW_LINK_OWNER(core->paused.next, struct conn, pausing)->resume_ms;
}
