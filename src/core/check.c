/* check.c - checks the invariants of the core's tables between two steps. The promises of the core
 * to clients are checked by the auditor (fuzz/auditor.h), not here. Lists and counts agree, links
 * between two objects agree on both sides, and everything that waits has an event that ends the
 * wait. Ends the process when an invariant is broken; changes nothing.
 *
 * Caller: tests after each step, and a server that was built with -Dcheck=true. */
#undef NDEBUG
#include <assert.h>

#include "base/limits.h"
#include "core/address.h"
#include "core/admission.h"
#include "core/call.h"
#include "core/check_far.h"
#include "core/conn.h"
#include "core/dispatch.h"
#include "core/elsewhere.h"
#include "core/far.h"
#include "core/group.h"
#include "core/notify.h"
#include "core/pace.h"
#include "core/pair.h"
#include "core/presence.h"
#include "core/receipt.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/state.h"
#include "core/upload.h"
#include "core/user.h"

/* Counted over all tables, to be compared at the end. */
struct totals {
    size_t waiting, pausing, speaking;        /* connections in those lists */
    size_t attached;                          /* parts included */
    size_t requests;                          /* in the lists of connections */
    size_t orphans;                           /* without a connection; each belongs to a user */
    size_t referred;                          /* references of requests to users */
    size_t sessions, memberships, page_waits; /* as users, sessions and their links have them */
    size_t seats, leavings, cached, references, notifies;
    size_t calls, members, callers; /* as groups have them */
    size_t connections, crowds, idle;
};

/* How many are in the list. */
static size_t checked_length(const struct link *list)
{
    size_t count = 0;
    for (const struct link *link = list->next; link != list; link = link->next, count++)
        assert(link->next->prev == link && link->prev->next == link);
    return count;
}

/* The longest first: what waits behind another is not due before it. */
#define CHECK_ORDER(list, type, member, time_ms)                                                   \
    for (const struct link *l = (list)->next; l != (list) && l->next != (list); l = l->next)       \
    assert(CW_LINK_OWNER(l, type, member)->time_ms <= CW_LINK_OWNER(l->next, type, member)->time_ms)

static void check_orders(const struct cw_core *core)
{
    CHECK_ORDER(&core->unauthenticated, struct visitor, waiting, since_ms);
    CHECK_ORDER(&core->paused, struct pause, link, resume_ms);
    CHECK_ORDER(&core->touches, struct session, touched, saved_ms);
    CHECK_ORDER(&core->page_waits, struct pending, page_wait, retry_ms);
    CHECK_ORDER(&core->rings, struct pair, link, rings_until_ms);
    CHECK_ORDER(&core->speakers, struct call_member, speaking, spoke_ms);
    CHECK_ORDER(&core->idle_addresses, struct address, idle, idle_since_ms);
}

/* --- requests ----------------------------------------------------------------------- */

/* What the request has taken, name, hash and all. */
static size_t size_held(const struct cw_core *core, const struct request *request)
{
    size_t n = cw_account_size(sizeof *request);
    if (request->copy != NULL)
        n += cw_account_size(sizeof *request->copy);
    if (request->frame.memory != NULL)
        n += cw_account_size(request->frame.slice.n + 1);
    if (request->key != NULL && request->key != &core->folded)
        n += cw_account_size(sizeof *request->key);
    return n + cw_account_size(request->expected.capacity);
}

static void check_request(const struct cw_core *core, const struct request *request,
                          struct totals *totals)
{
    assert(core->requests[request->index] == request);
    if (request->in_flight) {
        assert((uint32_t)request->cookie == request->index);
        assert(request->cookie >> 32 <= core->last_cookie);
        assert(request->resume != NULL && !request->done);
    }
    if (request->account != NULL)
        assert(request->charged == size_held(core, request));
    totals->referred += request->sender != NULL;
    totals->referred += request->target != NULL;
}

/* One that has begun has been answered, or waits for a result. */
static void check_begun(const struct conn *conn, const struct request *request)
{
    assert(request->done || request->in_flight);
    assert(request->done || conn->proving == request->proves || conn->session != NULL ||
           !request->proves);
}

static void check_turns(const struct conn *conn)
{
    const struct request *request = conn->first;
    bool blocked = false;
    for (; request != conn->waiting; request = request->next) {
        check_begun(conn, request);
        blocked |= request == conn->blocker;
    }
    assert(blocked == (conn->blocker != NULL));
    assert(conn->blocker == NULL || conn->blocker->in_flight);
    assert(conn->first == NULL || !conn->first->done);
    if (conn->waiting != NULL && conn->blocker == NULL)
        assert(conn->first != conn->waiting && cw_dispatch_alone(conn->waiting));
    for (; request != NULL; request = request->next)
        assert(!request->done && !request->in_flight && request->copy != NULL);
}

/* A connection's requests: their counts, and which one is next. */
static void check_requests_of(const struct cw_core *core, const struct conn *conn,
                              struct totals *totals)
{
    size_t count = 0, long_count = 0, in_turn = 0;
    const struct request *last = NULL;
    for (const struct request *request = conn->first; request != NULL; request = request->next) {
        assert(request->conn == conn);
        check_request(core, request, totals);
        count++;
        long_count += request->frame.slice.n > CW_MESSAGE_MAX;
        in_turn += request->in_turn && request->in_flight;
        last = request;
    }
    assert(count == conn->request_count && long_count == conn->long_count);
    assert(last == NULL || last == conn->last);
    totals->requests += count;
    if (conn->closing)
        return; /* none of its requests continues */
    assert(in_turn == conn->in_turn);
    check_turns(conn);
}

static void check_orphans(const struct cw_core *core, struct totals *totals)
{
    size_t free_count = 0;
    for (size_t i = 0; i < core->request_capacity; i++) {
        const struct request *request = core->requests[i];
        assert(request->index == i);
        if (!request->in_flight || request->conn != NULL)
            continue;
        check_request(core, request, totals);
        totals->orphans++;
    }
    for (const struct request *request = core->free_requests; request != NULL;
         request = request->next, free_count++)
        assert(free_count < core->request_capacity && !request->in_flight &&
               request->account == NULL);
    assert(free_count + totals->orphans + totals->requests == core->request_capacity);
}

/* --- connections and addresses -------------------------------------------------------- */

/* Reading is stopped only for a reason, and continues when there is none any more. */
static void check_reading(const struct conn *conn)
{
    unsigned few = conn->session == NULL ? 0 : CW_REQUESTS_IN_FLIGHT_MAX / 2;
    if (conn->request_count >= CW_REQUESTS_IN_FLIGHT_MAX || conn->long_count != 0 ||
        cw_pace_pauses(conn))
        assert(conn->paused);
    else if (conn->request_count <= few)
        assert(!conn->paused);
}

/* A place in a call is known to both sides, and belongs to a member of the group. */
static void check_call_of(const struct conn *conn, struct totals *totals)
{
    const struct call_member *member = conn->member;
    const struct group *group = cw_conn_call(conn);
    const struct session *session = conn->session;
    if (member == NULL)
        return;
    assert(member->conn == conn);
    totals->speaking += !cw_list_empty(&member->speaking);
    if (group == NULL) {
        assert(cw_list_empty(&member->speaking) && !member->listed && !member->echo &&
               !member->reports);
        return;
    }
    assert(session != NULL);
    assert(group->pair != NULL ? session->user->pair == group->pair
                               : cw_group_membership(group, session) != NULL);
    assert(member->position < group->call_count && group->call[member->position] == conn);
    totals->callers++;
}

/* A connection without a session waits for a login, or for its result. */
static void check_visitor(const struct conn *conn, struct totals *totals)
{
    const struct visitor *visitor = conn->visitor;
    bool waits = visitor != NULL && !cw_list_empty(&visitor->waiting);
    bool strange = conn->session == NULL && !conn->proving;
    assert((visitor != NULL) == (conn->session == NULL));
    assert(conn->closing ? strange || !waits : strange == waits);
    if (visitor != NULL)
        assert(visitor->conn == conn && waits == !cw_list_empty(&visitor->there));
    totals->waiting += waits;
}

static void check_conn(const struct cw_core *core, const struct conn *conn, struct totals *totals)
{
    const struct session *session = conn->session;
    assert(cw_conn_find(core, conn->id) == conn);
    assert(cw_map_get(&core->addresses, cw_map_id(&conn->from->id)) == conn->from);
    assert(conn->part == NULL || (session != NULL && conn->part->conn == conn));
    if (session != NULL) {
        assert(cw_session_find(core, session->id) == session);
        assert(conn->part != NULL || session->conn == conn);
        totals->attached++;
    }
    check_visitor(conn, totals);
    check_call_of(conn, totals);
    check_requests_of(core, conn, totals);
    if (!conn->closing) {
        check_reading(conn);
        assert(conn->audio == cw_conn_audio(conn));
    }
    if (conn->pause != NULL)
        totals->pausing += !cw_list_empty(&conn->pause->link);
}

static void check_address(const struct address *address, struct totals *totals)
{
    assert(checked_length(&address->waiting) == address->waiting_count);
    assert((address->waiting_count != 0) == !cw_list_empty(&address->crowd));
    assert((address->connections == 0) == !cw_list_empty(&address->idle));
    totals->connections += address->connections;
    totals->crowds += address->waiting_count != 0;
    totals->idle += address->connections == 0;
}

static void check_conns(const struct cw_core *core, struct totals *totals)
{
    size_t count = 0;
    for (size_t slot = 0; slot < core->conn_capacity; slot++) {
        if (core->conns[slot] == NULL)
            continue;
        check_conn(core, core->conns[slot], totals);
        count++;
    }
    for (size_t i = 0; i < core->addresses.capacity; i++)
        if (core->addresses.entries[i].value != NULL)
            check_address(core->addresses.entries[i].value, totals);
    assert(count == core->conn_count && count == totals->connections);
    assert(totals->waiting == core->unauthenticated_count);
    assert(totals->waiting == checked_length(&core->unauthenticated));
    assert(totals->pausing == checked_length(&core->paused));
    assert(totals->speaking == checked_length(&core->speakers));
    assert(totals->crowds == checked_length(&core->crowds));
    assert(totals->idle == checked_length(&core->idle_addresses));
    assert(totals->idle == core->idle_address_count);
}

/* --- sessions ---------------------------------------------------------------------------- */

/* A page that was requested arrives; a page that could not be read is requested again later. */
static void check_page(const struct cw_core *core, const struct session *session,
                       struct totals *totals)
{
    bool waits = session->pending != NULL && !cw_list_empty(&session->pending->page_wait);
    if (session->reading != 0) {
        const struct request *page = core->requests[(uint32_t)session->reading];
        assert(page->in_flight && page->cookie == session->reading);
        assert(page->sender_session == session->id);
        assert(session->delivery == DELIVERY_READING || session->delivery == DELIVERY_DRAINING);
    }
    if (session->delivery == DELIVERY_READING)
        assert((session->reading != 0) != waits);
    if (session->delivery == DELIVERY_LIVE)
        assert(!waits && session->missed <= session->sent);
    totals->page_waits += waits;
}

/* Nothing is received before it was sent; what was sent is probed for until it is shown. */
static void check_cursor(const struct session *session)
{
    bool queued = !cw_list_empty(&session->unprobed);
    assert(session->received <= session->sent);
    assert(session->probe == 0 || session->probe_sent <= session->sent);
    assert(!queued || (session->probe == 0 && session->conn != NULL));
    if (session->received < session->sent && !session->confirms)
        assert(queued || session->probe != 0);
}

static void check_pending(const struct session *session)
{
    const struct pending *pending = session->pending;
    if (pending == NULL)
        return;
    assert(pending->session == session && pending->receipt_count <= CW_RECEIPTS_MAX);
    for (unsigned i = 1; i < pending->said_count; i++)
        assert(pending->said[i - 1] < pending->said[i]);
}

static void check_parts(const struct session *session)
{
    assert(checked_length(&session->parts) == session->part_count);
    for (const struct link *link = session->parts.next; link != &session->parts;
         link = link->next) {
        const struct part *part = CW_LINK_OWNER(link, struct part, of_session);
        assert(part->conn->session == session && part->conn->part == part && part->id != 0);
    }
}

static void check_memberships(const struct cw_core *core, const struct session *session)
{
    for (size_t i = 0; i < session->membership_count; i++) {
        const struct membership *membership = &session->memberships[i];
        const struct group *group = membership->group;
        assert(cw_group_by_id(core, group->id) == group);
        assert(membership->position < group->session_count);
        assert(group->sessions[membership->position] == session);
        assert(cw_group_membership(group, session) == membership);
    }
}

static void check_session(const struct cw_core *core, const struct session *session,
                          struct totals *totals)
{
    const struct conn *conn = session->conn;
    assert(conn != NULL || session->part_count != 0);
    if (conn != NULL) {
        assert(conn->session == session && conn->part == NULL && session->conn_id == conn->id);
        assert((session->delivery == DELIVERY_OFF) == conn->no_updates);
    } else {
        assert(session->conn_id == 0 && session->delivery == DELIVERY_OFF && session->probe == 0);
    }
    assert(!cw_list_empty(&session->touched));
    check_page(core, session, totals);
    check_cursor(session);
    check_pending(session);
    check_parts(session);
    check_memberships(core, session);
    totals->attached -= session->part_count;
    totals->attached -= conn != NULL;
    totals->memberships += session->membership_count;
}

static void check_sessions(const struct cw_core *core, struct totals *totals)
{
    for (size_t i = 0; i < core->sessions.capacity; i++)
        if (core->sessions.entries[i].value != NULL)
            check_session(core, core->sessions.entries[i].value, totals);
    assert(totals->attached == 0);
    assert(cw_list_empty(&core->probes_now));
    assert(checked_length(&core->touches) == core->sessions.count);
    assert(checked_length(&core->page_waits) == totals->page_waits);
    checked_length(&core->probes);
    checked_length(&core->saves);
}

/* --- users ------------------------------------------------------------------------------- */

static void check_user(const struct cw_core *core, const struct user *user, struct totals *totals)
{
    struct cw_slice key = cw_slice_of(user->text + user->name_n, user->key_n);
    size_t sessions = checked_length(&user->sessions);
    assert(cw_map_get(&core->users_by_key, key) == user);
    CW_EACH_SESSION (session, user)
        assert(session->user == user && cw_session_find(core, session->id) == session);
    for (uint32_t i = 1; i < user->blocked_count; i++)
        assert(user->blocked[i - 1] < user->blocked[i]);
    for (size_t i = 1; user->notify != NULL && i < user->notify->count; i++)
        assert(user->notify->rules[i - 1].conversation < user->notify->rules[i].conversation);
    totals->notifies += user->notify != NULL;
    assert((user->references == 0) == !cw_list_empty(&user->cached));
    assert(user->references >= sessions + (user->leaving != NULL));
    totals->sessions += sessions;
    totals->leavings += user->leaving != NULL;
    totals->cached += user->references == 0;
    totals->references += user->references;
}

static void check_users(const struct cw_core *core, struct totals *totals)
{
    for (size_t i = 0; i < core->users_by_id.capacity; i++)
        if (core->users_by_id.entries[i].value != NULL)
            check_user(core, core->users_by_id.entries[i].value, totals);
    assert(core->users_by_id.count == core->users_by_key.count);
    assert(totals->sessions == core->sessions.count);
    assert(totals->cached == checked_length(&core->cached_users));
    assert(totals->cached == core->cached_user_count && totals->cached <= CW_USER_CACHE_MAX);
    assert(totals->leavings == checked_length(&core->leavings));
    assert(totals->notifies == core->notify_count);
    assert(totals->references ==
           totals->sessions + checked_length(&core->seats) + checked_length(&core->login_links) +
               totals->leavings + totals->referred +
               2 * (checked_length(&core->rings) + checked_length(&core->talks)));
}

/* --- groups -------------------------------------------------------------------------------- */

/* No user is in it twice, with two devices or with a seat as well. */
static void check_call(const struct group *group)
{
    for (size_t i = 0; i < group->call_count; i++) {
        const struct user *user = group->call[i]->session->user;
        assert(cw_conn_call(group->call[i]) == group && !cw_seat_is_held(group, user));
        for (size_t j = 0; j < i; j++)
            assert(group->call[j]->session->user != user);
    }
}

static void check_group(const struct cw_core *core, const struct group *group,
                        struct totals *totals)
{
    struct cw_slice key = cw_slice_of(group->text + group->name_n, group->key_n);
    assert(cw_map_get(&core->groups_by_key, key) == group);
    assert(group->session_count != 0 ||
           group->seat_count != 0); /* seats of before, or that other nodes count */
    assert(group->session_count <= group->session_capacity);
    assert(group->call_count <= group->call_capacity);
    assert(checked_length(&group->seats) == group->seat_count);
    check_call(group);
    totals->memberships -= group->session_count;
    totals->callers -= group->call_count;
    totals->seats += group->seat_count;
    totals->calls += group->call_count != 0;
}

/* While it rings the caller alone is in it, and then both are. */
static void check_pairs(const struct cw_core *core, const struct link *pairs, struct totals *totals)
{
    for (const struct link *link = pairs->next; link != pairs; link = link->next) {
        const struct pair *pair = CW_LINK_OWNER(link, struct pair, link);
        const struct group *room = pair->room;
        bool rings = pairs == &core->rings;
        assert(rings == (pair->rings_until_ms != 0));
        assert(pair->caller->pair == pair && pair->callee->pair == pair && room->pair == pair);
        assert(cw_call_has_id(core, cw_far_id(room), pair->caller->id));
        assert(cw_call_has_id(core, cw_far_id(room), pair->callee->id) == !rings);
        assert(cw_call_size(core, room) == (rings ? 1 : 2));
        assert(room->session_count == 0);
        assert(checked_length(&room->seats) == room->seat_count);
        check_call(room);
        totals->callers -= room->call_count;
        totals->seats += room->seat_count;
        totals->calls += room->call_count != 0;
    }
}

static void check_groups(const struct cw_core *core, struct totals *totals)
{
    for (size_t i = 0; i < core->groups_by_id.capacity; i++)
        if (core->groups_by_id.entries[i].value != NULL)
            check_group(core, core->groups_by_id.entries[i].value, totals);
    assert(core->groups_by_id.count == core->groups_by_key.count);
    check_pairs(core, &core->rings, totals);
    check_pairs(core, &core->talks, totals);
    cw_check_far(core);
    assert(cw_list_empty(&core->broken));
    assert(totals->memberships == 0 && totals->callers == 0);
    assert(totals->seats == checked_length(&core->seats));
    assert(totals->calls == core->call_count);
}

static void check_uploads(const struct cw_core *core)
{
    size_t count = checked_length(&core->uploads_by_use);
    assert(count == core->uploads.count && count <= CW_UPLOADS_OPEN_MAX);
    for (const struct link *at = core->uploads_by_use.next; at != &core->uploads_by_use;
         at = at->next) {
        const struct upload *upload = CW_LINK_OWNER(at, struct upload, used);
        assert(cw_map_get(&core->uploads, cw_map_id(&upload->id)) == upload);
        assert(upload->at <= upload->size);
    }
}

void cw_core_check(const struct cw_core *core)
{
    struct totals totals = {0};
    check_conns(core, &totals);
    check_orphans(core, &totals);
    check_sessions(core, &totals);
    check_users(core, &totals);
    check_groups(core, &totals);
    cw_presence_check(core);
    cw_elsewhere_check(core);
    check_orders(core);
    assert(checked_length(&core->tallies_by_age) == core->tallies.count);
    check_uploads(core);
    /* All work that was due has been done. */
    assert(cw_core_deadline(core) > core->now_ms);
}
