/* core.c - making a core, and stepping it: one event in, its effects out. */
#include "core/core.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "core/address.h"
#include "core/admission.h"
#include "core/announced.h"
#include "core/barred.h"
#include "core/claim.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/delivery.h"
#include "core/elsewhere.h"
#include "core/far.h"
#include "core/far_call.h"
#include "core/far_link.h"
#include "core/foreign.h"
#include "core/handover.h"
#include "core/inbound.h"
#include "core/lease.h"
#include "core/list.h"
#include "core/login_link.h"
#include "core/names.h"
#include "core/nodes.h"
#include "core/pace.h"
#include "core/presence.h"
#include "core/push.h"
#include "core/request.h"
#include "core/ring.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/share.h"
#include "core/speaking.h"
#include "core/state.h"
#include "core/throttle.h"
#include "core/upload.h"
#include "core/user.h"

static struct cw_slice copy_of(struct cw_slice text)
{
    uint8_t *copy = cw_alloc(text.n + 1);
    if (text.n != 0)
        memcpy(copy, text.p, text.n);
    return cw_slice_of(copy, text.n);
}

struct cw_core *cw_core_create(const struct cw_core_config *config)
{
    struct cw_core *core = cw_alloc_zero(sizeof *core);
    core->config = *config;
    core->server_name = copy_of(config->server_name);
    core->web_build = copy_of(config->web_build);
    struct cw_map *maps[] = {&core->sessions,     &core->users_by_id,   &core->users_by_key,
                             &core->groups_by_id, &core->groups_by_key, &core->tallies,
                             &core->watched,      &core->addresses,     &core->uploads,
                             &core->remotes_by_id};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        cw_map_init(maps[i], config->hash_seed);
    struct link *lists[] = {
        &core->unauthenticated, &core->cached_users, &core->probes,         &core->probes_now,
        &core->saves,           &core->touches,      &core->tallies_by_age, &core->leavings,
        &core->speakers,        &core->crowds,       &core->idle_addresses, &core->seats,
        &core->page_waits,      &core->paused,       &core->uploads_by_use, &core->rings,
        &core->talks,           &core->broken,       &core->shares,         &core->shares_changed,
        &core->share_sends,     &core->remotes,      &core->nodes};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cw_list_init(lists[i]);
    cw_list_init(&core->login_links);
    cw_list_init(&core->far_links);
    cw_far_init(core);
    cw_push_init(core, config);
    cw_names_init(core, config);
    cw_claims_init(core, config);
    return core;
}

/* What was copied, or belongs to tables that were made with it, stays. */
static void take_limits(struct cw_core *core, const struct cw_core_config *limits)
{
    struct cw_core_config *config = &core->config;
    struct cw_core_config before = *config;
    *config = *limits;
    memcpy(config->hash_seed, before.hash_seed, sizeof before.hash_seed);
    config->server_name = before.server_name;
    config->web_build = before.web_build;
    config->reserved_names = before.reserved_names;
    config->kept_keys = before.kept_keys;
    config->identity = before.identity;
    config->newest = before.newest;
    config->node = before.node;
}

static void finish_requests(struct cw_core *core)
{
    for (size_t i = 0; i < core->request_capacity; i++)
        if (core->requests[i]->in_flight)
            cw_request_destroy(core, core->requests[i]);
    for (size_t i = 0; i < core->request_capacity; i++)
        free(core->requests[i]);
    free(core->requests);
}

void cw_core_set_hook_url(struct cw_core *core, struct cw_slice url)
{
    core->hook_url = copy_of(url);
}

void cw_core_take_bans(struct cw_core *core, const struct cw_store_result *bans)
{
    cw_barred_load(core, bans);
}

void cw_core_take_announcements(struct cw_core *core, const struct cw_store_result *list)
{
    cw_announced_load(core, list);
}

bool cw_core_has_requests(const struct cw_core *core)
{
    size_t free_count = 0;
    for (const struct request *r = core->free_requests; r != NULL; r = r->next)
        free_count++;
    return free_count != core->request_capacity;
}

void cw_core_destroy(struct cw_core *core)
{
    if (core == NULL)
        return;
    struct cw_effects effects = {0};
    core->effects = &effects;
    for (size_t i = 0; i < core->conn_capacity; i++)
        if (core->conns[i] != NULL)
            cw_conn_closed(core, core->conns[i]);
    finish_requests(core);
    cw_shares_finish(core);
    cw_elsewhere_finish(core);
    cw_presence_finish(core);
    cw_seats_finish(core);
    cw_rings_finish(core);
    cw_leases_finish(core);
    cw_far_finish(core);
    cw_uploads_finish(core);
    cw_login_links_finish(core);
    cw_far_links_finish(core);
    cw_users_finish(core);
    cw_throttle_finish(core);
    cw_addresses_finish(core);
    cw_barred_finish(core);
    cw_announced_finish(core);
    cw_push_finish(core);
    cw_names_finish(core);
    cw_claims_finish(core);
    cw_map_finish(&core->sessions);
    cw_map_finish(&core->groups_by_id);
    cw_map_finish(&core->groups_by_key);
    free(core->conns);
    free((void *)core->server_name.p);
    free((void *)core->web_build.p);
    free((void *)core->hook_url.p);
    cw_buf_finish(&core->next_key);
    free(core);
    cw_effects_finish(&effects);
}

static void on_session_event(struct cw_core *core, struct session *session,
                             const struct cw_event *event)
{
    assert(session->conn != NULL && session->conn_id == event->conn);
    if (event->type == CW_EV_RECEIVED)
        cw_session_received(core, session, event->received_mark);
    else if (event->type == CW_EV_QUEUE_FULL)
        cw_session_queue_full(session);
    else
        cw_session_queue_empty(core, session);
}

static void on_conn_event(struct cw_core *core, struct conn *conn, const struct cw_event *event)
{
    if (event->type == CW_EV_ANSWERED)
        cw_conn_browses(core, conn, true);
    else if (event->type == CW_EV_MESSAGE)
        cw_conn_message(core, conn, event);
    else if (event->type == CW_EV_CLOSED)
        cw_conn_closed(core, conn);
    else if (conn->session != NULL && conn->part == NULL)
        on_session_event(core, conn->session, event);
}

/* The device that waits for a link continues with the result that has ended it. */
static void end_login_links(struct cw_core *core, const struct cw_event *event)
{
    for (uint64_t cookie; (cookie = cw_login_links_sweep(core)) != 0;) {
        cw_request_resume(core, cookie, event);
        cw_login_link_forget(core, cookie);
    }
    for (uint64_t cookie; (cookie = cw_far_links_sweep(core)) != 0;) {
        cw_request_resume(core, cookie, event);
        cw_far_link_forget(core, cookie);
    }
}

/* Joins that have waited for a verdict go on. */
static void end_asks(struct cw_core *core, const struct cw_event *event)
{
    for (uint64_t cookie; (cookie = cw_leases_sweep(core)) != 0;) {
        cw_request_resume(core, cookie, event);
        cw_lease_forget(core, cookie);
    }
}

static uint64_t cookie_of(const struct cw_event *event)
{
    return event->type == CW_EV_HASH ? event->hash.cookie : event->server.cookie;
}

static void on_connected(struct cw_core *core, const struct cw_event *event)
{
    if (cw_conn_find(core, event->conn) == NULL)
        cw_conn_open(core, event);
    struct conn *conn = cw_conn_find(core, event->conn);
    cw_conn_connected(conn, event);
    cw_conn_browses(core, conn, false);
}

static void take_result(struct cw_core *core, const struct cw_event *event)
{
    if (event->store->message_id > core->newest)
        core->newest = event->store->message_id;
    cw_request_resume(core, event->store->cookie, event);
}

/* What is due now, or has become so by this step. */
static void sweep(struct cw_core *core, const struct cw_event *event)
{
    end_login_links(core, event);
    end_asks(core, event);
    cw_conn_expire(core);
    cw_sessions_sweep(core);
    cw_presence_sweep(core);
    cw_elsewhere_sweep(core);
    cw_speaking_sweep(core);
    cw_pace_sweep(core);
    cw_seats_sweep(core);
    cw_far_expire(core);
    cw_rings_sweep(core);
    cw_far_sweep(core);
}

void cw_core_step(struct cw_core *core, const struct cw_event *event, struct cw_effects *effects)
{
    struct conn *conn;
    assert(event->now_ms >= core->now_ms && core->asker == NULL);
    effects->count = 0;
    cw_arena_reset(&effects->arena);
    core->effects = effects;
    core->now_ms = event->now_ms;
    core->time_ms = event->time_ms;
    switch (event->type) {
    case CW_EV_OPENED:
        cw_conn_open(core, event);
        break;
    case CW_EV_CONNECTED:
        on_connected(core, event);
        break;
    case CW_EV_CROWDED:
        cw_conn_make_room(core);
        break;
    case CW_EV_NEXT_KEY:
        core->next_key.n = 0;
        cw_buf_append(&core->next_key, event->next_key.p, event->next_key.n);
        break;
    case CW_EV_LIMITS:
        take_limits(core, event->limits);
        break;
    case CW_EV_SAVE:
        cw_cursors_save_all(core);
        break;
    case CW_EV_CALL:
        cw_handover_take(core, event->call);
        break;
    case CW_EV_STORE:
        take_result(core, event);
        break;
    case CW_EV_NEWS:
        cw_foreign_apply(core, event->news);
        break;
    case CW_EV_BUS:
        cw_nodes_apply(core, &event->bus);
        break;
    case CW_EV_LEASE:
        cw_lease_take(core, &event->lease);
        break;
    case CW_EV_PUSH_GONE:
        cw_push_gone(core, event->push_gone.session_id, event->push_gone.endpoint);
        break;
    case CW_EV_HASH:
    case CW_EV_SERVER:
        cw_request_resume(core, cookie_of(event), event);
        break;
    case CW_EV_CONTROL:
        cw_operator_asks(core, event);
        break;
    case CW_EV_TICK:
        break;
    case CW_EV_ANSWERED:
    case CW_EV_MESSAGE:
    case CW_EV_CLOSED:
    case CW_EV_RECEIVED:
    case CW_EV_QUEUE_FULL:
    case CW_EV_QUEUE_EMPTY:
        conn = cw_conn_find(core, event->conn);
        if (conn != NULL)
            on_conn_event(core, conn, event);
    }
    sweep(core, event);
}

uint64_t cw_core_deadline(const struct cw_core *core)
{
    uint64_t deadline = cw_sessions_deadline(core), grace = cw_presence_deadline(core);
    uint64_t silence = cw_speaking_deadline(core), seats = cw_seats_deadline(core);
    deadline = grace < deadline ? grace : deadline;
    uint64_t resume = cw_pace_deadline(core);
    deadline = silence < deadline ? silence : deadline;
    deadline = resume < deadline ? resume : deadline;
    deadline = seats < deadline ? seats : deadline;
    uint64_t ring = cw_rings_deadline(core);
    deadline = ring < deadline ? ring : deadline;
    uint64_t asks = cw_leases_deadline(core), far = cw_far_deadline(core);
    deadline = asks < deadline ? asks : deadline;
    deadline = far < deadline ? far : deadline;
    uint64_t links = cw_login_links_deadline(core), far_links = cw_far_links_deadline(core);
    deadline = links < deadline ? links : deadline;
    deadline = far_links < deadline ? far_links : deadline;
    uint64_t nodes = cw_elsewhere_deadline(core);
    deadline = nodes < deadline ? nodes : deadline;
    uint64_t expiry = cw_conns_deadline(core);
    return expiry < deadline ? expiry : deadline;
}

struct cw_slice cw_core_user(const struct cw_core *core, cw_conn_id id)
{
    const struct conn *conn = cw_conn_find(core, id);
    return conn == NULL || conn->session == NULL ? (struct cw_slice){0}
                                                 : cw_user_name(conn->session->user);
}

struct cw_core_stats cw_core_stats(const struct cw_core *core)
{
    return (struct cw_core_stats){.connections = core->conn_count,
                                  .sessions = core->sessions.count,
                                  .users = core->users_by_id.count,
                                  .groups = core->groups_by_id.count,
                                  .calls = core->call_count,
                                  .dropped_call_data = core->dropped_call_data};
}
