/* pace.c - when a connection is read: one that exceeds the rates is not read for a while, and one
 * that continues is closed, since answering it forever would cost all others. A user's rates are
 * for all their connections together; a connection that is not logged in has its own. */
#include "core/pace.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/bucket.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

static void pause_reading(struct cw_core *core, struct conn *conn, bool pause)
{
    if (conn->paused == pause)
        return;
    conn->paused = pause;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_READ);
    effect->read.conn = conn->id;
    effect->read.on = !pause;
}

/* Reading stops while too many requests wait, or a long one, of which there is one at a time in
 * memory, or a login: the messages behind it may be longer than those of a connection without a
 * session. */
void cw_conn_balance(struct cw_core *core, struct conn *conn)
{
    unsigned few = conn->session == NULL ? 0 : CW_REQUESTS_IN_FLIGHT_MAX / 2;
    unsigned many = conn->session == NULL ? 1 : CW_REQUESTS_IN_FLIGHT_MAX;
    bool paced = cw_pace_pauses(conn);
    if (conn->closing)
        return;
    if (conn->request_count >= many || conn->long_count != 0 || paced)
        pause_reading(core, conn, true);
    else if (conn->request_count <= few)
        pause_reading(core, conn, false);
}

struct pace *cw_pace_of(struct conn *conn)
{
    return conn->session != NULL ? &cw_user_activity(conn->session->user)->pace : &conn->pace;
}

static struct pause *pause_of(struct conn *conn)
{
    if (conn->pause == NULL) {
        conn->pause = cw_alloc_zero(sizeof *conn->pause);
        conn->pause->conn = conn;
        cw_list_init(&conn->pause->link);
    }
    return conn->pause;
}

/* The list is in the order of resume_ms. */
static void begin_pause(struct cw_core *core, struct pause *pause, uint64_t ms)
{
    assert(pause->conn->pause == pause);
    struct link *before;
    if (core->now_ms + ms <= pause->resume_ms)
        return;
    pause->resume_ms = core->now_ms + ms;
    cw_list_remove(&pause->link);
    before = core->paused.prev;
    while (before != &core->paused &&
           CW_LINK_OWNER(before, struct pause, link)->resume_ms > pause->resume_ms)
        before = before->prev;
    cw_list_append(before->next, &pause->link);
    cw_conn_balance(core, pause->conn);
}

void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight)
{
    const struct cw_core_config *config = &core->config;
    if (conn->closing || cw_bucket_take(&cw_pace_of(conn)->idle, core->now_ms, weight,
                                        config->refusals_per_s, config->refusals_burst))
        return;
    struct pause *pause = pause_of(conn);
    if (core->now_ms < pause->resume_ms)
        return; /* what had been read before */
    if (core->now_ms >= pause->resume_ms + CW_PAUSES_FORGOTTEN_MS)
        pause->count = 0;
    if (++pause->count > CW_PAUSES_MAX)
        conn->incorrigible = true; /* closed when all is answered */
    else
        begin_pause(core, pause, CW_PAUSE_MS);
}

/* The bytes have arrived already: reading waits until the bucket has made up for them. */
static void owe(struct cw_core *core, struct conn *conn, struct bucket *bucket, size_t n)
{
    const struct cw_core_config *config = &core->config;
    if (config->bytes_per_s == 0)
        return;
    uint64_t missing_ms =
        cw_bucket_owe(bucket, core->now_ms, (double)n, config->bytes_per_s, config->bytes_burst);
    if (missing_ms > 0)
        begin_pause(core, pause_of(conn), missing_ms);
}

void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n)
{
    owe(core, conn, &cw_pace_of(conn)->bytes, n);
}

void cw_pace_file(struct cw_core *core, struct conn *conn, size_t n)
{
    owe(core, conn, &cw_pace_of(conn)->files, n);
}

void cw_pace_file_of(struct cw_core *core, struct conn *conn, uint64_t user_id, size_t n)
{
    struct user *user = cw_user_by_id(core, user_id);
    if (user == NULL)
        cw_pace_file(core, conn, n);
    else
        owe(core, conn, &cw_user_activity(user)->pace.files, n);
}

void cw_pace_closed(struct conn *conn)
{
    if (conn->pause != NULL)
        cw_list_remove(&conn->pause->link);
    free(conn->pause);
}

static struct pause *first_to_resume(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->paused));
    return CW_LINK_OWNER(core->paused.next, struct pause, link);
}

void cw_pace_sweep(struct cw_core *core)
{
    while (core->now_ms >= cw_pace_deadline(core)) {
        struct pause *pause = first_to_resume(core);
        cw_list_remove(&pause->link);
        cw_conn_balance(core, pause->conn);
    }
}

uint64_t cw_pace_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->paused) ? UINT64_MAX : first_to_resume(core)->resume_ms;
}
