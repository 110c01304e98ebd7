/* announced.c - see announced.h. One that is over stays in the table until the next is added: there
 * are CW_ANNOUNCEMENTS_MAX at most. */
#include "core/announced.h"

#include <assert.h>
#include <stdlib.h>

#include "core/audience.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/message_entry.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"

/* Whom plain clients see as the sender of what the operator has said: no user has this name, unless
 * other names are reserved. */
#define OPERATOR "operator"

struct announced {
    struct cw_store_announcement shown; /* its slices are in `text` */
    uint8_t text[CW_NAME_MAX + CW_ANNOUNCEMENT_MAX];
};

static bool is_over(const struct cw_core *core, const struct announced *announced)
{
    return announced->shown.until_ms != 0 && announced->shown.until_ms <= core->time_ms;
}

static void forget(struct cw_core *core, size_t place)
{
    free(core->announced[place]);
    for (size_t i = place + 1; i < core->announced_count; i++)
        core->announced[i - 1] = core->announced[i];
    core->announced_count--;
}

static struct cw_slice keep_text(struct announced *announced, size_t at, struct cw_slice text)
{
    assert(at + text.n <= sizeof announced->text);
    if (text.n != 0)
        memcpy(announced->text + at, text.p, text.n);
    return cw_slice_of(announced->text + at, text.n);
}

static const struct announced *keep(struct cw_core *core,
                                    const struct cw_store_announcement *announcement)
{
    for (size_t i = core->announced_count; i-- > 0;)
        if (is_over(core, core->announced[i]))
            forget(core, i);
    assert(announcement->id != 0);
    /* The store may have ended one already, by another clock or behind a lost answer. */
    if (core->announced_count == CW_ANNOUNCEMENTS_MAX)
        forget(core, 0);
    struct announced *announced = cw_alloc_zero(sizeof *announced);
    announced->shown = *announcement;
    announced->shown.by = keep_text(announced, 0, announcement->by);
    announced->shown.body = keep_text(announced, announcement->by.n, announcement->body);
    return core->announced[core->announced_count++] = announced;
}

void cw_announced_load(struct cw_core *core, const struct cw_store_result *list)
{
    for (size_t i = 0; i < list->announcement_count; i++)
        keep(core, &list->announcements[i]);
}

void cw_announced_finish(struct cw_core *core)
{
    while (core->announced_count != 0)
        forget(core, core->announced_count - 1);
}

/* --- who is told ----------------------------------------------------------------------------- */

static struct cw_msg update_of(struct cw_core *core, const struct announced *announced)
{
    const struct cw_store_announcement *shown = &announced->shown;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_ANNOUNCE,
                            .announcement = shown->id,
                            .sender = shown->by,
                            .content = cw_effect_copy(core, shown->body)};
    update.extras.map_present = true;
    update.extras.present = CW_BIT(CW_X_TIME);
    update.extras.time_ms = shown->time_ms;
    if (shown->until_ms != 0)
        update.extras.present |= CW_BIT(CW_X_UNTIL);
    update.extras.until = shown->until_ms;
    return update;
}

/* The same for plain clients, which do not know what an announcement is. */
static struct cw_msg whisper_of(struct cw_core *core, const struct announced *announced)
{
    const struct cw_store_announcement *shown = &announced->shown;
    return (struct cw_msg){.kind = CW_UPDATE,
                           .action = CW_WHISPER,
                           .sender = shown->by.n != 0 ? shown->by : cw_slice_str(OPERATOR),
                           .content = cw_effect_copy(core, shown->body)};
}

static bool takes(const struct session *session, bool plain)
{
    if (plain)
        return !session->extended && session->delivery != DELIVERY_OFF;
    /* Also who reads what it has missed: its answer was before. */
    return session->extended && session->delivery != DELIVERY_OFF &&
           session->delivery != DELIVERY_ATTACHED &&
           (session->features & CW_FEATURE_ANNOUNCEMENTS) != 0;
}

static void tell_all(struct cw_core *core, const struct cw_msg *update, bool plain)
{
    struct audience audience;
    cw_audience_init(core, &audience, core->conn_count);
    for (size_t i = 0; i < core->conn_capacity; i++) {
        const struct conn *conn = core->conns[i];
        if (conn != NULL && conn->session != NULL && conn->part == NULL &&
            takes(conn->session, plain))
            cw_audience_add(&audience, conn->session);
    }
    cw_effect_send(core, update, &audience, false);
}

void cw_announced_add(struct cw_core *core, const struct cw_store_announcement *announcement)
{
    const struct announced *announced = keep(core, announcement);
    struct cw_msg update = update_of(core, announced), whisper = whisper_of(core, announced);
    tell_all(core, &update, false);
    tell_all(core, &whisper, true);
}

void cw_announced_remove(struct cw_core *core, uint64_t id)
{
    struct cw_msg update = {.kind = CW_UPDATE, .action = CW_END_ANNOUNCEMENT, .announcement = id};
    size_t place = 0;
    while (place < core->announced_count && core->announced[place]->shown.id != id)
        place++;
    if (place == core->announced_count)
        return;
    forget(core, place);
    tell_all(core, &update, false);
}

void cw_announced_tell(struct cw_core *core, const struct session *session)
{
    assert(!session->extended && session->conn != NULL);
    for (size_t i = 0; i < core->announced_count; i++) {
        struct audience audience;
        struct cw_msg whisper = whisper_of(core, core->announced[i]);
        if (is_over(core, core->announced[i]))
            continue;
        cw_audience_init(core, &audience, 1);
        cw_audience_add(&audience, session);
        cw_effect_send(core, &whisper, &audience, false);
    }
}

/* --- as a list ------------------------------------------------------------------------------- */

static void describe_announcement(struct cw_core *core, const struct cw_store_announcement *shown,
                                  struct cw_entry *entry)
{
    struct cw_slice body = cw_effect_copy(core, shown->body);
    cw_entry_put_number(entry, CW_E_ID, &entry->id, shown->id);
    cw_entry_put_number(entry, CW_E_TIME, &entry->time_ms, shown->time_ms);
    if (shown->by.n != 0)
        cw_entry_put_string(entry, CW_E_SENDER, &entry->sender, cw_effect_copy(core, shown->by));
    cw_entry_put_string(entry, CW_E_CONTENT, &entry->content, body);
    cw_entry_put_unless_0(entry, CW_E_UNTIL, &entry->until_ms, shown->until_ms);
}

struct cw_list cw_announced_list(struct cw_core *core)
{
    struct cw_entry *entries = cw_request_make_entries(core, core->announced_count);
    struct cw_list list = {.items = entries};
    for (size_t i = 0; i < core->announced_count; i++)
        if (!is_over(core, core->announced[i]))
            describe_announcement(core, &core->announced[i]->shown, &entries[list.count++]);
    return list;
}
