/* cursor.c - saves a session's cursor, and when it was seen: some seconds after a change, when the
 * session is detached, and at intervals. */
#include "core/cursor.h"

#include <assert.h>

#include "base/limits.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"

void cw_session_save_later(struct cw_core *core, struct session *session)
{
    assert(!cw_list_empty(&session->touched)); /* it is in the tables */
    if (!cw_list_empty(&session->unsaved))
        return;
    if (cw_list_empty(&core->saves))
        core->saves_due_ms = core->now_ms + CW_CURSOR_SAVE_MS;
    cw_list_append(&core->saves, &session->unsaved);
}

void cw_session_fill_save(struct cw_core *core, struct session *session, bool user_seen,
                          struct cw_store_request *store)
{
    assert(!cw_list_empty(&session->touched) && session->received <= session->sent);
    session->saved_ms = core->now_ms;
    cw_list_remove(&session->unsaved);
    cw_list_remove(&session->touched);
    cw_list_append(&core->touches, &session->touched);
    store->session_id = session->id;
    store->generation = session->generation;
    store->part = !user_seen;
    store->cursor = session->received;
    store->extended = session->extended;
    store->features = session->features;
    if (!session->address_saved && session->conn != NULL)
        store->address = cw_conn_address(core, session->conn);
    session->address_saved = true;
}

void cw_session_touch(struct cw_core *core, struct session *session, bool user_seen)
{
    struct cw_store_request *store = &cw_effect_add(core, CW_FX_STORE)->store;
    store->op = CW_STORE_SESSION_SAVE;
    store->time_ms = core->time_ms;
    cw_session_fill_save(core, session, user_seen, store);
}

void cw_session_save(struct cw_core *core, struct session *session)
{
    cw_session_touch(core, session, session->conn != NULL || cw_part_in_call(session));
}

static struct session *longest_unsaved(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->touches));
    return CW_LINK_OWNER(core->touches.next, struct session, touched);
}

static void save_some(struct cw_core *core, size_t most)
{
    for (; most > 0 && !cw_list_empty(&core->saves); most--)
        cw_session_save(core, CW_LINK_OWNER(core->saves.next, struct session, unsaved));
}

/* A few at a time: they are part of commits that messages wait for. */
static void send_saves(struct cw_core *core)
{
    save_some(core, CW_CURSORS_SAVED_AT_ONCE);
    core->saves_due_ms = core->now_ms + CW_CURSOR_SAVE_PAUSE_MS;
}

void cw_cursors_save_all(struct cw_core *core)
{
    save_some(core, SIZE_MAX);
}

void cw_cursors_sweep(struct cw_core *core)
{
    if (core->now_ms >= core->saves_due_ms)
        send_saves(core);
}

void cw_touches_sweep(struct cw_core *core)
{
    while (!cw_list_empty(&core->touches) &&
           core->now_ms >= longest_unsaved(core)->saved_ms + CW_SESSION_TOUCH_MS)
        cw_session_save(core, longest_unsaved(core));
}

uint64_t cw_cursors_deadline(const struct cw_core *core)
{
    uint64_t deadline_ms = UINT64_MAX;
    if (!cw_list_empty(&core->touches))
        deadline_ms = longest_unsaved(core)->saved_ms + CW_SESSION_TOUCH_MS;
    if (!cw_list_empty(&core->saves) && core->saves_due_ms < deadline_ms)
        deadline_ms = core->saves_due_ms;
    return deadline_ms;
}
