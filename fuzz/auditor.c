/* auditor.c - see auditor.h. Events: auditor_event.c. Effects: auditor_effect.c. */
#include "auditor.h"

#include <stdlib.h>

#include "auditor_accounts.h"
#include "auditor_book.h"
#include "auditor_rules.h"

/* An event comes between two steps. */
static void watch(void *watcher, const struct cw_event *event, const struct cw_effect *effect)
{
    if (effect == NULL)
        auditor_on_event(watcher, event);
    else
        auditor_on_effect(watcher, event, effect);
}

struct auditor *auditor_create(struct world *world)
{
    struct auditor *auditor = cw_alloc_zero(sizeof *auditor);
    auditor->world = world;
    auditor->rules = rules_create();
    world->watch = watch;
    world->watcher = auditor;
    return auditor;
}

void auditor_destroy(struct auditor *auditor)
{
    rules_destroy(auditor->rules);
    free(auditor);
}

void auditor_server_invites(struct auditor *auditor)
{
    rules_server_invites(auditor->rules);
}

void auditor_close_registration(struct auditor *auditor)
{
    rules_close_registration(auditor->rules);
}

void auditor_restarted(struct auditor *auditor)
{
    auditor->pending_count = 0;
}

void auditor_check_accounts(const struct auditor *auditor)
{
    const char *wrong = accounts_wrong(auditor->world);
    rules_expect(wrong == NULL, wrong);
}

uint64_t auditor_probe_of(const struct auditor *auditor, cw_conn_id id)
{
    const struct audited_conn *conn = &auditor->conns[(uint32_t)id % CONNS_MAX];
    return conn->id == id && conn->probe_count != 0 ? conn->probes[0].mark : 0;
}

uint64_t auditor_messages(const struct auditor *auditor)
{
    return auditor->head;
}

size_t auditor_logins(const struct auditor *auditor)
{
    return auditor->login_count;
}

struct cw_slice auditor_login(const struct auditor *auditor, size_t i, struct cw_slice *name)
{
    const struct login *login = &auditor->logins[i];
    *name = cw_slice_of(auditor->users[login->user].name, auditor->users[login->user].name_n);
    return cw_slice_of(login->token, CW_TOKEN_LEN);
}

void auditor_check_settled(struct auditor *auditor)
{
    for (size_t c = 0; c < CONNS_MAX; c++) {
        const struct audited_conn *conn = &auditor->conns[c];
        if (conn->id == 0 || conn->closing)
            continue;
        rules_expect(conn->asked_count == 0, "every request is answered");
        rules_expect(auditor->world->conns[c].reading, "reading goes on when all is answered");
        if (conn->session == 0 || conn->no_updates || conn->part)
            continue;
        const struct login *login = auditor_session(auditor, conn->session);
        for (uint64_t id = auditor_said(auditor, login) + 1; id <= auditor->head; id++) {
            rules_expect(conn->delivered[id] || !auditor_is_due(auditor, conn->user, id),
                         "nothing that was acknowledged is lost");
            rules_expect(conn->delivered[id] || !auditor_is_due_as_own(auditor, login, id),
                         "what one sent from elsewhere comes to who wants it");
        }
    }
}
