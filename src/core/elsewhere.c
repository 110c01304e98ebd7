/* elsewhere.c - see elsewhere.h.
 *
 * A set has a version, which grows by one with each change. Who has version n takes the change n +
 * 1; who finds by another change, or by the version that each node says from time to time, that
 * something is missing, asks for all of it. It comes in pieces, which are good only together; what
 * the set has no more is then forgotten. So a lost message costs time, and a doubled one nothing.
 */
#include "core/elsewhere.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/packed.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/presence.h"
#include "core/remote.h"
#include "core/share.h"
#include "core/state.h"

/* A set that does not come is asked for again. */
#define WANT_AGAIN_MS 250

/* Another server, from when it was heard first. */
struct node {
    struct link link; /* in core->nodes */
    unsigned number;
    bool there;
    bool whole;          /* `version` and `digest` are of a set that is complete here */
    bool collecting;     /* pieces of one are coming */
    uint32_t next_piece; /* ... this one next */
    uint32_t round;      /* of the set that came last, or is coming */
    uint64_t version, digest;
    uint64_t newest;  /* the highest version that was heard of */
    uint64_t run;     /* all changes from this one to `newest` were heard */
    uint64_t began;   /* the version of the first piece of the set that is coming */
    uint64_t want_ms; /* when it is asked for next, unless `whole` */
    uint64_t fade_ms; /* when those of before it went are forgotten; UINT64_MAX: there are none */
    uint64_t heard_ms;
};

static struct node *find_node(const struct cw_core *core, unsigned number)
{
    for (struct link *link = core->nodes.next; link != &core->nodes; link = link->next) {
        struct node *node = CW_LINK_OWNER(link, struct node, link);
        if (node->number == number)
            return node;
    }
    return NULL;
}

static struct node *get_node(struct cw_core *core, unsigned number)
{
    struct node *node = find_node(core, number);
    if (node != NULL)
        return node;
    node = cw_alloc_zero(sizeof *node);
    node->number = number;
    node->fade_ms = UINT64_MAX;
    cw_list_append(&core->nodes, &node->link);
    return node;
}

static void want(struct cw_core *core, struct node *node)
{
    if (!node->there || !core->bus_up || core->now_ms < node->want_ms)
        return;
    node->want_ms = core->now_ms + WANT_AGAIN_MS;
    cw_effect_bus(core, node->number, CW_BUS_PRESENCE_WANT, (struct cw_slice){0});
}

static void miss(struct cw_core *core, struct node *node)
{
    node->whole = false;
    want(core, node);
}

/* --- users ----------------------------------------------------------------------------------- */

static uint64_t digest_of(const struct place *place, uint64_t id)
{
    return place == NULL || place->fading ? 0 : cw_share_digest(id, place->state);
}

static void remove_place(struct cw_core *core, struct node *node, struct remote *remote)
{
    enum presence before = cw_presence_total(core, remote->id);
    node->digest -= digest_of(cw_remote_place(remote, node->number), remote->id);
    cw_remote_remove(remote, node->number);
    cw_presence_tell_elsewhere(core, remote->id, before);
    cw_remote_forget(core, remote);
}

static void take_item(struct cw_core *core, struct node *node, const struct remote_item *item)
{
    struct remote *remote = cw_remote_find(core, item->id);
    enum presence before = cw_presence_total(core, item->id);
    struct place *place = remote == NULL ? NULL : cw_remote_place(remote, node->number);
    if (item->state == PRESENCE_OFFLINE) {
        if (place != NULL)
            remove_place(core, node, remote);
        return;
    }
    node->digest -= digest_of(place, item->id);
    remote = cw_remote_put(core, node->number, node->round, item);
    node->digest += digest_of(cw_remote_place(remote, node->number), item->id);
    cw_presence_tell_elsewhere(core, item->id, before);
}

/* Forgets those of the node that have gone: `fading` ones, or those that its last set did not have.
 */
static void remove_places(struct cw_core *core, struct node *node, bool fading)
{
    struct link *next;
    for (struct link *link = core->remotes.next; link != &core->remotes; link = next) {
        struct remote *remote = CW_LINK_OWNER(link, struct remote, link);
        const struct place *place = cw_remote_place(remote, node->number);
        next = link->next;
        if (place != NULL &&
            (fading ? place->fading : !place->fading && place->round != node->round))
            remove_place(core, node, remote);
    }
}

/* --- messages -------------------------------------------------------------------------------- */

static void take_change(struct cw_core *core, struct node *node, struct cw_packed *from)
{
    uint64_t version = cw_packed_take_u64(from);
    struct remote_item item;
    if (!cw_remote_unpack(from, &item) || !cw_packed_end(from) || version <= node->version)
        return;
    bool next = node->whole && version == node->version + 1;
    if (version > node->newest + 1)
        node->run = version;
    node->newest = version > node->newest ? version : node->newest;
    item.version = version;
    take_item(core, node, &item); /* newer than what is here, in any case */
    if (next)
        node->version = version;
    else
        miss(core, node);
}

static void take_sign(struct cw_core *core, struct node *node, struct cw_packed *from)
{
    uint64_t version = cw_packed_take_u64(from), digest = cw_packed_take_u64(from);
    if (!cw_packed_end(from))
        return;
    if (!node->whole || version != node->version || digest != node->digest)
        miss(core, node);
}

/* All of it is here. Pieces that were there earlier lack what has changed since: those changes must
 * have been heard, one by one. */
static void end_set(struct cw_core *core, struct node *node, uint64_t version)
{
    bool heard = node->run <= node->began + 1 && node->newest >= version;
    node->collecting = false;
    node->whole = heard || (node->newest <= version && node->began == version);
    node->version = node->newest > version ? node->newest : version;
    remove_places(core, node, false);
    if (!node->whole)
        want(core, node);
}

/* What a change said later stays. */
static void take_piece_item(struct cw_core *core, struct node *node, const struct remote_item *item)
{
    const struct remote *remote = cw_remote_find(core, item->id);
    struct place *place = remote == NULL ? NULL : cw_remote_place(remote, node->number);
    if (place != NULL && place->version > item->version && !place->fading)
        place->round = node->round;
    else if (item->state != PRESENCE_OFFLINE)
        take_item(core, node, item);
}

static void take_piece(struct cw_core *core, struct node *node, struct cw_packed *from)
{
    uint64_t version = cw_packed_take_u64(from);
    uint32_t piece = cw_packed_take_u32(from);
    struct remote_item item;
    if (piece == 0) {
        node->collecting = true;
        node->next_piece = 0;
        node->began = version;
        node->round++;
    }
    if (!node->collecting || piece != node->next_piece++) {
        node->collecting = false;
        return;
    }
    node->want_ms = core->now_ms + WANT_AGAIN_MS; /* not while it comes */
    uint8_t mark;
    while ((mark = cw_packed_take_u8(from)) == 1 && cw_remote_unpack(from, &item)) {
        item.version = version;
        take_piece_item(core, node, &item);
    }
    if (!cw_packed_end(from))
        node->collecting = false;
    else if (mark == 2)
        end_set(core, node, version);
}

void cw_elsewhere_take(struct cw_core *core, const struct cw_core_bus *bus)
{
    struct node *node = get_node(core, bus->node);
    struct cw_packed from = cw_packed_begin(bus->body);
    node->heard_ms = core->now_ms;
    if (bus->kind == CW_BUS_PRESENCE)
        take_change(core, node, &from);
    else if (bus->kind == CW_BUS_PRESENCE_SIGN)
        take_sign(core, node, &from);
    else if (bus->kind == CW_BUS_PRESENCE_SET)
        take_piece(core, node, &from);
    else if (bus->kind == CW_BUS_PRESENCE_WANT)
        cw_shares_send(core, bus->node);
}

/* --- nodes -------------------------------------------------------------------------------------
 */

void cw_elsewhere_there(struct cw_core *core, unsigned number)
{
    struct node *node = get_node(core, number);
    node->there = true;
    node->heard_ms = core->now_ms;
    node->version = node->newest = node->run = 0; /* it may be another process */
    node->want_ms = core->now_ms;
    miss(core, node);
}

void cw_elsewhere_gone(struct cw_core *core, unsigned number)
{
    struct node *node = get_node(core, number);
    node->there = node->whole = node->collecting = false;
    cw_shares_stop(core, number);
    node->digest = 0;
    node->fade_ms = node->heard_ms + CW_PRESENCE_GRACE_MS;
    for (struct link *link = core->remotes.next; link != &core->remotes; link = link->next) {
        struct place *place =
            cw_remote_place(CW_LINK_OWNER(link, struct remote, link), node->number);
        if (place != NULL)
            place->fading = true;
    }
}

void cw_elsewhere_compare(struct cw_core *core)
{
    for (struct link *link = core->nodes.next; link != &core->nodes; link = link->next)
        miss(core, CW_LINK_OWNER(link, struct node, link));
    cw_shares_sign(core);
}

bool cw_elsewhere_any(const struct cw_core *core)
{
    for (struct link *link = core->nodes.next; link != &core->nodes; link = link->next)
        if (CW_LINK_OWNER(link, struct node, link)->there)
            return core->bus_up;
    return false;
}

/* --- time ----------------------------------------------------------------------------------------
 */

void cw_elsewhere_sweep(struct cw_core *core)
{
    cw_shares_flush(core);
    if (core->bus_up && core->now_ms >= core->sign_ms)
        cw_shares_sign(core);
    for (struct link *link = core->nodes.next; link != &core->nodes; link = link->next) {
        struct node *node = CW_LINK_OWNER(link, struct node, link);
        if (core->now_ms >= node->fade_ms) {
            node->fade_ms = UINT64_MAX;
            remove_places(core, node, true);
        }
        if (!node->whole)
            want(core, node);
    }
    cw_shares_go_on(core);
}

uint64_t cw_elsewhere_deadline(const struct cw_core *core)
{
    uint64_t sign = core->bus_up ? core->sign_ms : UINT64_MAX, send = cw_shares_deadline(core);
    uint64_t deadline = sign < send ? sign : send;
    for (struct link *link = core->nodes.next; link != &core->nodes; link = link->next) {
        const struct node *node = CW_LINK_OWNER(link, struct node, link);
        deadline = node->fade_ms < deadline ? node->fade_ms : deadline;
        if (core->bus_up && node->there && !node->whole && node->want_ms < deadline)
            deadline = node->want_ms;
    }
    return deadline;
}

void cw_elsewhere_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->nodes)) {
        struct node *node = CW_LINK_OWNER(core->nodes.next, struct node, link);
        cw_list_remove(&node->link);
        free(node);
    }
    cw_remotes_finish(core);
}

/* --- what always holds
 * ----------------------------------------------------------------------------- */

void cw_elsewhere_check(const struct cw_core *core)
{
    size_t count = 0;
    for (struct link *link = core->remotes.next; link != &core->remotes; link = link->next) {
        const struct remote *remote = CW_LINK_OWNER(link, struct remote, link);
        assert(remote->place_count != 0 && cw_remote_find(core, remote->id) == remote);
        for (size_t i = 0; i < remote->place_count; i++)
            assert(remote->places[i].state != PRESENCE_OFFLINE &&
                   find_node(core, remote->places[i].node) != NULL);
        count++;
    }
    assert(count == core->remotes_by_id.count);
    (void)count;
}
