/* call.c - the participants of calls: who joins, leaves, and is in it. Their audio: call_audio.c.
 */
#include "core/call.h"

#include <assert.h>
#include <stdlib.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/audience.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/effect.h"
#include "core/far.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/list.h"
#include "core/message_entry.h"
#include "core/names.h"
#include "core/pair.h"
#include "core/presence.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/speaking.h"
#include "core/state.h"
#include "core/user.h"

/* The connection by which the user takes part, or NULL. */
static struct conn *device_in(const struct group *group, const struct user *user)
{
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->session->user == user)
            return group->call[i];
    return NULL;
}

bool cw_call_has(const struct group *group, const struct user *user)
{
    return device_in(group, user) != NULL || cw_seat_is_held(group, user);
}

/* The user's present place is at another node. */
static bool is_elsewhere(const struct cw_core *core, const struct far_call *call,
                         const struct group *group, const struct far_seat *seat)
{
    const struct user *user = cw_user_by_id(core, seat->user_id);
    return cw_far_seat_of(call, seat->user_id) == seat &&
           (group == NULL || user == NULL || !cw_call_has(group, user));
}

static size_t count_elsewhere(const struct cw_core *core, const struct far_call *call,
                              const struct group *group)
{
    size_t count = 0;
    CW_EACH_FAR_SET(set, call)
    for (size_t i = 0; i < set->count; i++)
        count += is_elsewhere(core, call, group, &set->seats[i]);
    return count;
}

size_t cw_call_size(const struct cw_core *core, const struct group *group)
{
    return group->call_count + group->seat_count +
           count_elsewhere(core, cw_far_of(core, group), group);
}

bool cw_call_has_id(const struct cw_core *core, uint64_t call_id, uint64_t user_id)
{
    const struct group *group = cw_far_group(core, call_id);
    const struct user *user = cw_user_by_id(core, user_id);
    return (group != NULL && user != NULL && cw_call_has(group, user)) ||
           cw_far_seat_of(cw_far_find(core, call_id), user_id) != NULL;
}

enum call_verdict cw_call_judge(const struct cw_core *core, uint64_t call_id, uint64_t user_id,
                                bool echo, size_t on_their_way)
{
    const struct group *group = cw_far_group(core, call_id);
    if (cw_call_has_id(core, call_id, user_id))
        return echo ? CALL_HAS_USER : CALL_GRANTED;
    size_t size = group != NULL ? cw_call_size(core, group)
                                : count_elsewhere(core, cw_far_find(core, call_id), NULL);
    return cw_mailbox_is_group(call_id) && size + on_their_way >= core->config.call_members_max
               ? CALL_IS_FULL
               : CALL_GRANTED;
}

static void list_user(struct cw_core *core, struct cw_slice name, struct cw_entry *entry)
{
    cw_entry_put_string(entry, CW_E_NAME, &entry->name, cw_arena_copy(&core->effects->arena, name));
}

static uint32_t list_elsewhere(struct cw_core *core, const struct group *group,
                               struct cw_entry *entries)
{
    const struct far_call *call = cw_far_of(core, group);
    uint32_t count = 0;
    CW_EACH_FAR_SET(set, call)
    for (size_t i = 0; i < set->count; i++)
        if (is_elsewhere(core, call, group, &set->seats[i]))
            list_user(core, cw_far_name(&set->seats[i]), &entries[count++]);
    return count;
}

struct cw_list cw_call_roster(struct cw_core *core, const struct conn *conn)
{
    const struct group *group = cw_conn_call(conn);
    uint64_t session_id;
    bool part;
    if (group == NULL || group->pair != NULL)
        return (struct cw_list){.count = 0};
    struct cw_entry *entries = cw_request_make_entries(core, cw_call_size(core, group));
    uint32_t count = 0;
    for (size_t i = 0; i < group->call_count; i++)
        list_user(core, cw_user_name(group->call[i]->session->user), &entries[count++]);
    for (const struct link *link = group->seats.next; link != &group->seats; link = link->next)
        list_user(core, cw_user_name(cw_seat_holder(link, &session_id, &part)), &entries[count++]);
    count += list_elsewhere(core, group, entries + count);
    return (struct cw_list){.items = entries, .count = count};
}

/* A part makes its user online while it is in a call; at its end the user was last seen now.
 */
static void tell_presence(struct cw_core *core, const struct conn *conn)
{
    assert(conn->session != NULL);
    if (conn->part == NULL)
        return;
    cw_presence_changed(core, conn->session);
    if (cw_conn_call(conn) == NULL && conn->session->conn == NULL)
        cw_session_touch(core, conn->session, true);
}

struct call_member *cw_call_member(struct conn *conn)
{
    if (conn->member == NULL) {
        conn->member = cw_alloc_zero(sizeof *conn->member);
        conn->member->conn = conn;
        cw_list_init(&conn->member->speaking);
    }
    return conn->member;
}

void cw_call_closed(struct conn *conn)
{
    assert(cw_conn_call(conn) == NULL);
    free(conn->member);
}

static void join(struct cw_core *core, struct group *group, struct call_member *member,
                 uint64_t rank)
{
    assert(member->group == NULL);
    assert(group->pair != NULL || cw_group_membership(group, member->conn->session) != NULL);
    assert(cw_list_empty(&member->speaking));
    if (group->call_count == group->call_capacity) {
        group->call_capacity = group->call_capacity == 0 ? 4 : group->call_capacity * 2;
        group->call = cw_realloc(group->call, group->call_capacity * sizeof(struct conn *));
    }
    if (group->call_count == 0)
        core->call_count++;
    member->group = group;
    member->position = group->call_count;
    member->call_id++;
    member->rank = rank;
    group->call[group->call_count++] = member->conn;
    cw_far_changed(core, group);
    tell_presence(core, member->conn);
}

/* As its participant calls it: a group's name; of a call of two '@' and the other one's. */
static struct cw_slice call_name(struct cw_core *core, const struct group *group,
                                 const struct user *user)
{
    return group->pair == NULL ? cw_group_name(group) : cw_pair_name(core, group->pair, user);
}

void cw_call_tell_left(struct cw_core *core, const struct conn *conn, const struct group *group,
                       const char *reason)
{
    if (conn->no_updates || !cw_conn_extended(conn))
        return;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_CALL_LEFT,
                            .group_name = call_name(core, group, conn->session->user),
                            .reason = cw_slice_str(reason)};
    cw_effect_answer(core, &update, conn, true, false);
}

/* No receiver needs this speaker's packets as PCM arrays any more. */
void cw_call_end_lists(struct cw_core *core, bool *listed, cw_conn_id id)
{
    if (!*listed)
        return;
    *listed = false;
    cw_effect_add(core, CW_FX_LISTS_END)->close.conn = id;
}

static void end_lists(struct cw_core *core, struct call_member *member)
{
    assert(member->conn->member == member);
    cw_call_end_lists(core, &member->listed, member->conn->id);
}

void cw_call_hush(struct cw_core *core, const struct group *group, const struct user *user)
{
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->session->user == user) {
            cw_speaking_left(core, group->call[i]->member);
            end_lists(core, group->call[i]->member);
        }
}

/* The group is not told. */
static void take_out(struct cw_core *core, struct call_member *member)
{
    struct group *group = member->group;
    assert(member->position < group->call_count && group->call[member->position] == member->conn);
    cw_speaking_left(core, member);
    end_lists(core, member);
    struct conn *last = group->call[--group->call_count];
    group->call[member->position] = last;
    last->member->position = member->position;
    member->group = NULL;
    member->echo = member->reports = false;
    assert(core->call_count > 0 && cw_list_empty(&member->speaking));
    if (group->call_count == 0)
        core->call_count--;
    cw_far_changed(core, group);
}

/* The call goes on at another device of the user. */
static void move_out(struct cw_core *core, const struct group *group, struct conn *other)
{
    take_out(core, other->member);
    assert(cw_conn_call(other) == NULL);
    cw_call_tell_left(core, other, group, "moved");
}

/* The user is in this call with another device, or was a moment ago: the call moves to this one,
 * since the others would get two devices of one user as one voice. The others are not told. */
static void take_over(struct cw_core *core, struct group *group, const struct user *user)
{
    struct conn *other = device_in(group, user);
    if (other != NULL)
        move_out(core, group, other);
    cw_seat_take(core, group, user);
}

/* False: it is refused. */
static bool may_join(struct cw_core *core, struct request *request, const struct group *group)
{
    enum call_verdict verdict = CALL_GRANTED;
    if (request->rank == 0)
        verdict = cw_call_judge(core, cw_far_id(group), request->sender->id,
                                request->msg->extras.echo != 0, 0);
    if (cw_conn_call(request->conn) != NULL)
        cw_request_refuse(core, request, CW_RULE_IN_CALL);
    else if (verdict == CALL_HAS_USER)
        cw_request_refuse(core, request, CW_RULE_IN_CALL_ELSEWHERE);
    else if (verdict == CALL_IS_FULL)
        cw_request_refuse_above(core, request, CW_RULE_CALL_MAX, core->config.call_members_max);
    return !request->done;
}

bool cw_call_join(struct cw_core *core, struct request *request, struct group *group)
{
    struct conn *conn = request->conn;
    if (!may_join(core, request, group))
        return false;
    bool moved = cw_call_has_id(core, cw_far_id(group), request->sender->id);
    take_over(core, group, request->sender);
    cw_seats_leave_of_session(core, request->sender, request->sender_session);
    assert(!cw_call_has(group, request->sender)); /* a user is in it once */
    join(core, group, cw_call_member(conn), request->rank);
    conn->member->echo = request->msg->extras.echo != 0 && request->extended;
    conn->member->reports = request->extended && request->msg->extras.reports != 0;
    if (!moved && group->pair == NULL)
        cw_group_event_of(core, group, "call_joined", request, NULL);
    cw_request_set_name(request, call_name(core, group, request->sender));
    cw_request_answer(core, request, CW_SUCCESS);
    return true;
}

void cw_call_drop(struct cw_core *core, struct conn *conn)
{
    struct group *group = cw_conn_call(conn);
    if (group == NULL)
        return;
    take_out(core, conn->member);
    cw_seat_hold(core, group, conn);
    tell_presence(core, conn);
}

void cw_call_leave(struct cw_core *core, struct conn *conn)
{
    struct group *group = cw_conn_call(conn);
    if (group == NULL)
        return;
    take_out(core, conn->member);
    uint64_t told = conn->part != NULL ? 0 : conn->session->id;
    if (group->pair != NULL)
        cw_pair_break(core, group->pair);
    else
        cw_group_event(core, group, "call_left", conn->session->user, told, NULL);
    tell_presence(core, conn);
}

void cw_call_end(struct cw_core *core, struct group *room, const char *reason)
{
    assert(room->pair != NULL);
    while (room->call_count != 0) {
        struct conn *conn = room->call[room->call_count - 1];
        if (reason != NULL)
            cw_call_tell_left(core, conn, room, reason);
        take_out(core, conn->member);
        tell_presence(core, conn);
    }
    cw_seats_forget(core, room);
}

/* --- participants at other nodes ------------------------------------------------------------ */

static void describe_far(struct far_here *here, const struct user *user, uint64_t rank,
                         unsigned flags)
{
    struct cw_slice name = cw_user_name(user);
    if (here->count == CW_CALL_MEMBERS_LIMIT)
        return;
    struct far_seat *seat = &here->seats[here->count++];
    *seat = (struct far_seat){
        .user_id = user->id, .rank = rank, .flags = (uint8_t)flags, .name_n = (uint8_t)name.n};
    memcpy(seat->name, name.p, name.n);
}

void cw_call_describe(const struct group *group, struct far_here *here)
{
    for (size_t i = 0; i < group->call_count; i++) {
        const struct call_member *member = group->call[i]->member;
        describe_far(here, group->call[i]->session->user, member->rank,
                     (member->reports ? CW_FAR_REPORTS : 0u) |
                         (cw_list_empty(&member->speaking) ? 0u : CW_FAR_SPEAKS));
    }
    for (const struct link *link = group->seats.next; link != &group->seats; link = link->next) {
        uint64_t session_id;
        bool part;
        describe_far(here, cw_seat_holder(link, &session_id, &part), cw_seat_rank(link),
                     CW_FAR_HELD);
    }
}

void cw_call_yield(struct cw_core *core, struct group *group, const struct far_seat *seat)
{
    const struct user *user = cw_user_by_id(core, seat->user_id);
    struct conn *other = user == NULL ? NULL : device_in(group, user);
    if (user == NULL)
        return;
    if (other != NULL && other->member->rank < seat->rank) {
        move_out(core, group, other);
        tell_presence(core, other);
    }
    cw_seat_yield(core, group, user, seat->rank);
}

void cw_call_far_gone(struct cw_core *core, struct far_seat *seat)
{
    cw_call_end_lists(core, &seat->listed, cw_far_speaker(seat));
}
