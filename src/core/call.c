/* call.c - the participants of calls, and the forwarding of audio.
 *
 * A selective forwarder: nothing is mixed, sent back to its speaker, or stored. call_data has no
 * answer; a frame that may not be forwarded is dropped and counted. Packets go to clients with
 * Opus; for the others the shell decodes them. */
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

/* The rate of a plain speaker: 135 KB/s is 44,100 Hz mono as a list. */
#define AUDIO_BYTES_PER_S (256u * 1024)

size_t cw_call_size(const struct group *group)
{
    return group->call_count + group->seat_count;
}

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

static void list_user(struct cw_core *core, const struct user *user, struct cw_entry *entry)
{
    cw_entry_put_string(entry, CW_E_NAME, &entry->name,
                        cw_arena_copy(&core->effects->arena, cw_user_name(user)));
}

struct cw_list cw_call_roster(struct cw_core *core, const struct conn *conn)
{
    const struct group *group = cw_conn_call(conn);
    uint64_t session_id;
    bool part;
    if (group == NULL || group->pair != NULL)
        return (struct cw_list){.count = 0};
    struct cw_entry *entries = cw_request_make_entries(core, cw_call_size(group));
    uint32_t count = 0;
    for (size_t i = 0; i < group->call_count; i++)
        list_user(core, group->call[i]->session->user, &entries[count++]);
    for (const struct link *link = group->seats.next; link != &group->seats; link = link->next)
        list_user(core, cw_seat_holder(link, &session_id, &part), &entries[count++]);
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

static struct call_member *member_of(struct conn *conn)
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

static void join(struct cw_core *core, struct group *group, struct call_member *member)
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
    group->call[group->call_count++] = member->conn;
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
static void end_lists(struct cw_core *core, struct call_member *member)
{
    assert(member->conn->member == member);
    if (!member->listed)
        return;
    member->listed = false;
    cw_effect_add(core, CW_FX_LISTS_END)->close.conn = member->conn->id;
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
}

/* The user is in this call with another device, or was a moment ago: the call moves to this one,
 * since the others would get two devices of one user as one voice. The others are not told. */
static bool take_over(struct cw_core *core, struct group *group, const struct user *user)
{
    struct conn *other = device_in(group, user);
    if (!cw_call_has(group, user))
        return false;
    if (other != NULL) {
        take_out(core, other->member);
        assert(cw_conn_call(other) == NULL);
        cw_call_tell_left(core, other, group, "moved");
    }
    cw_seat_take(core, group, user);
    return true;
}

bool cw_call_join(struct cw_core *core, struct request *request, struct group *group)
{
    struct conn *conn = request->conn;
    bool has = cw_call_has(group, request->sender), echo = request->msg->extras.echo != 0;
    if (cw_conn_call(conn) != NULL || (has && echo)) {
        cw_request_refuse(core, request,
                          cw_conn_call(conn) != NULL ? CW_RULE_IN_CALL : CW_RULE_IN_CALL_ELSEWHERE);
        return false;
    }
    if (!has && group->pair == NULL && cw_call_size(group) >= core->config.call_members_max) {
        cw_request_refuse_above(core, request, CW_RULE_CALL_MAX, core->config.call_members_max);
        return false;
    }

    bool moved = take_over(core, group, request->sender);
    cw_seats_leave_of_session(core, request->sender, request->sender_session);
    assert(!cw_call_has(group, request->sender)); /* a user is in it once */
    join(core, group, member_of(conn));
    conn->member->echo = echo && request->extended;
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

static bool is_call(const struct cw_core *core, const struct call_member *member,
                    struct cw_slice name)
{
    struct cw_name_key key;
    const struct group *group = member->group;
    if (group->pair != NULL)
        return name.n > 1 && name.p[0] == '@' &&
               cw_user_is_called(core, cw_pair_other(group->pair, member->conn->session->user),
                                 cw_slice_of(name.p + 1, name.n - 1));
    if (cw_slice_eq(name, cw_group_name(group)))
        return true;
    return cw_names_fold(core, CW_NAME_OF_GROUP, name, &key) &&
           cw_slice_eq(cw_name_key_slice(&key),
                       cw_slice_of(group->text + group->name_n, group->key_n));
}

/* The rate in bytes, and for packets in duration: silence packs so well that a limit on bytes alone
 * would allow ten times the audio of a speaker. */
static bool in_rate(struct cw_core *core, struct call_member *member,
                    const struct cw_samples *samples)
{
    return cw_bucket_take(&member->audio, core->now_ms, (double)samples->encoded.n,
                          AUDIO_BYTES_PER_S, AUDIO_BYTES_PER_S) &&
           (samples->form == CW_SAMPLES_LIST ||
            cw_bucket_take(&member->played, core->now_ms, samples->duration_us / 1000.0,
                           CW_CALL_AUDIO_MS_PER_S, CW_CALL_AUDIO_MS_BURST));
}

/* A packet that was not examined is refused. */
static bool may_send(const struct conn *conn, const struct cw_samples *samples)
{
    return samples->form == CW_SAMPLES_LIST ||
           ((cw_conn_features(conn) & CW_FEATURE_OPUS) != 0 && samples->duration_us != 0);
}

static bool is_muted(const struct cw_core *core, const struct group *group,
                     const struct session *session)
{
    return group->pair == NULL && cw_group_muted(core, cw_group_membership(group, session));
}

/* It has the session's token, and names the user. */
static bool is_from(const struct cw_core *core, const struct session *session,
                    const struct cw_msg *msg)
{
    return cw_slice_eq_secret(msg->token, cw_slice_of(session->token, CW_TOKEN_LEN)) &&
           cw_user_is_called(core, session->user, msg->username);
}

/* It names the call, too; or it names the join of its connection, which stands for all of that. */
static bool is_of(const struct cw_core *core, const struct call_member *member,
                  const struct session *session, const struct cw_msg *msg)
{
    if (msg->action == CW_PACKET)
        return cw_conn_is_compact(member->conn) && msg->call_id == member->call_id;
    return is_from(core, session, msg) && is_call(core, member, msg->group_name);
}

static bool may_speak(struct cw_core *core, struct call_member *member, const struct cw_msg *msg,
                      bool proved)
{
    const struct session *session = member->conn->session;
    return session != NULL && member->group != NULL &&
           (proved || is_of(core, member, session, msg)) &&
           !is_muted(core, member->group, session) && may_send(member->conn, &msg->samples) &&
           in_rate(core, member, &msg->samples);
}

/* Adds the other participants, or only those with Opus, or only those without. */
static void add_listeners(struct audience *audience, const struct call_member *speaker,
                          bool packets, bool opus)
{
    assert(speaker->group != NULL);
    const struct group *group = speaker->group;
    for (size_t i = 0; i < group->call_count; i++) {
        const struct conn *conn = group->call[i];
        bool reads = (cw_conn_features(conn) & CW_FEATURE_OPUS) != 0;
        if ((conn != speaker->conn || speaker->echo) && !conn->no_updates &&
            (!packets || reads == opus))
            cw_audience_add_conn(audience, conn);
    }
}

static void forward_as_lists(struct cw_core *core, struct call_member *speaker,
                             const struct cw_msg *update)
{
    struct audience audience;
    assert(speaker->group != NULL);
    cw_audience_init(core, &audience, speaker->group->call_count);
    add_listeners(&audience, speaker, true, false);
    if (audience.plain_count + audience.extended_count == 0) {
        end_lists(core, speaker);
        return;
    }
    speaker->listed = true;
    cw_effect_send_lists(core, update, &audience, speaker->conn);
}

bool cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg, bool proved)
{
    struct call_member *member = member_of(conn);
    bool in_time = cw_recent_take(&member->frames, core->now_ms, core->config.call_frames_per_s);
    if (!in_time || !may_speak(core, member, msg, proved)) {
        core->dropped_call_data++;
        return in_time;
    }
    bool packet = msg->samples.form == CW_SAMPLES_PACKET;
    struct audience audience;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_CALL_DATA,
                            .sender = cw_user_name(conn->session->user),
                            .samples = msg->samples};
    cw_audience_init(core, &audience, member->group->call_count);
    add_listeners(&audience, member, packet, true);
    cw_effect_send_audio(core, &update, &audience, conn);
    if (packet)
        forward_as_lists(core, member, &update);
    cw_speaking_heard(core, member, msg->samples.loud);
    return true;
}

/* To the connection of that participant, if it wants to know; with the number of those who might
 * have reported, since those who do not have nothing to complain of. */
static void pass_report(struct cw_core *core, const struct call_member *listener,
                        const struct conn *speaker, const struct cw_msg *msg)
{
    struct audience audience;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_CALL_REPORT,
                            .sender = cw_user_name(listener->conn->session->user),
                            .lost = msg->lost,
                            .extras = {.map_present = true,
                                       .present = CW_BIT(CW_X_LISTENERS),
                                       .listeners = listener->group->call_count - 1}};
    if (speaker == listener->conn || speaker->no_updates || !speaker->member->reports)
        return;
    cw_audience_init(core, &audience, 1);
    cw_audience_add_conn(&audience, speaker);
    cw_effect_send(core, &update, &audience, true);
}

bool cw_call_report(struct cw_core *core, struct conn *conn, const struct cw_msg *msg)
{
    struct call_member *member = conn->member;
    if (member == NULL || conn->session == NULL || msg->lost > 100 ||
        !is_from(core, conn->session, msg) ||
        !cw_bucket_take(&member->reported, core->now_ms, 1, CW_CALL_REPORTS_PER_S,
                        CW_CALL_REPORTS_BURST))
        return false;
    /* None when it comes too late, as a frame may. */
    for (size_t i = 0; member->group != NULL && i < member->group->call_count; i++) {
        const struct conn *speaker = member->group->call[i];
        if (cw_user_is_called(core, speaker->session->user, msg->person))
            pass_report(core, member, speaker, msg);
    }
    return true;
}
