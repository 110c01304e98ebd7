/* call_audio.c - the forwarding of audio in calls, and reports of how it is heard.
 *
 * A selective forwarder: nothing is mixed, sent back to its speaker, or stored. call_data has no
 * answer; a frame that may not be forwarded is dropped and counted. Packets go to clients with
 * Opus; for the others the shell decodes them. Whoever speaks is judged at their own node, and
 * each node passes on what comes from another one to its own participants. */
#include "core/call_audio.h"

#include "base/limits.h"
#include "core/audience.h"
#include "core/bucket.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/far.h"
#include "core/far_body.h"
#include "core/group.h"
#include "core/list.h"
#include "core/names.h"
#include "core/pair.h"
#include "core/session.h"
#include "core/speaking.h"
#include "core/state.h"
#include "core/user.h"

/* The rate of a plain speaker: 135 KB/s is 44,100 Hz mono as a list. */
#define AUDIO_BYTES_PER_S (256u * 1024)

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

/* Whose audio it is: a participant here, or one at another node. */
struct speaker {
    const struct group *group;
    const struct call_member *member; /* NULL: at another node */
    cw_conn_id id;
    bool *listed;
    struct cw_slice name;
};

/* Adds the other participants here, or only those with Opus, or only those without. */
static void add_listeners(struct audience *audience, const struct speaker *speaker, bool packets,
                          bool opus)
{
    const struct group *group = speaker->group;
    for (size_t i = 0; i < group->call_count; i++) {
        const struct conn *conn = group->call[i];
        bool reads = (cw_conn_features(conn) & CW_FEATURE_OPUS) != 0;
        bool other = conn->member != speaker->member || speaker->member->echo;
        if (other && !conn->no_updates && (!packets || reads == opus))
            cw_audience_add_conn(audience, conn);
    }
}

static void forward_as_lists(struct cw_core *core, const struct speaker *speaker,
                             const struct cw_msg *update)
{
    struct audience audience;
    cw_audience_init(core, &audience, speaker->group->call_count);
    add_listeners(&audience, speaker, true, false);
    if (audience.plain_count + audience.extended_count == 0) {
        cw_call_end_lists(core, speaker->listed, speaker->id);
        return;
    }
    *speaker->listed = true;
    cw_effect_send_lists(core, update, &audience, speaker->id);
}

/* To the participants here. */
static void forward(struct cw_core *core, const struct speaker *speaker,
                    const struct cw_samples *samples)
{
    bool packet = samples->form == CW_SAMPLES_PACKET;
    struct audience audience;
    struct cw_msg update = {
        .kind = CW_UPDATE, .action = CW_CALL_DATA, .sender = speaker->name, .samples = *samples};
    cw_audience_init(core, &audience, speaker->group->call_count);
    add_listeners(&audience, speaker, packet, true);
    cw_effect_send_audio(core, &update, &audience, speaker->id);
    if (packet)
        forward_as_lists(core, speaker, &update);
}

static bool has_listeners(const struct far_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if ((set->seats[i].flags & CW_FAR_HELD) == 0)
            return !set->gone;
    return false;
}

/* To the nodes that have participants, too. */
static void forward_far(struct cw_core *core, const struct call_member *member,
                        const struct cw_samples *samples)
{
    const struct far_call *call = cw_far_of(core, member->group);
    CW_EACH_FAR_SET(set, call)
    {
        if (!has_listeners(set))
            continue;
        cw_far_pack_voice(core, call->id, member->rank, samples);
        cw_effect_bus(core, set->node, CW_BUS_CALL_VOICES, cw_buf_slice(&core->far_body));
    }
}

bool cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg, bool proved)
{
    struct call_member *member = cw_call_member(conn);
    bool in_time = cw_recent_take(&member->frames, core->now_ms, core->config.call_frames_per_s);
    if (!in_time || !may_speak(core, member, msg, proved)) {
        core->dropped_call_data++;
        return in_time;
    }
    const struct speaker speaker = {.group = member->group,
                                    .member = member,
                                    .id = conn->id,
                                    .listed = &member->listed,
                                    .name = cw_user_name(conn->session->user)};
    forward(core, &speaker, &msg->samples);
    forward_far(core, member, &msg->samples);
    cw_speaking_heard(core, member, msg->samples.loud);
    return true;
}

/* To the connection of that participant, if it wants to know; with the number of those who might
 * have reported, since those who do not have nothing to complain of. */
static void pass_report(struct cw_core *core, struct cw_slice listener, const struct conn *speaker,
                        unsigned lost)
{
    struct audience audience;
    const struct group *group = speaker->member->group;
    struct cw_msg update = {
        .kind = CW_UPDATE,
        .action = CW_CALL_REPORT,
        .sender = listener,
        .lost = lost,
        .extras = {.map_present = true,
                   .present = CW_BIT(CW_X_LISTENERS),
                   .listeners = cw_call_size(core, group) - group->seat_count - 1}};
    if (speaker->no_updates || !speaker->member->reports)
        return;
    cw_audience_init(core, &audience, 1);
    cw_audience_add_conn(&audience, speaker);
    cw_effect_send(core, &update, &audience, true);
}

/* To the nodes where somebody of this name takes part, and wants to know. */
static void report_far(struct cw_core *core, const struct call_member *member,
                       const struct cw_msg *msg)
{
    const struct far_call *call = cw_far_of(core, member->group);
    struct cw_name_key key, other;
    if (call == NULL || !cw_names_fold(core, CW_NAME_OF_USER, msg->person, &key))
        return;
    CW_EACH_FAR_SET(set, call)
    for (size_t i = 0; i < set->count; i++) {
        const struct far_seat *seat = &set->seats[i];
        const struct far_report report = {.call = call->id,
                                          .rank = seat->rank,
                                          .lost = (uint8_t)msg->lost,
                                          .name = cw_user_name(member->conn->session->user)};
        if ((seat->flags & CW_FAR_REPORTS) == 0 || set->gone ||
            !cw_names_fold(core, CW_NAME_OF_USER, cw_far_name(seat), &other) ||
            !cw_slice_eq(cw_name_key_slice(&key), cw_name_key_slice(&other)))
            continue;
        cw_far_pack_report(core, &report);
        cw_effect_bus(core, set->node, CW_BUS_CALL_REPORT, cw_buf_slice(&core->far_body));
    }
}

bool cw_call_report(struct cw_core *core, struct conn *conn, const struct cw_msg *msg)
{
    struct call_member *member = conn->member;
    if (member == NULL || conn->session == NULL || msg->lost > 100 ||
        !is_from(core, conn->session, msg) ||
        !cw_bucket_take(&member->reported, core->now_ms, 1, CW_CALL_REPORTS_PER_S,
                        CW_CALL_REPORTS_BURST))
        return false;
    if (member->group == NULL)
        return true; /* it comes too late, as a frame may */
    for (size_t i = 0; i < member->group->call_count; i++) {
        const struct conn *speaker = member->group->call[i];
        if (speaker != conn && cw_user_is_called(core, speaker->session->user, msg->person))
            pass_report(core, cw_user_name(conn->session->user), speaker, (unsigned)msg->lost);
    }
    report_far(core, member, msg);
    return true;
}

/* --- of other nodes ------------------------------------------------------------------------ */

void cw_call_far_data(struct cw_core *core, const struct group *group, struct far_seat *seat,
                      const struct cw_samples *samples)
{
    const struct speaker speaker = {.group = group,
                                    .id = cw_far_speaker(seat),
                                    .listed = &seat->listed,
                                    .name = cw_far_name(seat)};
    forward(core, &speaker, samples);
}

void cw_call_far_report(struct cw_core *core, const struct group *group,
                        const struct far_report *report)
{
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->member->rank == report->rank)
            pass_report(core, report->name, group->call[i], report->lost);
}
