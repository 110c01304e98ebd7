/* admission.c - the limits on connections, and on those that wait for a login. A connection without
 * a session has CW_UNAUTHENTICATED_MS from its start, or from the last of its passwords that was
 * verified. When too many connections wait, the oldest one of the address with most of them is
 * closed. */
#include "core/admission.h"

#include <assert.h>
#include <stdlib.h>

#include "core/address.h"
#include "core/barred.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- waiting ------------------------------------------------------------------------- */

static void make_visitor(struct cw_core *core, struct conn *conn)
{
    assert(conn->visitor == NULL && conn->session == NULL);
    struct visitor *visitor = conn->visitor = cw_alloc_zero(sizeof *visitor);
    visitor->conn = conn;
    visitor->since_ms = core->now_ms;
    cw_list_init(&visitor->waiting);
    cw_list_init(&visitor->there);
}

static void wait_at_address(struct cw_core *core, struct visitor *visitor)
{
    assert(cw_list_empty(&visitor->there));
    struct address *address = visitor->conn->from;
    struct link *before = address->waiting.prev;
    while (before != &address->waiting &&
           CW_LINK_OWNER(before, struct visitor, there)->since_ms > visitor->since_ms)
        before = before->prev;
    cw_list_append(before->next, &visitor->there);
    if (address->waiting_count++ == 0)
        cw_list_append(&core->crowds, &address->crowd);
}

static void leave_waiting_at_address(struct visitor *visitor)
{
    assert(!cw_list_empty(&visitor->there) && visitor->conn->from->waiting_count > 0);
    struct address *address = visitor->conn->from;
    cw_list_remove(&visitor->there);
    if (--address->waiting_count == 0)
        cw_list_remove(&address->crowd);
}

/* It waits since visitor->since_ms, behind those that have waited longer. */
static void await_login(struct cw_core *core, struct visitor *visitor)
{
    assert(visitor->conn->session == NULL && cw_list_empty(&visitor->waiting));
    struct link *before = core->unauthenticated.prev;
    while (before != &core->unauthenticated &&
           CW_LINK_OWNER(before, struct visitor, waiting)->since_ms > visitor->since_ms)
        before = before->prev;
    cw_list_append(before->next, &visitor->waiting);
    core->unauthenticated_count++;
    wait_at_address(core, visitor);
}

static void await_no_more(struct cw_core *core, struct conn *conn)
{
    struct visitor *visitor = conn->visitor;
    if (visitor == NULL || cw_list_empty(&visitor->waiting))
        return;
    assert(core->unauthenticated_count > 0);
    cw_list_remove(&visitor->waiting);
    core->unauthenticated_count--;
    leave_waiting_at_address(visitor);
}

void cw_admission_closed(struct cw_core *core, struct conn *conn)
{
    assert(conn->closing && conn->session == NULL);
    await_no_more(core, conn);
    free(conn->visitor);
}

/* --- places -------------------------------------------------------------------------- */

static const struct visitor *longest_waiting(const struct address *address)
{
    assert(!cw_list_empty(&address->waiting));
    return CW_LINK_OWNER(address->waiting.next, struct visitor, there);
}

/* The list has an entry for each address with a waiting connection. It is searched only when no
 * place is left. */
static struct conn *most_waiting(const struct cw_core *core)
{
    const struct address *most = NULL;
    for (struct link *link = core->crowds.next; link != &core->crowds; link = link->next) {
        const struct address *address = CW_LINK_OWNER(link, struct address, crowd);
        if (most == NULL || address->waiting_count > most->waiting_count ||
            (address->waiting_count == most->waiting_count &&
             longest_waiting(address)->since_ms < longest_waiting(most)->since_ms))
            most = address;
    }
    return most == NULL ? NULL : longest_waiting(most)->conn;
}

static struct conn *longest_waiting_or_none(const struct address *address)
{
    return address->waiting_count == 0 ? NULL : longest_waiting(address)->conn;
}

/* A closing connection no longer counts as waiting. */
static void turn_away(struct cw_core *core, struct conn *conn, const char *reason)
{
    assert(conn != NULL && conn->session == NULL);
    await_no_more(core, conn);
    cw_conn_drop(core, conn, reason);
}

/* A limit of 0 is none. */
static bool reached(size_t count, unsigned limit)
{
    return limit != 0 && count >= limit;
}

/* Makes room among the waiting connections for one more of this address: a flood evicts its own. */
static void make_waiting_room(struct cw_core *core, const struct address *address)
{
    if (reached(address->waiting_count, core->config.waiting_per_address))
        turn_away(core, longest_waiting_or_none(address),
                  "too many connections of its address wait for a login");
    else if (core->unauthenticated_count >= core->config.unauthenticated_max)
        turn_away(core, most_waiting(core), "too many connections wait for a login");
}

void cw_conn_make_room(struct cw_core *core)
{
    struct conn *most = most_waiting(core);
    if (most != NULL)
        turn_away(core, most, "no room for a further connection");
}

/* Finds a place among all connections, and among those of its address; returns NULL, or why there
 * is none. */
static const char *find_place(struct cw_core *core, const struct conn *conn)
{
    struct conn *waits = longest_waiting_or_none(conn->from);
    assert(conn->from->connections > 0 && core->conn_count > 0); /* itself */
    if (reached(conn->from->connections - 1, core->config.connections_per_address)) {
        if (waits == NULL)
            return "too many connections from its address";
        turn_away(core, waits, "too many connections from its address");
    } else if (reached(core->conn_count - 1, core->config.connections_max)) {
        if (most_waiting(core) == NULL)
            return "too many connections";
        cw_conn_make_room(core);
    }
    return NULL;
}

void cw_conn_open(struct cw_core *core, const struct cw_event *event)
{
    struct conn *conn = cw_conn_create(core, event);
    make_visitor(core, conn);
    const char *refused =
        cw_barred_has(core, conn) ? "its address is banned" : find_place(core, conn);
    if (refused != NULL) {
        cw_conn_drop(core, conn, refused);
        return;
    }
    make_waiting_room(core, conn->from);
    await_login(core, conn->visitor);
}

/* The end of its list is its place for a new time. */
static void await_again(struct cw_core *core, struct conn *conn)
{
    await_no_more(core, conn);
    conn->visitor->since_ms = core->now_ms;
    await_login(core, conn->visitor);
}

void cw_conn_browses(struct cw_core *core, struct conn *conn, bool browses)
{
    if (conn->closing || conn->visitor->browses == browses)
        return;
    assert(!conn->proving);
    conn->visitor->browses = browses;
    await_again(core, conn);
}

/* --- logging in ---------------------------------------------------------------------- */

void cw_conn_prove(struct cw_core *core, struct conn *conn)
{
    assert(!conn->proving && conn->session == NULL);
    conn->proving = true;
    await_no_more(core, conn);
}

void cw_conn_proved(struct cw_core *core, struct conn *conn, bool hashed)
{
    assert(conn->proving);
    conn->proving = false;
    if (conn->closing || conn->session != NULL)
        return;
    make_waiting_room(core, conn->from);
    if (hashed)
        conn->visitor->since_ms = core->now_ms;
    await_login(core, conn->visitor);
}

void cw_conn_set_session(struct cw_core *core, struct conn *conn, struct session *session)
{
    conn->answered = 0; /* of the session that it had */
    assert(session == NULL || conn->session == NULL);
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
    cw_conn_tell_audio(core, conn);
}

static const struct visitor *longest_unauthenticated(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->unauthenticated));
    return CW_LINK_OWNER(core->unauthenticated.next, struct visitor, waiting);
}

void cw_conn_expire(struct cw_core *core)
{
    while (core->now_ms >= cw_conns_deadline(core)) {
        struct conn *conn = longest_unauthenticated(core)->conn;
        assert(!conn->proving);
        if (conn->visitor->browses) {
            await_again(core, conn);
            continue;
        }
        await_no_more(core, conn);
        cw_conn_close(core, conn, "no login in time");
    }
}

uint64_t cw_conns_deadline(const struct cw_core *core)
{
    if (cw_list_empty(&core->unauthenticated))
        return UINT64_MAX;
    return longest_unauthenticated(core)->since_ms + core->config.unauthenticated_ms;
}
