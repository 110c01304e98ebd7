/* ring.c - calls of two users. The caller joins an empty call, and the devices of the callee with
 * the feature `calls` ring until one joins it, too, or refuses, until the caller has left it, or
 * CW_RING_MS have passed. From then on it is a call like any other, but that it ends when one of
 * the two leaves. Whoever was called and has neither answered nor refused finds a missed call in
 * the conversation.
 *
 * Called by the handlers (on_call.c, on_contact.c), and at the end of each step. */
#include "core/ring.h"

#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/audience.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/fan_out.h"
#include "core/group.h"
#include "core/list.h"
#include "core/notify.h"
#include "core/pair.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/state.h"
#include "core/stranger.h"
#include "core/user.h"

/* --- who rings --------------------------------------------------------------------------- */

/* Does the user want to hear of a call of this one? Not of the blocked; a bot hears of none. The
 * caller is told the same as if no device could ring, so that they learn nothing. */
static bool wants_call(const struct user *callee, const struct user *caller)
{
    return !callee->bot && !cw_user_has_blocked(callee, caller->id);
}

/* ... and be rung for now? As a mention: not in quiet hours, nor where the conversation is muted; a
 * missed call is found afterwards, and the caller learns nothing of this either. */
static bool wants_ring(const struct cw_core *core, const struct user *callee,
                       const struct user *caller)
{
    uint64_t conversation = cw_conversation_of_pair(callee->id, caller->id);
    return (cw_notify_judge(core, callee->notify, conversation, true) & MARK_QUIET) == 0;
}

static bool has_device(const struct user *callee)
{
    CW_EACH_SESSION (session, callee)
        if (cw_session_takes(session, CW_FEATURE_CALLS))
            return true;
    return false;
}

/* In any call, or in the middle of a ring. */
static bool is_busy(const struct user *user)
{
    if (user->pair != NULL || user->seats != NULL)
        return true;
    CW_EACH_SESSION (session, user)
        if ((session->conn != NULL && cw_conn_call(session->conn) != NULL) ||
            cw_part_in_call(session))
            return true;
    return false;
}

/* --- how often --------------------------------------------------------------------------- */

/* A user who was called. */
struct rung {
    uint64_t of; /* 0: no entry */
    uint64_t at_ms;
};

/* Takes one from the rates of the caller. False: answered 1026. */
static bool in_ring_rate(struct cw_core *core, struct request *request)
{
    struct activity *activity = cw_user_activity(request->sender);
    struct rung *rung = activity->rung, *oldest;
    unsigned count = 0, of_pair = 0;
    if (rung == NULL)
        rung = activity->rung = cw_alloc_zero(CW_RINGS_PER_MINUTE * sizeof *rung);
    oldest = rung;
    for (unsigned i = 0; i < CW_RINGS_PER_MINUTE; i++) {
        bool recent = rung[i].of != 0 && core->now_ms - rung[i].at_ms < 60000;
        count += recent;
        of_pair += recent && rung[i].of == request->target->id;
        if (rung[i].of == 0 || rung[i].at_ms < oldest->at_ms)
            oldest = &rung[i];
    }
    if (of_pair >= CW_RINGS_OF_PAIR_PER_MINUTE)
        cw_request_refuse_above(core, request, CW_RULE_RING_RATE_OF_PAIR,
                                CW_RINGS_OF_PAIR_PER_MINUTE);
    else if (count == CW_RINGS_PER_MINUTE)
        cw_request_refuse_above(core, request, CW_RULE_RING_RATE, CW_RINGS_PER_MINUTE);
    else
        *oldest = (struct rung){request->target->id, core->now_ms};
    assert(of_pair <= count && count <= CW_RINGS_PER_MINUTE);
    return !request->done;
}

/* --- what is told ------------------------------------------------------------------------ */

static void tell(struct cw_core *core, const struct pair *pair, const char *state,
                 const struct audience *audience)
{
    const struct cw_msg update = {.kind = CW_UPDATE,
                                  .action = CW_RING,
                                  .sender = cw_user_name(pair->caller),
                                  .conversation = cw_user_name(pair->callee),
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
    tell(core, pair, state, &audience);
}

void cw_ring_tell(struct cw_core *core, const struct session *session)
{
    struct audience audience;
    const struct pair *pair = session->user->pair;
    if (pair == NULL || pair->rings_until_ms == 0 || pair->callee != session->user ||
        !cw_session_takes(session, CW_FEATURE_CALLS))
        return;
    cw_audience_init(core, &audience, 1);
    cw_audience_add(&audience, session);
    tell(core, pair, "ringing", &audience);
}

/* --- what is missed ---------------------------------------------------------------------- */

/* If it could not be stored, since the disk is full or the callee has just blocked the caller, it
 * is lost. */
static void missed_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    cw_stranger_stored(core, request, result);
    if (result->status != CW_STORE_OK)
        return;
    assert(result->request != NULL && request->target != NULL && request->conn == NULL);
    struct cw_store_message message = {.message_id = result->message_id,
                                       .time_ms = result->time_ms,
                                       .mailbox = result->request->mailbox,
                                       .body = result->request->body,
                                       .kind = CW_KIND_CALL,
                                       .seq = result->seq};
    cw_text_fan_out(core, request, &message);
}

/* To the store it is a message of the caller. */
static void store_missed(struct cw_core *core, struct user *caller, struct user *callee)
{
    struct request *request = cw_request_create(core, NULL, NULL);
    assert(caller != callee && !callee->bot);
    cw_user_refer(core, caller);
    cw_user_refer(core, callee);
    request->sender = caller;
    request->target = callee;
    request->outlives = true;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MESSAGE_APPEND, missed_stored);
    store->no_stranger = !cw_stranger_allowed(core, request);
    store->call = true;
    store->mailbox = cw_mailbox_of_user(callee->id);
    store->user_id = caller->id;
    store->body = cw_slice_str(CW_MISSED_CALL);
}

/* --- from the ring to the end ------------------------------------------------------------ */

static void end_pair(struct cw_core *core, struct pair *pair, const char *reason)
{
    cw_call_end(core, pair->room, reason);
    assert(pair->room->call_count == 0);
    cw_pair_destroy(core, pair);
}

enum ring_end { RING_REFUSED, RING_GIVEN_UP, RING_MISSED };

static void end_ring(struct cw_core *core, struct pair *pair, enum ring_end end,
                     const struct conn *asking)
{
    static const char *const states[] = {"refused", "given_up", "missed"};
    assert(pair->rings_until_ms != 0 && end <= RING_MISSED);
    tell_ring(core, pair, states[end], asking);
    if (end != RING_REFUSED && !pair->caller->deleted)
        store_missed(core, pair->caller, pair->callee);
    end_pair(core, pair, NULL);
}

static void ring_there(struct cw_core *core, struct request *request)
{
    struct pair *pair =
        cw_pair_create(core, request->sender, request->target, core->now_ms + CW_RING_MS);
    bool joined = cw_call_join(core, request, pair->room);
    assert(joined);
    (void)joined;
    request->call = "ringing";
    tell_ring(core, pair, "ringing", request->conn);
}

static void begin_ring(struct cw_core *core, struct request *request)
{
    struct user *caller = request->sender, *callee = request->target;
    bool wants = wants_call(callee, caller), rings = wants && wants_ring(core, callee, caller);
    bool busy = rings && is_busy(callee);
    if (!rings || busy || !has_device(callee)) {
        cw_request_answer(core, request, busy ? CW_CALL_BUSY : CW_CALL_NOT_REACHABLE);
        if (wants)
            store_missed(core, caller, callee);
        return;
    }
    ring_there(core, request);
}

/* The callee answers, or one of the two is back, or has taken up another device. */
static void enter_pair(struct cw_core *core, struct request *request, struct pair *pair)
{
    bool answers = pair->rings_until_ms != 0 && request->sender == pair->callee;
    assert(request->sender == pair->caller || request->sender == pair->callee);
    if (!cw_call_join(core, request, pair->room))
        return;
    if (answers) {
        pair->rings_until_ms = 0;
        cw_list_remove(&pair->link);
        cw_list_append(&core->talks, &pair->link);
        tell_ring(core, pair, "answered", request->conn);
    }
    request->call = pair->rings_until_ms != 0 ? "ringing" : "answered";
}

void cw_ring_call(struct cw_core *core, struct request *request)
{
    const struct conn *conn = request->conn;
    struct pair *pair = cw_pair_of(request->sender, request->target);
    bool moved = conn->session == NULL || conn->session->id != request->sender_session;
    if (moved) /* to another connection, while the name was looked up */
        cw_request_refuse(core, request, CW_RULE_SESSION_MOVED);
    else if (request->sender->bot)
        cw_request_refuse(core, request, CW_RULE_NOT_FOR_BOTS);
    else if (request->target == request->sender)
        cw_request_refuse(core, request, CW_RULE_CALL_ONESELF);
    else if (pair != NULL)
        enter_pair(core, request, pair);
    else if ((request->msg->extras.present & CW_BIT(CW_X_CALL)) != 0) /* "join": calls nobody */
        cw_request_answer(core, request, CW_CALL_NOT_JOINED);
    else if (cw_user_has_blocked(request->sender, request->target->id))
        cw_request_refuse(core, request, CW_RULE_CALL_BLOCKED);
    else if (cw_conn_call(conn) != NULL)
        cw_request_refuse(core, request, CW_RULE_IN_CALL);
    else if (request->sender->pair != NULL)
        cw_request_refuse(core, request, CW_RULE_IN_PAIR);
    else if (in_ring_rate(core, request))
        begin_ring(core, request);
}

void cw_ring_refuse(struct cw_core *core, struct request *request)
{
    struct pair *pair = cw_pair_of(request->sender, request->target);
    if (pair == NULL || pair->rings_until_ms == 0 || pair->callee != request->sender) {
        cw_request_refuse(core, request, CW_RULE_NOT_RINGING);
        return;
    }
    end_ring(core, pair, RING_REFUSED, request->conn);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_ring_blocked(struct cw_core *core, const struct user *user, const struct user *other)
{
    struct pair *pair = cw_pair_of(user, other);
    if (pair != NULL)
        cw_pair_break(core, pair);
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
                     ? RING_REFUSED
                     : RING_GIVEN_UP,
                 NULL);
}

void cw_rings_sweep(struct cw_core *core)
{
    while (!cw_list_empty(&core->broken))
        end_broken(core, first_of(&core->broken));
    while (core->now_ms >= cw_rings_deadline(core))
        end_ring(core, first_of(&core->rings), RING_MISSED, NULL);
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
