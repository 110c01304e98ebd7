/* lease.c - see lease.h.
 *
 * A join at a node asks whoever holds the lease, by the bus; where nobody is known, or nobody
 * answers, it asks the database, which gives the lease to who asks once that of another is over.
 * Asks are repeated, and a verdict is the same however often it is asked for, so what the bus loses
 * or doubles costs time alone.
 *
 * A rank is the lease's epoch, and a number behind it. Epochs grow with each taking of any lease,
 * so a later join has the higher rank, whoever decided, and of two places of one user all nodes
 * know the same one as the present one. */
#include "core/lease.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/codes.h"
#include "base/limits.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/far.h"
#include "core/far_body.h"
#include "core/group.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* A join here that waits. */
struct call_ask {
    struct link link; /* in core->call_asks, longest first */
    uint64_t cookie;  /* of its request */
    uint64_t call_id, user_id;
    uint64_t since_ms, asked_ms;
    unsigned asked; /* how often the present holder was asked */
    bool echo;
    bool ready; /* it waits no more: for the verdict, or with a rule that refuses it */
    enum cw_rule rule;
    uint64_t rank; /* with CW_RULE_NONE */
};

/* What was decided lately: a repeated ask is answered the same, and who was let in counts before
 * their node says that they are there. */
struct call_grant {
    uint64_t user_id, rank; /* rank 0: refused, or a free place */
    uint64_t n, epoch;      /* of the ask, and of its node */
    unsigned node;
    enum call_verdict verdict;
    uint64_t at_ms;
};

static struct call_ask *ask_at(const struct cw_core *core, const struct link *at)
{
    return at == &core->call_asks ? NULL : CW_LINK_OWNER(at, struct call_ask, link);
}

#define EACH_ASK(core, ask)                                                                        \
    struct call_ask *ask = ask_at(core, (core)->call_asks.next);                                   \
    ask != NULL;                                                                                   \
    ask = ask_at(core, ask->link.next)

static struct call_ask *ask_of(const struct cw_core *core, uint64_t cookie)
{
    for (EACH_ASK(core, ask))
        if (ask->cookie == cookie)
            return ask;
    return NULL;
}

bool cw_lease_is_held(const struct cw_core *core, const struct far_call *call)
{
    return call->lease.node == core->config.node &&
           (core->now_ms < core->leases_until_ms || core->now_ms < call->lease.until_ms);
}

/* --- deciding ------------------------------------------------------------------------------- */

static bool is_recent(const struct cw_core *core, const struct call_grant *grant)
{
    return grant->node != 0 && core->now_ms - grant->at_ms < CW_CALL_GRANT_MS;
}

/* Users who were let in, and whom nobody has said to have yet. */
static size_t count_on_their_way(const struct cw_core *core, const struct far_call *call,
                                 uint64_t but)
{
    size_t count = 0;
    for (size_t i = 0; call->lease.grants != NULL && i < CW_CALL_MEMBERS_LIMIT; i++) {
        const struct call_grant *grant = &call->lease.grants[i];
        count += is_recent(core, grant) && grant->rank != 0 && grant->user_id != but &&
                 !cw_call_has_id(core, call->id, grant->user_id);
    }
    return count;
}

/* The place of the grant that is the same ask, or else of the oldest one. */
static struct call_grant *grant_place(struct cw_core *core, struct far_call *call, unsigned node,
                                      uint64_t epoch, uint64_t n, bool *same)
{
    struct call_lease *lease = &call->lease;
    if (lease->grants == NULL)
        lease->grants = cw_alloc_zero(CW_CALL_MEMBERS_LIMIT * sizeof *lease->grants);
    struct call_grant *oldest = lease->grants;
    for (size_t i = 0; i < CW_CALL_MEMBERS_LIMIT; i++) {
        struct call_grant *grant = &lease->grants[i];
        *same =
            is_recent(core, grant) && grant->node == node && grant->epoch == epoch && grant->n == n;
        if (*same)
            return grant;
        if (grant->at_ms < oldest->at_ms)
            oldest = grant;
    }
    return oldest;
}

/* Decides about an ask with this number, of the node in this life. */
static const struct call_grant *decide(struct cw_core *core, struct far_call *call, unsigned node,
                                       uint64_t epoch, const struct far_ask *ask)
{
    bool same;
    struct call_grant *grant = grant_place(core, call, node, epoch, ask->n, &same);
    if (same)
        return grant;
    *grant = (struct call_grant){
        .user_id = ask->user_id, .n = ask->n, .epoch = epoch, .node = node, .at_ms = core->now_ms};
    grant->verdict = cw_call_judge(core, call->id, ask->user_id, (ask->flags & CW_ASK_ECHO) != 0,
                                   count_on_their_way(core, call, ask->user_id));
    if (grant->verdict == CALL_GRANTED)
        grant->rank = call->lease.epoch << CW_RANK_BITS | ++call->lease.given;
    return grant;
}

void cw_lease_asked(struct cw_core *core, unsigned node, uint64_t epoch, struct cw_slice body)
{
    struct far_ask ask;
    struct far_call *call = cw_far_read_ask(body, &ask) ? cw_far_find(core, ask.call) : NULL;
    if (call == NULL || !cw_lease_is_held(core, call))
        return; /* it asks again, and then the database */
    const struct call_grant *grant = decide(core, call, node, epoch, &ask);
    const struct far_verdict verdict = {.call = ask.call,
                                        .n = ask.n,
                                        .epoch = call->lease.epoch,
                                        .verdict = grant->verdict,
                                        .rank = grant->rank};
    cw_far_pack_verdict(core, &verdict);
    cw_effect_bus(core, node, CW_BUS_CALL_VERDICT, cw_buf_slice(&core->far_body));
}

/* --- asking --------------------------------------------------------------------------------- */

static void settle(struct call_ask *ask, enum call_verdict verdict, uint64_t rank)
{
    static const enum cw_rule rules[] = {[CALL_GRANTED] = CW_RULE_NONE,
                                         [CALL_IS_FULL] = CW_RULE_CALL_MAX,
                                         [CALL_HAS_USER] = CW_RULE_IN_CALL_ELSEWHERE};
    ask->ready = true;
    ask->rule = rules[verdict];
    ask->rank = rank;
}

static struct far_ask message_of(const struct call_ask *ask)
{
    return (struct far_ask){.call = ask->call_id,
                            .n = ask->cookie,
                            .user_id = ask->user_id,
                            .flags = ask->echo ? CW_ASK_ECHO : 0};
}

static void ask_database(struct cw_core *core, struct far_call *call)
{
    if (call->lease.asked)
        return;
    call->lease.asked = true;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_LEASE);
    effect->lease.call = call->id;
    effect->lease.take = true;
}

/* Where the holder does not answer, another one may hold it by now, or nobody. */
static void pursue(struct cw_core *core, struct call_ask *ask)
{
    struct far_call *call = cw_far_find(core, ask->call_id);
    const struct far_ask message = message_of(ask);
    ask->asked_ms = core->now_ms;
    if (cw_lease_is_held(core, call)) {
        const struct call_grant *grant = decide(core, call, core->config.node, 0, &message);
        settle(ask, grant->verdict, grant->rank);
        return;
    }
    bool known = call->lease.node != 0 && call->lease.node != core->config.node;
    if (known) {
        cw_far_pack_ask(core, &message);
        cw_effect_bus(core, call->lease.node, CW_BUS_CALL_ASK, cw_buf_slice(&core->far_body));
        ask->asked++;
    }
    if (!known || ask->asked > 1 || !core->bus_up)
        ask_database(core, call);
}

static void pursue_all(struct cw_core *core, const struct far_call *call)
{
    for (EACH_ASK(core, ask))
        if (ask->call_id == call->id && !ask->ready) {
            ask->asked = 0;
            pursue(core, ask);
        }
}

void cw_lease_told(struct cw_core *core, struct cw_slice body)
{
    struct far_verdict verdict;
    if (!cw_far_read_verdict(body, &verdict))
        return;
    struct call_ask *ask = ask_of(core, verdict.n);
    const struct far_call *call = cw_far_find(core, verdict.call);
    if (ask == NULL || call == NULL || ask->call_id != call->id || ask->ready ||
        verdict.epoch < call->lease.epoch)
        return;
    settle(ask, verdict.verdict, verdict.rank);
}

void cw_lease_heard(struct cw_core *core, struct far_call *call, unsigned node, uint64_t epoch)
{
    if (epoch <= call->lease.epoch)
        return;
    call->lease.node = node;
    call->lease.epoch = epoch;
    pursue_all(core, call);
}

/* --- the database ------------------------------------------------------------------------- */

void cw_lease_drop(struct cw_core *core, struct far_call *call)
{
    if (call->lease.node != core->config.node || call->ask_count != 0)
        return;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_LEASE);
    effect->lease.call = call->id;
    effect->lease.take = false;
    call->lease.node = 0;
    call->lease.until_ms = 0;
}

/* Who has nobody in the call, and asks for nobody, does not keep the lease. */
static void drop_unused(struct cw_core *core, struct far_call *call)
{
    const struct group *group = cw_far_group(core, call->id);
    if (group == NULL || group->call_count + group->seat_count == 0)
        cw_lease_drop(core, call);
    cw_far_forget(core, call);
}

/* Another node has it, and there is no bus to ask it by: these joins are refused. */
static void refuse_asks(struct cw_core *core, const struct far_call *call)
{
    for (EACH_ASK(core, ask))
        if (ask->call_id == call->id && !ask->ready) {
            ask->ready = true;
            ask->rule = CW_RULE_CALL_FAR;
        }
}

static void take_one(struct cw_core *core, struct far_call *call, const struct cw_core_lease *lease)
{
    bool before = call->lease.node == lease->node && call->lease.epoch == lease->epoch;
    bool own = lease->node == core->config.node;
    call->lease.asked = false;
    if (lease->node == 0 && call->lease.node == core->config.node)
        call->lease.node = 0; /* it was lost */
    if (lease->node == 0 || lease->epoch < call->lease.epoch)
        return; /* nobody can tell, or it is known better: the asks go on */
    call->lease.node = lease->node;
    call->lease.epoch = lease->epoch;
    if (own)
        call->lease.until_ms = core->now_ms + lease->left_ms;
    if (!before)
        call->lease.given = 0;
    if (!own && !core->bus_up)
        refuse_asks(core, call);
    else if (!before || own)
        pursue_all(core, call);
}

void cw_lease_take(struct cw_core *core, const struct cw_core_lease *lease)
{
    if (lease->call == 0)
        core->leases_until_ms = core->now_ms + lease->left_ms;
    struct far_call *call = lease->call == 0 ? NULL : cw_far_find(core, lease->call);
    if (call != NULL) {
        take_one(core, call, lease);
        drop_unused(core, call);
    }
}

/* --- requests ------------------------------------------------------------------------------- */

static void wait_for(struct cw_core *core, struct request *request, struct far_call *call,
                     step_fn *resume)
{
    struct call_ask *ask = cw_alloc_zero(sizeof *ask);
    ask->cookie = cw_request_hold(core, request, resume);
    ask->call_id = call->id;
    ask->user_id = request->sender->id;
    ask->echo = request->msg->extras.echo != 0;
    ask->since_ms = core->now_ms;
    call->ask_count++;
    cw_list_append(&core->call_asks, &ask->link);
    pursue(core, ask);
}

bool cw_lease_admit(struct cw_core *core, struct request *request, uint64_t call_id,
                    step_fn *resume)
{
    if (core->config.node == 0 || cw_conn_call(request->conn) != NULL)
        return true; /* cw_call_join answers */
    struct far_call *call = cw_far_take(core, call_id);
    if (call == NULL)
        cw_request_refuse(core, request, CW_RULE_CALL_UNDECIDED);
    else
        wait_for(core, request, call, resume);
    return false;
}

static void refuse(struct cw_core *core, struct request *request, enum cw_rule rule)
{
    if (rule == CW_RULE_CALL_MAX)
        cw_request_refuse_above(core, request, rule, core->config.call_members_max);
    else
        cw_request_refuse(core, request, rule);
}

/* The session may have moved to another connection meanwhile. */
bool cw_lease_admitted(struct cw_core *core, struct request *request)
{
    const struct call_ask *ask = ask_of(core, request->cookie);
    const struct session *session = request->conn->session;
    assert(ask != NULL && ask->ready);
    if (session == NULL || session->id != request->sender_session)
        cw_request_refuse(core, request, CW_RULE_SESSION_MOVED);
    else if (ask->rule != CW_RULE_NONE)
        refuse(core, request, ask->rule);
    request->rank = ask->rank;
    return !request->done;
}

static void remove_ask(struct cw_core *core, struct call_ask *ask)
{
    struct far_call *call = cw_far_find(core, ask->call_id);
    assert(call != NULL && call->ask_count > 0);
    cw_list_remove(&ask->link);
    call->ask_count--;
    free(ask);
    drop_unused(core, call);
}

void cw_lease_forget(struct cw_core *core, uint64_t cookie)
{
    struct call_ask *ask = ask_of(core, cookie);
    if (ask != NULL)
        remove_ask(core, ask);
}

uint64_t cw_leases_sweep(struct cw_core *core)
{
    struct call_ask *next;
    for (struct call_ask *ask = ask_at(core, core->call_asks.next); ask != NULL; ask = next) {
        next = ask_at(core, ask->link.next);
        ask->ready |= cw_request_held(core, ask->cookie) == NULL; /* its connection has gone */
        if (!ask->ready && core->now_ms - ask->since_ms >= CW_CALL_ADMIT_MS) {
            ask->ready = true;
            ask->rule = CW_RULE_CALL_UNDECIDED;
        }
        if (ask->ready)
            return ask->cookie;
        if (core->now_ms - ask->asked_ms >= CW_CALL_ASK_MS)
            pursue(core, ask);
        if (ask->ready)
            return ask->cookie;
    }
    return 0;
}

uint64_t cw_leases_deadline(const struct cw_core *core)
{
    uint64_t deadline = UINT64_MAX;
    for (EACH_ASK(core, ask)) {
        uint64_t end = ask->since_ms + CW_CALL_ADMIT_MS, again = ask->asked_ms + CW_CALL_ASK_MS;
        uint64_t due = again < end ? again : end;
        deadline = due < deadline ? due : deadline;
    }
    return deadline;
}

void cw_leases_finish(struct cw_core *core)
{
    for (struct call_ask *ask; (ask = ask_at(core, core->call_asks.next)) != NULL;) {
        cw_list_remove(&ask->link);
        cw_far_find(core, ask->call_id)->ask_count--;
        free(ask);
    }
}
