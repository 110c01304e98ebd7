/* far_call.c - see far_call.h. A set replaces what its node has said before; what differs is told
 * to the group's sessions here, as if it had happened here. The seats of a node that is gone are
 * held, as after any loss of a connection; a call that a node does not mention any more is over
 * there. */
#include "core/far_call.h"

#include <assert.h>

#include "core/call.h"
#include "core/call_audio.h"
#include "core/effect.h"
#include "core/far.h"
#include "core/far_body.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/lease.h"
#include "core/pair.h"
#include "core/ring.h"
#include "core/state.h"
#include "core/user.h"

/* --- what is heard ------------------------------------------------------------------------ */

/* Of a participant who was not in the call before, or is not any more. */
static void tell_joined(struct cw_core *core, const struct group *group,
                        const struct far_seat *seat, bool joined)
{
    if (group->pair == NULL)
        cw_group_event_named(core, group, joined ? "call_joined" : "call_left", cw_far_name(seat),
                             NULL);
    else if (joined)
        cw_ring_far_joined(core, group->pair, seat->user_id);
    else
        cw_pair_break(core, group->pair);
}

static void tell_speaking(struct cw_core *core, const struct group *group,
                          const struct far_seat *before, const struct far_seat *now)
{
    bool spoke = before != NULL && (before->flags & CW_FAR_SPEAKS) != 0;
    bool speaks = now != NULL && (now->flags & CW_FAR_SPEAKS) != 0;
    if (spoke != speaks && group->pair == NULL)
        cw_group_event_far(core, group, speaks, cw_far_name(now != NULL ? now : before));
}

static struct far_seat *find_user(struct far_seat *seats, size_t count, uint64_t user_id)
{
    for (size_t i = 0; i < count; i++)
        if (seats[i].user_id == user_id)
            return &seats[i];
    return NULL;
}

/* Who was not in it, before the set is replaced. */
static void note_new(const struct cw_core *core, const struct far_here *here, bool *new)
{
    for (size_t i = 0; i < here->count; i++)
        new[i] = !cw_call_has_id(core, here->call, here->seats[i].user_id);
}

/* The set says `here` now; `old`: what it said before. */
static void tell_changes(struct cw_core *core, const struct group *group, struct far_set *set,
                         struct far_seat *old, size_t old_count, const bool *new)
{
    for (size_t i = 0; i < set->count; i++) {
        struct far_seat *seat = &set->seats[i];
        if (new[i])
            tell_joined(core, group, seat, true);
        tell_speaking(core, group, find_user(old, old_count, seat->user_id), seat);
    }
    for (size_t i = 0; i < old_count; i++) {
        if (find_user(set->seats, set->count, old[i].user_id) != NULL)
            continue;
        tell_speaking(core, group, &old[i], NULL);
        if (!cw_call_has_id(core, set->call->id, old[i].user_id))
            tell_joined(core, group, &old[i], false);
    }
}

/* Who has joined there is not here any more. */
static void yield_to(struct cw_core *core, const struct far_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct group *group = cw_far_group(core, set->call->id);
        if (group != NULL)
            cw_call_yield(core, group, &set->seats[i]);
    }
}

/* A seat that goes on keeps its decoder; that of any other one ends. */
static void keep_listed(struct cw_core *core, struct far_set *set, struct far_seat *old,
                        size_t old_count)
{
    for (size_t i = 0; i < old_count; i++) {
        struct far_seat *seat = cw_far_seat_at(set, old[i].rank);
        if (seat != NULL)
            seat->listed = old[i].listed;
        else
            cw_call_far_gone(core, &old[i]);
    }
}

static void replace(struct cw_core *core, struct far_set *set, const struct far_here *here);

/* The set, but for one of its seats. */
static void drop_seat(struct cw_core *core, struct far_set *set, const struct far_seat *seat)
{
    struct far_here here = {
        .call = set->call->id, .version = set->version, .rings = set->rings, .ring = set->ring};
    for (size_t i = 0; i < set->count; i++)
        if (&set->seats[i] != seat)
            here.seats[here.count++] = set->seats[i];
    replace(core, set, &here);
}

/* Who has joined with this rank has left where they were before: a living node says so itself when
 * it hears of it, a dead one cannot. */
static void drop_earlier(struct cw_core *core, struct far_call *call, uint64_t user_id,
                         uint64_t rank)
{
    CW_EACH_FAR_SET(set, call)
    {
        const struct far_seat *seat = find_user(set->seats, set->count, user_id);
        if (seat != NULL && seat->rank < rank)
            drop_seat(core, set, seat);
    }
}

static void replace(struct cw_core *core, struct far_set *set, const struct far_here *here)
{
    bool new[CW_CALL_MEMBERS_LIMIT];
    struct far_seat old[CW_CALL_MEMBERS_LIMIT];
    size_t old_count = set->count;
    const struct group *group = cw_far_group(core, here->call);
    if (old_count != 0)
        memcpy(old, set->seats, old_count * sizeof old[0]);
    note_new(core, here, new);
    set->version = here->version;
    set->count = here->count;
    if (here->count != 0)
        memcpy(set->seats, here->seats, here->count * sizeof set->seats[0]);
    keep_listed(core, set, old, old_count);
    if (group != NULL)
        tell_changes(core, group, set, old, old_count, new);
    yield_to(core, set);
    for (size_t i = 0; i < here->count; i++)
        drop_earlier(core, set->call, here->seats[i].user_id, here->seats[i].rank);
    cw_ring_far(core, set, here, old_count == 0 ? NULL : &old[0]);
}

/* All that it has said is over. */
static void end_far_set(struct cw_core *core, struct far_set *set)
{
    const struct far_here nobody = {.call = set->call->id, .version = set->version};
    replace(core, set, &nobody);
    cw_far_set_remove(core, set);
}

static void take_here(struct cw_core *core, const struct cw_core_bus *bus)
{
    struct far_here here;
    struct far_call *call =
        cw_far_read_here(bus->body, &here) ? cw_far_take(core, here.call) : NULL;
    if (call == NULL)
        return;
    struct far_set *set = cw_far_set(core, call, bus->node, bus->epoch, here.count != 0);
    if (set == NULL || here.version < set->version) {
        cw_far_forget(core, call);
        return;
    }
    set->at_ms = core->now_ms;
    cw_list_remove(&set->by_time);
    cw_list_append(&core->far_sets, &set->by_time);
    if (here.version != set->version)
        replace(core, set, &here);
    cw_lease_heard(core, call, bus->node, here.epoch);
    if (set->refused && set->rings != 0)
        cw_ring_far_refuse(core, set); /* it was lost, as it seems */
    if (set->count == 0)
        cw_far_set_remove(core, set);
}

/* The packets of one tick. What somebody says of whom it has not said that it has them is dropped:
 * its set was lost, and comes again. */
static void take_voices(struct cw_core *core, const struct cw_core_bus *bus)
{
    struct cw_packed from = cw_packed_begin(bus->body);
    struct far_call *call = cw_far_find(core, cw_packed_take_u64(&from));
    struct far_set *set =
        call == NULL ? NULL : cw_far_set(core, call, bus->node, bus->epoch, false);
    const struct group *group = set == NULL ? NULL : cw_far_group(core, call->id);
    struct cw_samples samples;
    uint64_t rank;
    while (group != NULL && cw_far_read_voice(&from, &rank, &samples)) {
        struct far_seat *seat = cw_far_seat_at(set, rank);
        if (seat != NULL && cw_far_seat_of(call, seat->user_id) == seat)
            cw_call_far_data(core, group, seat, &samples);
    }
}

static void take_report(struct cw_core *core, const struct cw_core_bus *bus)
{
    struct far_report report;
    if (!cw_far_read_report(bus->body, &report))
        return;
    const struct group *group = cw_far_group(core, report.call);
    if (group != NULL)
        cw_call_far_report(core, group, &report);
}

static void take_refuse(struct cw_core *core, const struct cw_core_bus *bus)
{
    uint64_t id, ring;
    bool good = cw_far_read_refuse(bus->body, &id, &ring);
    const struct group *group = good ? cw_far_group(core, id) : NULL;
    if (group != NULL && group->pair != NULL)
        cw_ring_far_refused(core, group->pair, ring);
}

void cw_far_take_message(struct cw_core *core, const struct cw_core_bus *bus)
{
    switch (bus->kind) {
    case CW_BUS_CALL_HERE:
        take_here(core, bus);
        break;
    case CW_BUS_CALL_ASK:
        cw_lease_asked(core, bus->node, bus->epoch, bus->body);
        break;
    case CW_BUS_CALL_VERDICT:
        cw_lease_told(core, bus->body);
        break;
    case CW_BUS_CALL_REPORT:
        take_report(core, bus);
        break;
    case CW_BUS_CALL_VOICES:
        take_voices(core, bus);
        break;
    case CW_BUS_CALL_REFUSE:
        take_refuse(core, bus);
        break;
    default:
        break;
    }
}

/* --- nodes -------------------------------------------------------------------------------- */

void cw_far_node_gone(struct cw_core *core, unsigned node)
{
    for (struct link *link = core->far_sets.next, *next; link != &core->far_sets; link = next) {
        struct far_set *set = CW_LINK_OWNER(link, struct far_set, by_time);
        next = link->next;
        if (set->node != node)
            continue;
        if (set->rings != 0) { /* nobody can answer it any more */
            end_far_set(core, set);
            continue;
        }
        set->gone = true;
        set->at_ms = core->now_ms;
        cw_list_remove(&set->by_time);
        cw_list_append(&core->far_gone, &set->by_time);
    }
}

void cw_far_say_again(struct cw_core *core)
{
    while (!cw_list_empty(&core->far_said)) {
        struct link *link = core->far_said.next;
        cw_list_remove(link);
        cw_list_append(&core->far_changed, link);
    }
}

/* --- what is said ------------------------------------------------------------------------- */

static void say(struct cw_core *core, struct far_call *call)
{
    struct far_here here = {
        .call = call->id, .version = ++call->version, .ring_end = call->ring_end};
    const struct group *group = cw_far_group(core, call->id);
    if (group != NULL)
        cw_call_describe(group, &here);
    for (size_t i = 0; i < here.count; i++)
        drop_earlier(core, call, here.seats[i].user_id, here.seats[i].rank);
    if (group != NULL && group->pair != NULL && group->pair->rings_until_ms != 0) {
        here.rings = group->pair->callee->id;
        here.ring = group->pair->ring;
    }
    if (here.count == 0)
        cw_lease_drop(core, call);
    if (cw_lease_is_held(core, call))
        here.epoch = call->lease.epoch;
    cw_far_pack_here(core, &here);
    cw_effect_bus(core, CW_BUS_TO_ALL, CW_BUS_CALL_HERE, cw_buf_slice(&core->far_body));
    call->said_ms = core->now_ms;
    cw_list_remove(&call->to_say);
    if (here.count != 0 || ++call->said_empty < CW_CALL_SAY_EMPTY)
        cw_list_append(&core->far_said, &call->to_say);
    else
        cw_far_forget(core, call);
}

static struct far_call *said_at(struct link *link)
{
    return CW_LINK_OWNER(link, struct far_call, to_say);
}

static uint64_t due_ms(const struct link *sets, uint64_t after_ms)
{
    return cw_list_empty(sets)
               ? UINT64_MAX
               : CW_LINK_OWNER(sets->next, struct far_set, by_time)->at_ms + after_ms;
}

void cw_far_expire(struct cw_core *core)
{
    while (core->now_ms >= due_ms(&core->far_sets, CW_CALL_SILENT_MS))
        end_far_set(core, CW_LINK_OWNER(core->far_sets.next, struct far_set, by_time));
    while (core->now_ms >= due_ms(&core->far_gone, CW_CALL_SEAT_MS))
        end_far_set(core, CW_LINK_OWNER(core->far_gone.next, struct far_set, by_time));
}

void cw_far_sweep(struct cw_core *core)
{
    while (!cw_list_empty(&core->far_said) &&
           core->now_ms >= said_at(core->far_said.next)->said_ms + CW_CALL_SAY_MS)
        say(core, said_at(core->far_said.next));
    while (!cw_list_empty(&core->far_changed))
        say(core, said_at(core->far_changed.next));
}

uint64_t cw_far_deadline(const struct cw_core *core)
{
    uint64_t silent = due_ms(&core->far_sets, CW_CALL_SILENT_MS);
    uint64_t gone = due_ms(&core->far_gone, CW_CALL_SEAT_MS);
    uint64_t said = cw_list_empty(&core->far_said)
                        ? UINT64_MAX
                        : said_at(core->far_said.next)->said_ms + CW_CALL_SAY_MS;
    uint64_t first = silent < gone ? silent : gone;
    return said < first ? said : first;
}
