/* presence.c - the state of users (online, away, offline), and its updates.
 *
 * A user's state is computed from their attached sessions, and from the parts of these that are in
 * a call. A change is sent to the users that have them as a contact, and to the fellow members of
 * their small groups. It is not stored: a client requests a list first (on_contact.c). A user may
 * be at several servers on one database: each tells the others what it sees itself (share.c), and
 * clients are told the best of all (remote.c).
 *
 * Who watches whom: watching.c. */
#include "core/presence.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/audience.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/list.h"
#include "core/remote.h"
#include "core/session.h"
#include "core/share.h"
#include "core/state.h"
#include "core/user.h"
#include "core/watching.h"

/* A user whose last session has gone and who may be back at once. */
struct leaving {
    struct link link; /* in core->leavings */
    struct user *user;
    uint64_t gone_ms;
    size_t group_count;
    uint64_t groups[]; /* that the user was in; the sessions with the memberships are gone */
};

static bool listens(const struct session *session)
{
    return session->extended && (session->features & CW_FEATURE_PRESENCE) != 0 &&
           session->delivery != DELIVERY_OFF;
}

static bool has_listener(const struct user *user)
{
    CW_EACH_SESSION (session, user)
        if (listens(session))
            return true;
    return false;
}

/* --- telling --------------------------------------------------------------------------- */

static struct cw_slice state_name(enum presence state)
{
    static const char *const names[] = {"offline", "online", "away"};
    assert(state < sizeof names / sizeof names[0]);
    return cw_slice_str(names[state]);
}

/* A user of whom others are told: known here, or to other nodes only. */
struct subject {
    uint64_t id;
    const struct user *user;     /* NULL, unless attached or just gone */
    const struct remote *remote; /* NULL: no other node has the user */
};

static struct subject subject_of(const struct cw_core *core, uint64_t id)
{
    const struct user *user = cw_user_by_id(core, id);
    bool here = user != NULL && (user->leaving != NULL || !cw_list_empty(&user->sessions));
    return (struct subject){
        .id = id, .user = here ? user : NULL, .remote = cw_remote_find(core, id)};
}

static bool subject_is_known(const struct subject *subject)
{
    return subject->user != NULL || subject->remote != NULL;
}

static struct cw_slice name_of(const struct subject *subject)
{
    return subject->user != NULL ? cw_user_name(subject->user)
                                 : cw_slice_of(subject->remote->name, subject->remote->name_n);
}

static bool subject_has_blocked(const struct subject *subject, uint64_t other_id)
{
    return subject->user != NULL ? cw_user_has_blocked(subject->user, other_id)
                                 : cw_remote_has_blocked(subject->remote, other_id);
}

/* Of all servers together, as clients may know it. */
static enum presence total_of(const struct subject *subject)
{
    enum presence here =
        subject->user == NULL ? PRESENCE_OFFLINE : (enum presence)subject->user->state;
    enum presence both = cw_presence_of_both(here, cw_remote_state(subject->remote));
    return both == PRESENCE_HIDDEN ? PRESENCE_OFFLINE : both;
}

static const struct session *first_session(const struct user *user)
{
    assert(!cw_list_empty(&user->sessions));
    return CW_LINK_OWNER(user->sessions.next, struct session, of_user);
}

static size_t group_count_of(const struct subject *subject)
{
    if (subject->user == NULL)
        return subject->remote->group_count;
    return subject->user->leaving != NULL ? subject->user->leaving->group_count
                                          : first_session(subject->user)->membership_count;
}

static struct group *group_at(const struct cw_core *core, const struct subject *subject, size_t i)
{
    if (subject->user == NULL)
        return cw_group_by_id(core, subject->remote->groups[i]);
    return subject->user->leaving != NULL ? cw_group_by_id(core, subject->user->leaving->groups[i])
                                          : first_session(subject->user)->memberships[i].group;
}

/* The groups of the user, except large ones. Returns how many; *groups is in the step's memory. */
static size_t small_groups(struct cw_core *core, const struct subject *subject,
                           struct group ***groups)
{
    size_t all = group_count_of(subject), count = 0;
    *groups = cw_arena_alloc(&core->effects->arena, all * sizeof **groups);
    for (size_t i = 0; i < all; i++) {
        struct group *group = group_at(core, subject, i);
        if (group != NULL && group->session_count <= CW_PRESENCE_GROUP_MAX)
            (*groups)[count++] = group;
    }
    return count;
}

/* A session whose login or attach is not answered yet is skipped: its client requests a list
 * afterwards. No session is told twice, or of its own user. */
static void add_told(struct cw_core *core, struct audience *audience, const struct subject *subject,
                     uint64_t feature, struct session *session)
{
    if (!listens(session) || (session->features & feature) == 0 ||
        (feature == CW_FEATURE_PRESENCE && session->user->hidden) ||
        session->delivery == DELIVERY_ATTACHED || session->user->id == subject->id ||
        session->audience == core->last_audience || subject_has_blocked(subject, session->user->id))
        return;
    session->audience = core->last_audience;
    cw_audience_add(audience, session);
}

/* Those of them that have this feature; `own`: so many sessions of the user's may be added. */
static void collect(struct cw_core *core, struct audience *audience, const struct subject *subject,
                    uint64_t feature, size_t own)
{
    struct group **groups;
    size_t group_count = small_groups(core, subject, &groups), max = own;
    const struct watched *watched = cw_watching_of(core, subject->id);
    uint32_t watcher_count = watched == NULL ? 0 : watched->count;
    for (uint32_t i = 0; i < watcher_count; i++)
        max += cw_user_session_count(watched->watchers[i]);
    for (size_t i = 0; i < group_count; i++)
        max += groups[i]->session_count;
    cw_audience_init(core, audience, max);
    core->last_audience++;
    for (uint32_t i = 0; i < watcher_count; i++) {
        struct link *sessions = &watched->watchers[i]->sessions;
        for (struct link *link = sessions->next; link != sessions; link = link->next)
            add_told(core, audience, subject, feature,
                     CW_LINK_OWNER(link, struct session, of_user));
    }
    for (size_t i = 0; i < group_count; i++)
        for (size_t j = 0; j < groups[i]->session_count; j++)
            add_told(core, audience, subject, feature, groups[i]->sessions[j]);
}

/* `seen_ms`: when the user, who is leaving, was there last; 0: that is not told. */
static void tell_state(struct cw_core *core, const struct subject *subject, enum presence state,
                       uint64_t seen_ms)
{
    struct audience audience;
    struct cw_msg update = {.kind = CW_UPDATE, .action = CW_PRESENCE};
    if (core->watching_count == 0 || (subject->user != NULL && subject->user->hidden))
        return;
    collect(core, &audience, subject, CW_FEATURE_PRESENCE, 0);
    update.state = state_name(state);
    update.sender = name_of(subject);
    if (seen_ms != 0) {
        update.extras.map_present = true;
        update.extras.present = CW_BIT(CW_X_SEEN);
        update.extras.seen_ms = seen_ms;
    }
    cw_effect_send(core, &update, &audience, false);
}

/* Tells other servers. */
static void share_state(struct cw_core *core, struct user *user)
{
    bool hides = user->hidden && user->state != PRESENCE_OFFLINE;
    cw_share_state(core, user, hides ? PRESENCE_HIDDEN : (enum presence)user->state);
}

static void set_state(struct cw_core *core, struct user *user, enum presence state)
{
    const struct subject subject = subject_of(core, user->id);
    enum presence before = total_of(&subject);
    uint64_t seen_ms = 0;
    if (user->state == state)
        return;
    assert(state != PRESENCE_OFFLINE || user->leaving != NULL);
    user->state = (uint8_t)state;
    share_state(core, user);
    enum presence now = total_of(&subject);
    if (now == before)
        return;
    if (now == PRESENCE_OFFLINE)
        seen_ms = core->time_ms - (core->now_ms - user->leaving->gone_ms);
    tell_state(core, &subject, now, seen_ms);
}

enum presence cw_presence_total(const struct cw_core *core, uint64_t user_id)
{
    const struct subject subject = subject_of(core, user_id);
    return total_of(&subject);
}

void cw_presence_tell_elsewhere(struct cw_core *core, uint64_t user_id, enum presence before)
{
    const struct subject subject = subject_of(core, user_id);
    enum presence now = total_of(&subject);
    bool left = now == PRESENCE_OFFLINE && cw_remote_state(subject.remote) != PRESENCE_HIDDEN;
    if (now != before)
        tell_state(core, &subject, now, left ? core->time_ms : 0);
}

/* To others the user goes, or comes. */
void cw_presence_set_hidden(struct cw_core *core, struct user *user, bool hidden)
{
    const struct subject subject = subject_of(core, user->id);
    bool there = user->state != PRESENCE_OFFLINE;
    if (user->hidden == hidden)
        return;
    if (hidden && there)
        tell_state(core, &subject, PRESENCE_OFFLINE, 0);
    user->hidden = hidden;
    share_state(core, user);
    if (!hidden && there)
        tell_state(core, &subject, total_of(&subject), 0);
}

static void tell_profile_of(struct cw_core *core, const struct subject *subject,
                            struct cw_msg *update, bool own, uint64_t except)
{
    struct audience audience;
    size_t count = subject->user == NULL ? 0 : cw_user_session_count(subject->user);
    update->sender = name_of(subject);
    if (own)
        cw_audience_init(core, &audience, count);
    else
        collect(core, &audience, subject, CW_FEATURE_PROFILES, count);
    if (subject->user != NULL)
        cw_audience_add_user(&audience, subject->user, CW_FEATURE_PROFILES, except);
    cw_effect_send(core, update, &audience, false);
}

void cw_presence_tell_profile(struct cw_core *core, uint64_t user_id, struct cw_msg *update,
                              bool own, uint64_t except)
{
    const struct subject subject = subject_of(core, user_id);
    if (subject_is_known(&subject)) /* else who wants to know it asks: the user has gone since */
        tell_profile_of(core, &subject, update, own, except);
}

/* What another node would say of the user if there were a bus; in the step's memory. */
static const struct remote *remote_of_news(struct cw_core *core, const struct cw_store_result *user)
{
    struct cw_arena *arena = &core->effects->arena;
    struct remote *remote = cw_arena_alloc(arena, sizeof *remote);
    *remote = (struct remote){.id = user->user_id,
                              .blocked_count = user->blocked_count,
                              .group_count = user->group_count,
                              .name_n = (uint8_t)user->name.n};
    assert(user->name.n <= sizeof remote->name);
    memcpy(remote->name, user->name.p, user->name.n);
    remote->blocked = cw_arena_alloc(arena, user->blocked_count * sizeof *remote->blocked);
    for (size_t i = 0; i < user->blocked_count; i++)
        remote->blocked[i] = (uint32_t)user->blocked[i];
    remote->groups = cw_arena_alloc(arena, user->group_count * sizeof *remote->groups);
    for (size_t i = 0; i < user->group_count; i++)
        remote->groups[i] = user->groups[i].group_id;
    return remote;
}

void cw_presence_tell_foreign_profile(struct cw_core *core, const struct cw_store_result *user,
                                      struct cw_msg *update, bool own)
{
    struct subject subject = subject_of(core, user->user_id);
    if (subject.user == NULL)
        subject.remote = remote_of_news(core, user);
    tell_profile_of(core, &subject, update, own, 0);
}

static enum presence state_of(const struct user *user)
{
    enum presence state = PRESENCE_OFFLINE;
    CW_EACH_SESSION (session, user) {
        if ((session->conn != NULL && !session->away) || cw_part_in_call(session))
            return PRESENCE_ONLINE;
        if (session->conn != NULL)
            state = PRESENCE_AWAY;
    }
    return state;
}

/* --- coming and going -------------------------------------------------------------------- */

static void begin_leaving(struct cw_core *core, const struct session *session)
{
    assert(session->user->leaving == NULL);
    size_t count = session->membership_count;
    struct leaving *leaving = cw_alloc(sizeof *leaving + count * sizeof leaving->groups[0]);
    leaving->user = session->user;
    leaving->gone_ms = core->now_ms;
    leaving->group_count = count;
    for (size_t i = 0; i < count; i++)
        leaving->groups[i] = session->memberships[i].group->id;
    cw_list_append(&core->leavings, &leaving->link);
    session->user->leaving = leaving;
    cw_user_refer(core, session->user);
}

static void end_leaving(struct cw_core *core, struct leaving *leaving)
{
    assert(leaving->user->leaving == leaving);
    struct user *user = leaving->user;
    cw_list_remove(&leaving->link);
    free(leaving);
    user->leaving = NULL;
    cw_user_release(core, user);
}

void cw_presence_changed(struct cw_core *core, const struct session *session)
{
    struct user *user = session->user;
    enum presence state = state_of(user);
    if (state != PRESENCE_OFFLINE) {
        if (user->leaving != NULL)
            end_leaving(core, user->leaving);
        set_state(core, user, state);
    } else if (user->leaving == NULL && user->state != PRESENCE_OFFLINE) {
        begin_leaving(core, session);
    }
}

void cw_presence_attached(struct cw_core *core, struct session *session,
                          const struct cw_store_result *result)
{
    struct user *user = session->user;
    bool wants = has_listener(user);
    if (wants && !user->watching)
        cw_watching_begin(core, user, result);
    else if (!wants && user->watching)
        cw_watching_end(core, user);
    if (user->hidden) /* since a moment ago, when others were told of the user */
        share_state(core, user);
    cw_presence_changed(core, session);
}

void cw_presence_detached(struct cw_core *core, struct session *session)
{
    struct user *user = session->user;
    if (user->watching && !has_listener(user))
        cw_watching_end(core, user);
    cw_presence_changed(core, session);
}

void cw_presence_set_away(struct cw_core *core, struct session *session, bool away)
{
    assert(session->conn != NULL);
    session->away = away;
    cw_presence_changed(core, session);
}

bool cw_presence_needs_contacts(const struct session *session)
{
    return listens(session) && !session->user->watching;
}

void cw_presence_describe(struct cw_core *core, uint64_t user_id, uint64_t seen_ms,
                          struct cw_entry *entry)
{
    const struct subject subject = subject_of(core, user_id);
    const struct user *user = cw_user_by_id(core, user_id), *asker = core->asker;
    /* Of one who is not here it may have changed elsewhere since. */
    bool hides = subject.user != NULL && subject.user->hidden;
    bool hidden =
        asker != NULL && asker->id != user_id &&
        (asker->hidden || hides || (user != NULL && cw_user_has_blocked(user, asker->id)) ||
         cw_remote_has_blocked(subject.remote, asker->id));
    enum presence state = hidden ? PRESENCE_OFFLINE : cw_presence_total(core, user_id);
    entry->state = state_name(state);
    entry->present |= CW_BIT(CW_E_STATE);
    if (state != PRESENCE_OFFLINE || seen_ms == 0 || hidden)
        return;
    entry->seen_ms = seen_ms;
    entry->present |= CW_BIT(CW_E_SEEN);
}

/* --- time -------------------------------------------------------------------------------- */

void cw_presence_gone(struct cw_core *core, struct user *user)
{
    assert(cw_list_empty(&user->sessions));
    if (user->leaving == NULL)
        return;
    set_state(core, user, PRESENCE_OFFLINE);
    end_leaving(core, user->leaving);
}

static struct leaving *longest_gone(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->leavings));
    return CW_LINK_OWNER(core->leavings.next, struct leaving, link);
}

uint64_t cw_presence_deadline(const struct cw_core *core)
{
    if (cw_list_empty(&core->leavings))
        return UINT64_MAX;
    return longest_gone(core)->gone_ms + CW_PRESENCE_GRACE_MS;
}

void cw_presence_sweep(struct cw_core *core)
{
    while (core->now_ms >= cw_presence_deadline(core)) {
        struct leaving *leaving = longest_gone(core);
        set_state(core, leaving->user, PRESENCE_OFFLINE);
        end_leaving(core, leaving);
    }
}

void cw_presence_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->leavings))
        end_leaving(core, longest_gone(core));
    cw_map_finish(&core->watched);
}

/* --- what always holds ------------------------------------------------------------------- */

/* Others were told the present state, unless the user may be back at once. */
void cw_presence_check(const struct cw_core *core)
{
    size_t watches = 0, watching = 0;
    for (size_t i = 0; i < core->users_by_id.capacity; i++) {
        const struct user *user = core->users_by_id.entries[i].value;
        if (user == NULL)
            continue;
        assert(user->leaving == NULL ? user->state == state_of(user) : user->leaving->user == user);
        watches += cw_watching_check(core, user);
        watching += user->watching;
    }
    for (size_t i = 0; i < core->watched.capacity; i++) {
        const struct watched *watched = core->watched.entries[i].value;
        watches -= watched == NULL ? 0 : watched->count;
        assert(watched == NULL || watched->count != 0);
    }
    assert(watches == 0 && watching == core->watching_count);
    (void)watches;
    (void)watching;
}
