/* presence.c - the state of users (online, away, offline), and its updates.
 *
 * A user's state is computed from their attached sessions, and from the parts of these that are in
 * a call. A change is sent to the users that have them as a contact, and to the fellow members of
 * their small groups. It is not stored: a client requests a list first (on_contact.c).
 *
 * The watchers are an index from the watched user's id to the users who
 * watch. Each side stores its position at the other, so that no search is needed. */
#include "core/presence.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/audience.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* A contact of attached users that want updates. */
struct watched {
    uint64_t id;
    struct user **watchers;
    uint32_t count, capacity;
};

/* One of a user's contacts; they are in the order of ids. */
struct watch {
    struct watched *of;
    uint32_t position; /* in of->watchers */
};

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

/* --- watching ----------------------------------------------------------------------- */

/* The index of the id among the user's contacts, or where it would be. */
static size_t watch_place(const struct user *user, uint64_t id)
{
    size_t low = 0, high = user->watch_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (user->watches[middle].of->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct watched *get_watched(struct cw_core *core, uint64_t id)
{
    struct watched *watched = cw_map_get(&core->watched, cw_map_id(&id));
    if (watched != NULL)
        return watched;
    watched = cw_alloc_zero(sizeof *watched);
    watched->id = id;
    cw_map_put(&core->watched, cw_map_id(&watched->id), watched);
    return watched;
}

static struct watch begin_watch(struct cw_core *core, struct user *user, uint64_t id)
{
    assert(watch_place(user, id) <= user->watch_count);
    struct watched *watched = get_watched(core, id);
    if (watched->count == watched->capacity) {
        watched->capacity = watched->capacity == 0 ? 2 : watched->capacity * 2;
        watched->watchers =
            cw_realloc(watched->watchers, watched->capacity * sizeof(struct user *));
    }
    watched->watchers[watched->count] = user;
    return (struct watch){.of = watched, .position = watched->count++};
}

/* The watch itself stays in its place. */
static void end_watch(struct cw_core *core, struct watch watch)
{
    struct watched *watched = watch.of;
    assert(watch.position < watched->count && watched->count <= watched->capacity);
    struct user *last = watched->watchers[--watched->count];
    watched->watchers[watch.position] = last;
    last->watches[watch_place(last, watched->id)].position = watch.position;
    if (watched->count != 0)
        return;
    cw_map_remove(&core->watched, cw_map_id(&watched->id));
    free(watched->watchers);
    free(watched);
}

static void begin_watching(struct cw_core *core, struct user *user,
                           const struct cw_store_result *result)
{
    assert(!user->watching && user->watch_count == 0);
    user->watching = true;
    core->watching_count++;
    if (result->contact_count != 0)
        user->watches = cw_alloc(result->contact_count * sizeof *user->watches);
    for (size_t i = 0; i < result->contact_count; i++) {
        user->watches[i] = begin_watch(core, user, result->contacts[i]);
        user->watch_count++;
    }
}

/* From the last to the first, so that the places of the remaining ones do not change. */
static void end_watching(struct cw_core *core, struct user *user)
{
    assert(user->watching && core->watching_count > 0);
    while (user->watch_count != 0) {
        end_watch(core, user->watches[user->watch_count - 1]);
        user->watch_count--;
    }
    free(user->watches);
    user->watches = NULL;
    user->watching = false;
    core->watching_count--;
}

static bool has_listener(const struct user *user)
{
    CW_EACH_SESSION (session, user)
        if (listens(session))
            return true;
    return false;
}

void cw_presence_watch(struct cw_core *core, struct user *user, uint64_t other_id, bool watch)
{
    size_t place = watch_place(user, other_id), after = user->watch_count - place;
    bool watches = after != 0 && user->watches[place].of->id == other_id;
    if (!user->watching || watches == watch)
        return;
    if (watch) {
        user->watches = cw_realloc(user->watches, (user->watch_count + 1) * sizeof *user->watches);
        memmove(user->watches + place + 1, user->watches + place, after * sizeof *user->watches);
        user->watches[place] = begin_watch(core, user, other_id);
        user->watch_count++;
    } else {
        end_watch(core, user->watches[place]);
        memmove(user->watches + place, user->watches + place + 1,
                (after - 1) * sizeof *user->watches);
        user->watch_count--;
    }
}

/* --- telling --------------------------------------------------------------------------- */

static struct cw_slice state_name(enum presence state)
{
    static const char *const names[] = {"offline", "online", "away"};
    assert(state < sizeof names / sizeof names[0]);
    return cw_slice_str(names[state]);
}

/* The groups of a user who is attached or has just gone, except large ones. Returns how many;
 * *groups is in the step's memory. */
static size_t small_groups(struct cw_core *core, const struct user *user, struct group ***groups)
{
    const struct leaving *leaving = user->leaving;
    assert(leaving != NULL || !cw_list_empty(&user->sessions));
    const struct session *session =
        leaving != NULL ? NULL : CW_LINK_OWNER(user->sessions.next, struct session, of_user);
    size_t all = leaving != NULL ? leaving->group_count : session->membership_count;
    size_t count = 0;
    *groups = cw_arena_alloc(&core->effects->arena, all * sizeof **groups);
    for (size_t i = 0; i < all; i++) {
        struct group *group = leaving != NULL ? cw_group_by_id(core, leaving->groups[i])
                                              : session->memberships[i].group;
        if (group != NULL && group->session_count <= CW_PRESENCE_GROUP_MAX)
            (*groups)[count++] = group;
    }
    return count;
}

/* A session whose login or attach is not answered yet is skipped: its client requests a list
 * afterwards. No session is told twice, or of its own user. */
static void add_told(struct cw_core *core, struct audience *audience, const struct user *user,
                     uint64_t feature, struct session *session)
{
    if (!listens(session) || (session->features & feature) == 0 ||
        (feature == CW_FEATURE_PRESENCE && session->user->hidden) ||
        session->delivery == DELIVERY_ATTACHED || session->user == user ||
        session->audience == core->last_audience || cw_user_has_blocked(user, session->user->id))
        return;
    session->audience = core->last_audience;
    cw_audience_add(audience, session);
}

/* Those of them that have this feature; `own`: so many sessions of the user's may be added. */
static void collect(struct cw_core *core, struct audience *audience, const struct user *user,
                    uint64_t feature, size_t own)
{
    struct group **groups;
    size_t group_count = small_groups(core, user, &groups), max = own;
    const struct watched *watched = cw_map_get(&core->watched, cw_map_id(&user->id));
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
            add_told(core, audience, user, feature, CW_LINK_OWNER(link, struct session, of_user));
    }
    for (size_t i = 0; i < group_count; i++)
        for (size_t j = 0; j < groups[i]->session_count; j++)
            add_told(core, audience, user, feature, groups[i]->sessions[j]);
}

/* `seen`: with the time when the user, who is leaving, was there last. */
static void tell_state(struct cw_core *core, const struct user *user, enum presence state,
                       bool seen)
{
    struct audience audience;
    struct cw_msg update = {.kind = CW_UPDATE, .action = CW_PRESENCE};
    if (core->watching_count == 0 || user->hidden)
        return;
    collect(core, &audience, user, CW_FEATURE_PRESENCE, 0);
    update.state = state_name(state);
    update.sender = cw_user_name(user);
    if (seen) {
        update.extras.map_present = true;
        update.extras.present = CW_BIT(CW_X_SEEN);
        update.extras.seen_ms = core->time_ms - (core->now_ms - user->leaving->gone_ms);
    }
    cw_effect_send(core, &update, &audience, false);
}

static void set_state(struct cw_core *core, struct user *user, enum presence state)
{
    if (user->state == state)
        return;
    assert(state != PRESENCE_OFFLINE || user->leaving != NULL);
    user->state = (uint8_t)state;
    tell_state(core, user, state, state == PRESENCE_OFFLINE);
}

/* To others the user goes, or comes. */
void cw_presence_set_hidden(struct cw_core *core, struct user *user, bool hidden)
{
    bool there = user->state != PRESENCE_OFFLINE;
    if (user->hidden == hidden)
        return;
    if (hidden && there)
        tell_state(core, user, PRESENCE_OFFLINE, false);
    user->hidden = hidden;
    if (!hidden && there)
        tell_state(core, user, user->state, false);
}

void cw_presence_tell_profile(struct cw_core *core, const struct user *user,
                              const struct cw_msg *update, bool own, uint64_t except)
{
    struct audience audience;
    size_t count = cw_user_session_count(user);
    if (count == 0) /* the user has gone since: who wants to know it asks */
        return;
    if (own)
        cw_audience_init(core, &audience, count);
    else
        collect(core, &audience, user, CW_FEATURE_PROFILES, count);
    cw_audience_add_user(&audience, user, CW_FEATURE_PROFILES, except);
    cw_effect_send(core, update, &audience, false);
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
        begin_watching(core, user, result);
    else if (!wants && user->watching)
        end_watching(core, user);
    cw_presence_changed(core, session);
}

void cw_presence_detached(struct cw_core *core, struct session *session)
{
    struct user *user = session->user;
    if (user->watching && !has_listener(user))
        end_watching(core, user);
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
    const struct user *user = cw_user_by_id(core, user_id);
    bool hidden = core->asker != NULL && core->asker->id != user_id &&
                  (core->asker->hidden ||
                   (user != NULL && (user->hidden || cw_user_has_blocked(user, core->asker->id))));
    enum presence state = user == NULL || hidden ? PRESENCE_OFFLINE : user->state;
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

static size_t check_watches(const struct cw_core *core, const struct user *user)
{
    (void)core; /* not used without asserts */
    assert(user->watching || user->watch_count == 0);
    assert(!user->watching || !cw_list_empty(&user->sessions));
    for (uint32_t i = 0; i < user->watch_count; i++) {
        const struct watch *watch = &user->watches[i];
        assert(i == 0 || watch[-1].of->id < watch->of->id);
        assert(cw_map_get(&core->watched, cw_map_id(&watch->of->id)) == watch->of);
        assert(watch->of->watchers[watch->position] == user);
        (void)watch;
    }
    return user->watch_count;
}

/* Others were told the present state, unless the user may be back at once. */
void cw_presence_check(const struct cw_core *core)
{
    size_t watches = 0, watching = 0;
    for (size_t i = 0; i < core->users_by_id.capacity; i++) {
        const struct user *user = core->users_by_id.entries[i].value;
        if (user == NULL)
            continue;
        assert(user->leaving == NULL ? user->state == state_of(user) : user->leaving->user == user);
        watches += check_watches(core, user);
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
