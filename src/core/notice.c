/* notice.c - tells a user that they were kicked, banned or muted in a group, or that it was closed.
 *
 * The store keeps the notice until a session of the user with the feature for group events has
 * proved that it received it (a probe was answered): so a user who was away is told at the next
 * attach. A user who is connected gets it as the group's event, which needs the same proof. */
#include "core/notice.h"

#include <assert.h>

#include "core/audience.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/probe.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

static bool can_be_told(const struct session *session)
{
    return session->conn != NULL && session->delivery != DELIVERY_OFF && session->extended &&
           (session->features & CW_FEATURE_GROUPS) != 0;
}

static void note_told(struct cw_core *core, struct session *session, uint64_t id)
{
    assert(id != 0 && session->conn != NULL);
    struct pending *pending = cw_session_pending(session);
    if (id > pending->notice_told)
        pending->notice_told = id;
    cw_session_probe(core, session);
}

static void tell_notice(struct cw_core *core, const struct session *session,
                        const struct cw_store_notice *notice)
{
    static const char *const events[] = {[CW_NOTICE_MUTED] = "muted",
                                         [CW_NOTICE_KICKED] = "kicked",
                                         [CW_NOTICE_BANNED] = "banned",
                                         [CW_NOTICE_CLOSED] = "closed"};
    assert(notice->kind < sizeof events / sizeof events[0] && events[notice->kind] != NULL);
    struct audience audience;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_GROUP_EVENT,
                            .group_name = notice->group,
                            .sender = notice->by,
                            .event = cw_slice_str(events[notice->kind])};
    update.extras.map_present = true;
    update.extras.present = CW_BIT(CW_X_TIME) | CW_BIT(CW_X_USER);
    update.extras.time_ms = notice->time_ms;
    update.extras.user = cw_user_name(session->user);
    if (notice->until_ms != 0) {
        update.extras.present |= CW_BIT(CW_X_UNTIL);
        update.extras.until = notice->until_ms;
    }
    cw_audience_init(core, &audience, 1);
    cw_audience_add(&audience, session);
    cw_effect_send(core, &update, &audience, false);
}

/* A mute that is over is not reported. */
static void notices_listed(struct cw_core *core, struct request *asked,
                           const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct session *session = cw_session_find(core, asked->sender_session);
    struct pending *pending = session == NULL ? NULL : session->pending;
    if (pending == NULL || pending->notice_reading != asked->cookie)
        return;
    pending->notice_reading = 0;
    if (result->status != CW_STORE_OK || !can_be_told(session))
        return; /* with the next attach */
    for (size_t i = 0; i < result->notice_count; i++) {
        const struct cw_store_notice *notice = &result->notices[i];
        if (notice->until_ms == 0 || notice->until_ms > core->time_ms)
            tell_notice(core, session, notice);
        note_told(core, session, notice->id);
    }
}

void cw_notices_begin(struct cw_core *core, struct session *session)
{
    struct pending *pending = session->pending;
    if (pending == NULL || pending->notice_newest == 0 || !can_be_told(session))
        return;
    struct request *ask = cw_request_create(core, NULL, NULL);
    ask->sender_session = session->id;
    ask->outlives = true;
    cw_request_submit(core, ask, CW_STORE_NOTICE_LIST, notices_listed)->user_id = session->user->id;
    assert(pending->notice_reading == 0);
    pending->notice_reading = ask->cookie;
    pending->notice_newest = 0;
}

void cw_notice_told(struct cw_core *core, const struct user *user, uint64_t id)
{
    CW_EACH_SESSION (session, user) {
        if (id != 0 && cw_session_takes(session, CW_FEATURE_GROUPS))
            note_told(core, session, id);
    }
}

void cw_notices_received(struct cw_core *core, struct session *session)
{
    struct pending *pending = session->pending;
    if (pending == NULL || pending->notice_probed == 0)
        return;
    assert(pending->notice_probed <= pending->notice_told);
    struct cw_store_request *store = &cw_effect_add(core, CW_FX_STORE)->store;
    store->op = CW_STORE_NOTICE_DROP;
    store->time_ms = core->time_ms;
    store->user_id = session->user->id;
    store->notice_id = pending->notice_probed;
    if (pending->notice_told == pending->notice_probed)
        pending->notice_told = 0;
    pending->notice_probed = 0;
}
