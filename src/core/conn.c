/* conn.c - connections: their table, address, features and end. Limits: admission.c. Reading:
 * pace.c. Their requests: inbound.c. */
#include "core/conn.h"

#include <assert.h>
#include <stdlib.h>

#include "base/subnet.h"
#include "core/address.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

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

static struct conn *make_conn(struct cw_core *core, const struct cw_event *event)
{
    struct conn *conn = cw_alloc_zero(sizeof *conn);
    assert(event->connected.address.n <= 8);
    conn->id = event->conn;
    conn->loopback = event->connected.loopback;
    conn->account = event->connected.account;
    conn->from = cw_address_refer(core, event->connected.address);
    return conn;
}

struct conn *cw_conn_create(struct cw_core *core, const struct cw_event *event)
{
    size_t slot = slot_of(event->conn);
    make_slot(core, slot);
    assert(core->conns[slot] == NULL);
    struct conn *conn = make_conn(core, event);
    core->conns[slot] = conn;
    core->conn_count++;
    assert(core->conn_count <= core->conn_capacity);
    return conn;
}

void cw_conn_destroy(struct cw_core *core, struct conn *conn)
{
    assert(core->conns[slot_of(conn->id)] == conn && conn->session == NULL && conn->part == NULL);
    assert(core->conn_count > 0 && conn->from->connections > 0);
    core->conns[slot_of(conn->id)] = NULL;
    core->conn_count--;
    cw_address_release(core, conn->from);
    free(conn);
}

void cw_conn_connected(struct conn *conn, const struct cw_event *event)
{
    assert(conn != NULL && conn->session == NULL && conn->first == NULL);
    conn->no_updates = event->connected.no_updates;
    conn->by_old_key = event->connected.by_old_key;
}

bool cw_conn_extended(const struct conn *conn)
{
    return conn->session != NULL && (conn->part != NULL || conn->session->extended);
}

uint64_t cw_conn_features(const struct conn *conn)
{
    assert(conn->session != NULL);
    return conn->part != NULL ? conn->part->features : conn->session->features;
}

bool cw_part_in_call(const struct session *session)
{
    const struct link *parts = &session->parts;
    for (struct link *link = parts->next; link != parts; link = link->next)
        if (cw_conn_call(CW_LINK_OWNER(link, struct part, of_session)->conn) != NULL)
            return true;
    return false;
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

bool cw_conn_is_compact(const struct conn *conn)
{
    const uint64_t both = CW_FEATURE_COMPACT | CW_FEATURE_OPUS;
    return (cw_conn_features(conn) & both) == both;
}

uint8_t cw_conn_audio(const struct conn *conn)
{
    if (conn->session == NULL)
        return 0;
    bool opus = (cw_conn_features(conn) & CW_FEATURE_OPUS) != 0;
    bool heard = conn->member != NULL && conn->member->heard;
    return (uint8_t)((opus ? CW_AUDIO_OPUS : 0) | (heard ? CW_AUDIO_LOUDNESS : 0) |
                     (cw_conn_is_compact(conn) ? CW_AUDIO_COMPACT : 0));
}

void cw_conn_tell_audio(struct cw_core *core, struct conn *conn)
{
    uint8_t looks = cw_conn_audio(conn);
    if (conn->closing || looks == conn->audio)
        return;
    assert(looks == 0 || conn->session != NULL);
    conn->audio = looks;
    struct cw_effect *effect = cw_effect_add(core, CW_FX_AUDIO);
    effect->audio.conn = conn->id;
    effect->audio.looks = looks;
}

/* --- its address, for people --------------------------------------------------------- */

/* Of an IPv6 address only the network is known, which belongs to one household. */
struct cw_slice cw_conn_address(struct cw_core *core, const struct conn *conn)
{
    char *text = cw_arena_alloc(&core->effects->arena, CW_SUBNET_TEXT_MAX);
    uint8_t bytes[8];
    size_t n = cw_address_bytes(conn->from, bytes);
    if (n == 8 && conn->loopback)
        return cw_slice_str("::1");
    if (n == 0)
        return (struct cw_slice){0};
    size_t length = cw_subnet_write_address(cw_slice_of(bytes, n), text);
    if (n == 8) {
        memcpy(text + length, "/64", 3);
        length += 3;
    }
    return cw_slice_of(text, length);
}

/* --- the end ------------------------------------------------------------------------- */

static void end_conn(struct cw_core *core, struct conn *conn, enum cw_effect_type type,
                     const char *reason)
{
    if (conn->closing)
        return;
    conn->closing = true;
    struct cw_effect *effect = cw_effect_add(core, type);
    effect->close.conn = conn->id;
    effect->close.reason = reason;
}

void cw_conn_close(struct cw_core *core, struct conn *conn, const char *reason)
{
    end_conn(core, conn, CW_FX_CLOSE, reason);
}

void cw_conn_drop(struct cw_core *core, struct conn *conn, const char *reason)
{
    end_conn(core, conn, CW_FX_DROP, reason);
}
