/* ring.c - calls of two users. The caller joins an empty call, and the devices of the callee with
 * the feature `calls` ring until one joins it, too, or refuses, until the caller has left it, or
 * CW_RING_MS have passed. From then on it is a call like any other, but that it ends when one of
 * the two leaves. Whoever was called and has neither answered nor refused finds a missed call in
 * the conversation.
 *
 * At several nodes (far.h) the ring is the caller's node's; the others have their devices of the
 * callee ring along, and a pair of their own once somebody has answered there.
 *
 * Called by the handlers (on_call.c, on_contact.c), far_call.c, and at the end of each step. */
#include "core/ring.h"

#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/audience.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/far.h"
#include "core/far_body.h"
#include "core/group.h"
#include "core/lease.h"
#include "core/list.h"
#include "core/missed_call.h"
#include "core/notify.h"
#include "core/pair.h"
#include "core/remote.h"
#include "core/request.h"
#include "core/ring_rate.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- who rings --------------------------------------------------------------------------- */

/* Does the user want to hear of a call of this one? Not of the blocked; a bot hears of none. The
 * caller is told the same as if no device could ring, so that they learn nothing. */
static bool wants_call(const struct user *callee, uint64_t caller_id)
{
    return !callee->bot && !cw_user_has_blocked(callee, caller_id);
}

/* ... and be rung for now? As a mention: not in quiet hours, nor where the conversation is muted; a
 * missed call is found afterwards, and the caller learns nothing of this either. */
static bool wants_ring(const struct cw_core *core, const struct user *callee, uint64_t caller_id)
{
    uint64_t conversation = cw_conversation_of_pair(callee->id, caller_id);
    return (cw_notify_judge(core, callee->notify, conversation, true) & MARK_QUIET) == 0;
}

static bool has_device(const struct user *callee)
{
    CW_EACH_SESSION (session, callee)
        if (cw_session_takes(session, CW_FEATURE_CALLS))
            return true;
    return false;
}

/* At another node, which judges whether devices there ring. */
static bool is_at_node(const struct cw_core *core, const struct user *callee)
{
    return core->bus_up && cw_remote_state(cw_remote_find(core, callee->id)) != PRESENCE_OFFLINE;
}

/* In any call, at any node, or in the middle of a ring here. */
static bool is_busy(const struct cw_core *core, const struct user *user)
{
    if (user->pair != NULL || user->seats != NULL || cw_far_has_user(core, user->id, 0, false))
        return true;
    CW_EACH_SESSION (session, user)
        if ((session->conn != NULL && cw_conn_call(session->conn) != NULL) ||
            cw_part_in_call(session))
            return true;
    return false;
}

/* --- what is told ------------------------------------------------------------------------ */

static void tell(struct cw_core *core, struct cw_slice caller, const struct user *callee,
                 const char *state, const struct audience *audience)
{
    const struct cw_msg update = {.kind = CW_UPDATE,
                                  .action = CW_RING,
                                  .sender = caller,
                                  .conversation = cw_user_name(callee),
                                  .state = cw_slice_str(state)};
    cw_effect_send(core, &update, audience, false);
}

/* Tells the devices of the callee, and who is in the call; not the connection that has asked for
 * it, which gets an answer. */
static void tell_ring(struct cw_core *core, const struct pair *pair, const char *state,
                      const struct conn *asking)
{
    struct audience audience;
    const struct group *room = pair->room;
    assert(pair->caller->pair == pair && pair->callee->pair == pair);
    cw_audience_init(core, &audience, cw_user_session_count(pair->callee) + room->call_count);
    CW_EACH_SESSION (session, pair->callee)
        if (session->conn != asking && cw_session_takes(session, CW_FEATURE_CALLS))
            cw_audience_add(&audience, session);
    for (size_t i = 0; i < room->call_count; i++)
        if (room->call[i] != asking && room->call[i]->session->user == pair->caller &&
            !room->call[i]->no_updates)
            cw_audience_add_conn(&audience, room->call[i]);
    tell(core, cw_user_name(pair->caller), pair->callee, state, &audience);
}

static void tell_session(struct cw_core *core, struct cw_slice caller,
                         const struct session *session)
{
    struct audience audience;
    cw_audience_init(core, &audience, 1);
    cw_audience_add(&audience, session);
    tell(core, caller, session->user, "ringing", &audience);
}

/* Of the ring of a set, that is, of one at another node. */
static bool rings_here(const struct cw_core *core, const struct far_set *set,
                       const struct user *callee)
{
    uint64_t caller_id = cw_conversation_peer(set->call->id, callee->id);
    return wants_call(callee, caller_id) && wants_ring(core, callee, caller_id) &&
           !is_busy(core, callee);
}

void cw_ring_tell(struct cw_core *core, const struct session *session)
{
    struct user *user = session->user;
    const struct pair *pair = user->pair;
    if (!cw_session_takes(session, CW_FEATURE_CALLS))
        return;
    if (pair != NULL && pair->rings_until_ms != 0 && pair->callee == user)
        tell_session(core, cw_user_name(pair->caller), session);
    for (struct link *link = core->far_rings.next; link != &core->far_rings; link = link->next) {
        struct far_set *set = CW_LINK_OWNER(link, struct far_set, ringing);
        if (set->rings != user->id || set->count == 0)
            continue;
        set->rang = set->rang || rings_here(core, set, user);
        if (set->rang)
            tell_session(core, cw_far_name(&set->seats[0]), session);
    }
}

/* --- from the ring to the end ------------------------------------------------------------ */

static void end_pair(struct cw_core *core, struct pair *pair, const char *reason)
{
    cw_call_end(core, pair->room, reason);
    assert(pair->room->call_count == 0);
    cw_pair_destroy(core, pair);
}

static const char *const ring_states[CW_RING_ENDS] = {[CW_RING_GIVEN_UP] = "given_up",
                                                      [CW_RING_REFUSED] = "refused",
                                                      [CW_RING_MISSED] = "missed",
                                                      [CW_RING_ANSWERED] = "answered"};

/* Other nodes are told at the end of the step, with whom this one has. */
static void note_end(struct cw_core *core, const struct pair *pair, enum far_ring_end end)
{
    struct far_call *call = cw_far_of(core, pair->room);
    if (call != NULL)
        call->ring_end = end;
    cw_far_changed(core, pair->room);
}

static void end_ring(struct cw_core *core, struct pair *pair, enum far_ring_end end,
                     const struct conn *asking)
{
    assert(pair->rings_until_ms != 0 && end < CW_RING_ANSWERED);
    tell_ring(core, pair, ring_states[end], asking);
    note_end(core, pair, end);
    if (end != CW_RING_REFUSED && !pair->caller->deleted)
        cw_missed_store(core, pair->caller, pair->callee);
    end_pair(core, pair, NULL);
}

/* Do devices here ring already, for a ring of another node? The caller has taken up a device at
 * this node, or that of `now`, and with it the ring. */
static bool take_ringing(const struct far_call *call, const struct far_set *now, uint64_t callee_id)
{
    bool rang = false;
    CW_EACH_FAR_SET(set, call)
    if (set != now && set->rings == callee_id) {
        rang |= set->rang;
        set->rang = false;
    }
    return rang;
}

static void ring_there(struct cw_core *core, struct request *request)
{
    struct pair *pair =
        cw_pair_create(core, request->sender, request->target, core->now_ms + CW_RING_MS);
    pair->ring = request->rank;
    bool joined = cw_call_join(core, request, pair->room);
    assert(joined);
    (void)joined;
    note_end(core, pair, CW_RING_GIVEN_UP); /* if nothing else is said */
    request->call = "ringing";
    if (!take_ringing(cw_far_of(core, pair->room), NULL, pair->callee->id))
        tell_ring(core, pair, "ringing", request->conn);
}

static void begin_ring(struct cw_core *core, struct request *request)
{
    struct user *caller = request->sender, *callee = request->target;
    bool wants = wants_call(callee, caller->id);
    bool rings = wants && wants_ring(core, callee, caller->id);
    bool busy = rings && is_busy(core, callee);
    if (!rings || busy || !(has_device(callee) || is_at_node(core, callee))) {
        cw_request_answer(core, request, busy ? CW_CALL_BUSY : CW_CALL_NOT_REACHABLE);
        if (wants)
            cw_missed_store(core, caller, callee);
        return;
    }
    ring_there(core, request);
}

static void move_to_talks(struct cw_core *core, struct pair *pair)
{
    pair->rings_until_ms = 0;
    cw_list_remove(&pair->link);
    cw_list_append(&core->talks, &pair->link);
}

static void answer_ring(struct cw_core *core, struct pair *pair, const struct conn *asking)
{
    move_to_talks(core, pair);
    note_end(core, pair, CW_RING_ANSWERED);
    tell_ring(core, pair, ring_states[CW_RING_ANSWERED], asking);
}

/* The callee answers, or one of the two is back, or has taken up another device. */
static void enter_pair(struct cw_core *core, struct request *request, struct pair *pair)
{
    bool answers = pair->rings_until_ms != 0 && request->sender == pair->callee;
    assert(request->sender == pair->caller || request->sender == pair->callee);
    if (!cw_call_join(core, request, pair->room))
        return;
    if (answers)
        answer_ring(core, pair, request->conn);
    request->call = pair->rings_until_ms != 0 ? "ringing" : "answered";
}

/* The other one is in the call at another node, and it rings for this one, or was answered: the
 * call is at this node, too, from now on. NULL: there is none. */
static struct pair *join_far(struct cw_core *core, const struct request *request)
{
    struct user *user = request->sender, *other = request->target;
    const struct far_call *call = cw_far_find(core, cw_conversation_of_pair(user->id, other->id));
    if (cw_far_seat_of(call, other->id) == NULL || user->pair != NULL || other->pair != NULL ||
        cw_conn_call(request->conn) != NULL)
        return NULL;
    struct pair *pair = cw_pair_create(core, other, user, core->now_ms + CW_RING_MS);
    move_to_talks(core, pair);
    return pair;
}

/* In a call of two with somebody else, at any node, or being called here. */
static bool is_in_pair(const struct cw_core *core, const struct request *request)
{
    const struct user *user = request->sender;
    uint64_t this = cw_conversation_of_pair(user->id, request->target->id);
    return user->pair != NULL || cw_far_has_user(core, user->id, this, true);
}

static void go_on(struct cw_core *core, struct request *request)
{
    struct pair *pair = cw_pair_of(request->sender, request->target);
    if (pair == NULL && request->sender != request->target)
        pair = join_far(core, request);
    if (pair != NULL)
        enter_pair(core, request, pair);
    else if ((request->msg->extras.present & CW_BIT(CW_X_CALL)) != 0) /* "join": calls nobody */
        cw_request_answer(core, request, CW_CALL_NOT_JOINED);
    else if (cw_user_has_blocked(request->sender, request->target->id))
        cw_request_refuse(core, request, CW_RULE_CALL_BLOCKED);
    else if (cw_conn_call(request->conn) != NULL)
        cw_request_refuse(core, request, CW_RULE_IN_CALL);
    else if (is_in_pair(core, request))
        cw_request_refuse(core, request, CW_RULE_IN_PAIR);
    else if (cw_ring_rate_take(core, request))
        begin_ring(core, request);
}

static void ring_admitted(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    (void)event;
    if (cw_lease_admitted(core, request))
        go_on(core, request);
}

void cw_ring_call(struct cw_core *core, struct request *request)
{
    const struct conn *conn = request->conn;
    uint64_t id = cw_conversation_of_pair(request->sender->id, request->target->id);
    bool moved = conn->session == NULL || conn->session->id != request->sender_session;
    if (moved) /* to another connection, while the name was looked up */
        cw_request_refuse(core, request, CW_RULE_SESSION_MOVED);
    else if (request->sender->bot)
        cw_request_refuse(core, request, CW_RULE_NOT_FOR_BOTS);
    else if (request->target == request->sender)
        cw_request_refuse(core, request, CW_RULE_CALL_ONESELF);
    else if (cw_lease_admit(core, request, id, ring_admitted))
        go_on(core, request);
}

/* A ring at another node. False: there is none. */
static bool refuse_far(struct cw_core *core, const struct request *request)
{
    const struct user *user = request->sender, *other = request->target;
    const struct far_call *call = cw_far_find(core, cw_conversation_of_pair(user->id, other->id));
    CW_EACH_FAR_SET(set, call)
    {
        if (set->rings != user->id || user == other)
            continue;
        set->refused = true;
        cw_ring_far_refuse(core, set);
        return true;
    }
    return false;
}

void cw_ring_refuse(struct cw_core *core, struct request *request)
{
    struct pair *pair = cw_pair_of(request->sender, request->target);
    if (pair == NULL && refuse_far(core, request)) {
        cw_request_answer(core, request, CW_SUCCESS);
        return;
    }
    if (pair == NULL || pair->rings_until_ms == 0 || pair->callee != request->sender) {
        cw_request_refuse(core, request, CW_RULE_NOT_RINGING);
        return;
    }
    end_ring(core, pair, CW_RING_REFUSED, request->conn);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_ring_blocked(struct cw_core *core, const struct user *user, const struct user *other)
{
    struct pair *pair = cw_pair_of(user, other);
    if (pair != NULL)
        cw_pair_break(core, pair);
}

/* --- other nodes ------------------------------------------------------------------------- */

void cw_ring_far_refuse(struct cw_core *core, const struct far_set *set)
{
    cw_far_pack_refuse(core, set->call->id, set->ring);
    cw_effect_bus(core, set->node, CW_BUS_CALL_REFUSE, cw_buf_slice(&core->far_body));
}

/* The refusal may be of an earlier ring, and late. */
void cw_ring_far_refused(struct cw_core *core, struct pair *pair, uint64_t ring)
{
    if (pair->rings_until_ms != 0 && pair->ring == ring)
        end_ring(core, pair, CW_RING_REFUSED, NULL);
}

void cw_ring_far_joined(struct cw_core *core, struct pair *pair, uint64_t user_id)
{
    if (pair->rings_until_ms != 0 && pair->callee->id == user_id)
        answer_ring(core, pair, NULL);
}

/* All that ring, but who has answered. */
static void tell_devices(struct cw_core *core, struct cw_slice caller, const struct user *callee,
                         const char *state)
{
    struct audience audience;
    cw_audience_init(core, &audience, cw_user_session_count(callee));
    CW_EACH_SESSION (session, callee)
        if (cw_session_takes(session, CW_FEATURE_CALLS) && cw_conn_call(session->conn) == NULL)
            cw_audience_add(&audience, session);
    tell(core, caller, callee, state, &audience);
}

/* The ring was this node's, and the caller has left it for a device at that of the set, which has
 * the ring now: it is not over. */
static bool give_ring(struct cw_core *core, const struct far_set *set)
{
    const struct group *room = cw_far_group(core, set->call->id);
    struct pair *pair = room == NULL ? NULL : room->pair;
    if (pair == NULL || pair->rings_until_ms == 0 || pair->callee->id != set->rings ||
        room->call_count + room->seat_count != 0)
        return false;
    cw_pair_destroy(core, pair);
    return true;
}

static void begin_far(struct cw_core *core, struct far_set *set, const struct far_here *here)
{
    cw_list_append(&core->far_rings, &set->ringing);
    set->rings = here->rings;
    set->ring = here->ring;
    set->refused = false;
    set->rang = take_ringing(set->call, set, set->rings) || give_ring(core, set);
    const struct user *callee = cw_user_by_id(core, set->rings);
    if (set->rang)
        return;
    set->rang = set->count != 0 && callee != NULL && rings_here(core, set, callee);
    if (set->rang)
        tell_devices(core, cw_far_name(&set->seats[0]), callee, "ringing");
}

static void end_far(struct cw_core *core, struct far_set *set, enum far_ring_end end,
                    const struct far_seat *before)
{
    const struct user *callee = cw_user_by_id(core, set->rings);
    cw_list_remove(&set->ringing);
    set->rings = 0;
    if (set->rang && before != NULL && callee != NULL)
        tell_devices(core, cw_far_name(before), callee, ring_states[end]);
    set->rang = false;
}

/* Where the end of a ring was lost the next one shows it. */
void cw_ring_far(struct cw_core *core, struct far_set *set, const struct far_here *here,
                 const struct far_seat *before)
{
    if (set->rings != 0 && (here->rings == 0 || here->ring != set->ring))
        end_far(core, set, here->ring_end, before);
    if (set->rings == 0 && here->rings != 0)
        begin_far(core, set, here);
}

/* --- the end of a step ------------------------------------------------------------------- */

static struct pair *first_of(const struct link *pairs)
{
    assert(!cw_list_empty(pairs));
    return CW_LINK_OWNER(pairs->next, struct pair, link);
}

/* The callee who has blocked the caller does not want to find a missed call, and one who has
 * deleted the account finds none. */
static void end_broken(struct cw_core *core, struct pair *pair)
{
    assert(pair->room->pair == pair);
    if (pair->rings_until_ms == 0)
        end_pair(core, pair, "ended");
    else
        end_ring(core, pair,
                 pair->callee->deleted || cw_user_has_blocked(pair->callee, pair->caller->id)
                     ? CW_RING_REFUSED
                     : CW_RING_GIVEN_UP,
                 NULL);
}

void cw_rings_sweep(struct cw_core *core)
{
    while (!cw_list_empty(&core->broken))
        end_broken(core, first_of(&core->broken));
    while (core->now_ms >= cw_rings_deadline(core))
        end_ring(core, first_of(&core->rings), CW_RING_MISSED, NULL);
}

uint64_t cw_rings_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->rings) ? UINT64_MAX : first_of(&core->rings)->rings_until_ms;
}

void cw_rings_finish(struct cw_core *core)
{
    struct link *lists[] = {&core->rings, &core->talks, &core->broken};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        while (!cw_list_empty(lists[i])) {
            struct pair *pair = first_of(lists[i]);
            cw_seats_forget(core, pair->room);
            cw_pair_destroy(core, pair);
        }
}
