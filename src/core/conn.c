/* conn.c - connections: who waits for a login, and whose turn it is.
 *
 * A connection without a session has CW_UNAUTHENTICATED_MS from its start, or from
 * the last password of it that was looked at; when too many wait, the address from
 * which most do loses the one that waits longest. */
#include <stdlib.h>

#include "core/internal.h"

static size_t slot_of(cw_conn_id id)
{
    return (uint32_t)id;
}

struct conn *cw_conn_find(const struct cw_core *core, cw_conn_id id)
{
    size_t slot = slot_of(id);
    if (slot >= core->conn_capacity || core->conns[slot] == NULL || core->conns[slot]->id != id)
        return NULL;
    return core->conns[slot];
}

static void make_slot(struct cw_core *core, size_t slot)
{
    size_t old = core->conn_capacity;
    if (slot < old)
        return;
    size_t capacity = old == 0 ? 64 : old;
    while (capacity <= slot)
        capacity *= 2;
    core->conns = cw_realloc(core->conns, capacity * sizeof *core->conns);
    memset(core->conns + old, 0, (capacity - old) * sizeof *core->conns);
    core->conn_capacity = capacity;
}

static void make_visitor(struct cw_core *core, struct conn *conn)
{
    struct visitor *visitor = conn->visitor = cw_alloc_zero(sizeof *visitor);
    visitor->conn = conn;
    visitor->since_ms = core->now_ms;
    cw_list_init(&visitor->waiting);
    cw_list_init(&visitor->there);
}

/* Since visitor->since_ms, behind those who have waited longer. */
static void await_login(struct cw_core *core, struct visitor *visitor)
{
    struct link *before = core->unauthenticated.prev;
    while (before != &core->unauthenticated &&
           CW_LINK_OWNER(before, struct visitor, waiting)->since_ms > visitor->since_ms)
        before = before->prev;
    cw_list_append(before->next, &visitor->waiting);
    core->unauthenticated_count++;
    cw_address_wait(core, visitor);
}

static void await_no_more(struct cw_core *core, struct conn *conn)
{
    struct visitor *visitor = conn->visitor;
    if (visitor == NULL || cw_list_empty(&visitor->waiting))
        return;
    cw_list_remove(&visitor->waiting);
    core->unauthenticated_count--;
    cw_address_wait_no_more(visitor);
}

static const struct visitor *longest_unauthenticated(const struct cw_core *core)
{
    return CW_LINK_OWNER(core->unauthenticated.next, struct visitor, waiting);
}

/* Closing, it does not count as waiting any more. */
static void turn_away(struct cw_core *core, struct conn *conn, const char *reason)
{
    await_no_more(core, conn);
    cw_effect_drop(core, conn, reason);
}

/* A limit of 0 is none. */
static bool reached(size_t count, unsigned limit)
{
    return limit != 0 && count >= limit;
}

/* Room among those who wait, for one more of this address: a flood loses its own. */
static void make_waiting_room(struct cw_core *core, const struct address *address)
{
    if (reached(address->waiting_count, core->config.waiting_per_address))
        turn_away(core, cw_address_longest_waiting(address),
                  "too many connections of its address wait for a login");
    else if (core->unauthenticated_count >= core->config.unauthenticated_max)
        turn_away(core, cw_address_most_waiting(core), "too many connections wait for a login");
}

void cw_conn_make_room(struct cw_core *core)
{
    struct conn *most = cw_address_most_waiting(core);
    if (most != NULL)
        turn_away(core, most, "no room for a further connection");
}

/* Its place among all, and among those of its address; NULL or why there is none. */
static const char *find_place(struct cw_core *core, const struct conn *conn)
{
    struct conn *waits = cw_address_longest_waiting(conn->from);
    if (reached(conn->from->connections - 1, core->config.connections_per_address)) {
        if (waits == NULL)
            return "too many connections from its address";
        turn_away(core, waits, "too many connections from its address");
    } else if (reached(core->conn_count - 1, core->config.connections_max)) {
        if (cw_address_most_waiting(core) == NULL)
            return "too many connections";
        cw_conn_make_room(core);
    }
    return NULL;
}

static struct conn *make_conn(struct cw_core *core, const struct cw_event *event)
{
    struct conn *conn = cw_alloc_zero(sizeof *conn);
    conn->id = event->conn;
    conn->loopback = event->connected.loopback;
    conn->account = event->connected.account;
    make_visitor(core, conn);
    conn->from = cw_address_refer(core, event->connected.address);
    return conn;
}

void cw_conn_open(struct cw_core *core, const struct cw_event *event)
{
    size_t slot = slot_of(event->conn);
    make_slot(core, slot);
    assert(core->conns[slot] == NULL);
    struct conn *conn = make_conn(core, event);
    core->conns[slot] = conn;
    core->conn_count++;
    const char *refused = find_place(core, conn);
    if (refused != NULL) {
        cw_effect_drop(core, conn, refused);
        return;
    }
    make_waiting_room(core, conn->from);
    await_login(core, conn->visitor);
}

void cw_conn_connected(struct conn *conn, const struct cw_event *event)
{
    conn->no_updates = event->connected.no_updates;
}

void cw_conn_prove(struct cw_core *core, struct conn *conn)
{
    conn->proving = true;
    await_no_more(core, conn);
}

void cw_conn_proved(struct cw_core *core, struct conn *conn, bool hashed)
{
    conn->proving = false;
    if (conn->closing || conn->session != NULL)
        return;
    make_waiting_room(core, conn->from);
    if (hashed)
        conn->visitor->since_ms = core->now_ms;
    await_login(core, conn->visitor);
}

/* Of IPv6 only the network is known, which a household has for itself. */
static size_t put_ipv6_network(const uint8_t bytes[8], char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < 8; i += 2) {
        unsigned group = (unsigned)bytes[i] << 8 | bytes[i + 1];
        for (unsigned shift = group > 0xfff  ? 16
                              : group > 0xff ? 12
                              : group > 0xf  ? 8
                                             : 4;
             shift != 0; shift -= 4)
            text[n++] = "0123456789abcdef"[group >> (shift - 4) & 15];
        text[n++] = ':';
    }
    memcpy(text + n, ":/64", 4);
    return n + 4;
}

static size_t put_ipv4(const uint8_t bytes[4], char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i != 0)
            text[n++] = '.';
        if (bytes[i] >= 100)
            text[n++] = (char)('0' + bytes[i] / 100);
        if (bytes[i] >= 10)
            text[n++] = (char)('0' + bytes[i] / 10 % 10);
        text[n++] = (char)('0' + bytes[i] % 10);
    }
    return n;
}

struct cw_slice cw_conn_address(struct cw_core *core, const struct conn *conn)
{
    char *text = cw_arena_alloc(&core->effects->arena, 32);
    uint8_t bytes[8];
    switch (cw_address_bytes(conn->from, bytes)) {
    case 4:
        return cw_slice_of(text, put_ipv4(bytes, text));
    case 8:
        return conn->loopback ? cw_slice_str("::1")
                              : cw_slice_of(text, put_ipv6_network(bytes, text));
    default:
        return (struct cw_slice){0};
    }
}

/* In flight, a request is orphaned: its result may still concern others. */
static void drop_requests(struct cw_core *core, struct conn *conn)
{
    for (struct request *request = conn->first, *next; request != NULL; request = next) {
        next = request->next;
        request->conn = NULL;
        if (!request->in_flight)
            cw_request_destroy(core, request);
    }
}

void cw_conn_closed(struct cw_core *core, struct conn *conn)
{
    conn->closing = true;
    if (conn->part != NULL)
        cw_part_leave(core, conn);
    else if (conn->session != NULL)
        cw_session_detach(core, conn->session);
    await_no_more(core, conn);
    cw_pace_closed(conn);
    cw_call_closed(conn);
    drop_requests(core, conn);
    core->conns[slot_of(conn->id)] = NULL;
    core->conn_count--;
    cw_address_release(core, conn->from);
    free(conn->visitor);
    free(conn);
}

void cw_conn_set_session(struct cw_core *core, struct conn *conn, struct session *session)
{
    await_no_more(core, conn);
    free(conn->visitor);
    conn->visitor = NULL;
    conn->session = session;
    if (session == NULL)
        make_visitor(core, conn);
    if (conn->closing)
        return;
    if (session == NULL && !conn->proving) {
        make_waiting_room(core, conn->from);
        await_login(core, conn->visitor);
    }
    struct cw_effect *effect = cw_effect_add(core, CW_FX_AUTHENTICATED);
    effect->authenticated.conn = conn->id;
    effect->authenticated.on = session != NULL;
    effect->authenticated.user = session == NULL ? 0 : session->user->id;
}

void cw_conn_expire(struct cw_core *core)
{
    while (core->now_ms >= cw_conns_deadline(core)) {
        struct conn *conn = longest_unauthenticated(core)->conn;
        await_no_more(core, conn);
        cw_effect_close(core, conn, "no login in time");
    }
}

uint64_t cw_conns_deadline(const struct cw_core *core)
{
    if (cw_list_empty(&core->unauthenticated))
        return UINT64_MAX;
    return longest_unauthenticated(core)->since_ms + core->config.unauthenticated_ms;
}

static void pause_reading(struct cw_core *core, struct conn *conn, bool pause)
{
    if (conn->paused == pause)
        return;
    conn->paused = pause;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_READ);
    effect->read.conn = conn->id;
    effect->read.on = !pause;
}

/* Too many requests wait, or a long one, of which there is one at a time in
 * memory; or the one that may log in: what comes behind it may be longer than a
 * stranger's may. */
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

static void append(struct conn *conn, struct request *request)
{
    if (conn->first == NULL)
        conn->first = request;
    else
        conn->last->next = request;
    conn->last = request;
    if (conn->waiting == NULL)
        conn->waiting = request;
    conn->request_count++;
    conn->long_count += request->frame.n > CW_MESSAGE_MAX;
}

static void answer_first(struct cw_core *core, struct conn *conn)
{
    struct request *request = conn->first;
    conn->first = request->next;
    conn->request_count--;
    conn->long_count -= request->frame.n > CW_MESSAGE_MAX;
    if (request->code != CW_SUCCESS)
        cw_pace_idle(core, conn, request->code == CW_RATE_LIMITED ? CW_REFUSAL_OF_RATE : 1);
    if (!request->head || request->code != CW_SUCCESS)
        cw_request_send_answer(core, request);
    cw_request_destroy(core, request);
    if (conn->session != NULL && conn->part == NULL)
        cw_session_begin_delivery(core, conn->session);
}

void cw_conn_advance(struct cw_core *core, struct conn *conn)
{
    for (;;) {
        while (conn->first != NULL && conn->first->done)
            answer_first(core, conn);
        struct request *request = conn->waiting;
        if (request == NULL || conn->blocker != NULL)
            break;
        if (conn->first != request && cw_dispatch_alone(request))
            break;
        conn->waiting = request->next;
        conn->blocker = request;
        cw_dispatch(core, request);
    }
    if (conn->malformed >= CW_MALFORMED_MAX && conn->first == NULL)
        cw_effect_close(core, conn, "keeps sending what is no message");
    if (conn->incorrigible && conn->first == NULL)
        cw_effect_close(core, conn, "keeps sending what comes to nothing");
    cw_conn_balance(core, conn);
}

/* It has no answer; what is dropped counts as a refusal does. */
static void take_update(struct cw_core *core, struct conn *conn, const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    bool good = event->message.code == CW_SUCCESS;
    if (!good)
        core->dropped_call_data += msg->action == CW_CALL_DATA;
    else if (msg->action == CW_TYPING)
        good = cw_typing(core, conn, msg);
    else
        good = cw_call_data(core, conn, msg);
    if (good)
        return;
    cw_pace_idle(core, conn, 1);
    if (conn->incorrigible && conn->first == NULL)
        cw_effect_close(core, conn, "keeps sending what comes to nothing");
}

void cw_conn_message(struct cw_core *core, struct conn *conn, const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    if (conn->closing)
        return;
    if (conn->session != NULL)
        conn->session->asked_ms = core->now_ms;
    cw_pace_bytes(core, conn, event->message.frame.n);
    if (msg->kind == CW_CLIENT_UPDATE) {
        take_update(core, conn, event);
        return;
    }
    bool malformed = event->message.code == CW_BAD_REQUEST && msg->action_name.n == 0;
    conn->malformed = malformed ? (uint8_t)(conn->malformed + 1) : 0;
    struct request *request = cw_request_create(core, conn, event);
    if (msg->action == CW_ACTION_UNKNOWN)
        cw_request_set_name(request, msg->action_name);
    append(conn, request);
    cw_conn_advance(core, conn);
    if (conn->waiting != NULL)
        cw_request_keep(core, conn->last); /* it begins in a later step */
}

uint64_t cw_core_owner(const struct cw_core *core, cw_conn_id id)
{
    const struct conn *conn = cw_conn_find(core, id);
    if (conn == NULL)
        return 1;
    if (conn->session != NULL)
        return cw_core_owner_of_user(conn->session->user->id);
    return conn->from->id << 1 | 1;
}
