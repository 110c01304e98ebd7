/* on_contact.c - contacts and presence: contacts, add_contact, remove_contact, block,
 * unblock, set_presence. */
#include <assert.h>

#include "base/codes.h"
#include "core/conn.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/remote.h"
#include "core/request.h"
#include "core/ring.h"
#include "core/share.h"
#include "core/state.h"
#include "core/user.h"
#include "core/watching.h"

/* --- changing who they are ------------------------------------------------------------ */

static void manage_contact_stored(struct cw_core *core, struct request *request,
                                  const struct cw_event *event)
{
    struct user *user = request->sender;
    assert(request->target != NULL);
    uint64_t other_id = request->target->id;
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    if (request->action == CW_ADD_CONTACT || request->action == CW_REMOVE_CONTACT) {
        cw_watching_set(core, user, other_id, request->action == CW_ADD_CONTACT);
    } else {
        cw_user_block(user, other_id, request->action == CW_BLOCK);
        cw_remote_block(core, user->id, other_id, request->action == CW_BLOCK);
        cw_share_renew(core, user);
    }
    if (request->action == CW_BLOCK)
        cw_ring_blocked(core, user, request->target);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void manage_contact_found(struct cw_core *core, struct request *request)
{
    static const enum cw_store_op ops[CW_ACTION_COUNT] = {
        [CW_ADD_CONTACT] = CW_STORE_CONTACT_ADD,
        [CW_REMOVE_CONTACT] = CW_STORE_CONTACT_REMOVE,
        [CW_BLOCK] = CW_STORE_BLOCK,
        [CW_UNBLOCK] = CW_STORE_UNBLOCK,
    };
    assert(request->action < CW_ACTION_COUNT && ops[request->action] != 0);
    if (request->action == CW_BLOCK && request->target == request->sender) {
        cw_request_refuse(core, request, CW_RULE_BLOCK_ONESELF);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, ops[request->action], manage_contact_stored);
    store->user_id = request->sender->id;
    store->other_id = request->target->id;
    request->outlives = true;
}

void cw_on_manage_contact(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->contact))
        cw_user_find(core, request, manage_contact_found);
}

/* --- the list ------------------------------------------------------------------------------ */

static void describe_contact(struct cw_core *core, const struct cw_store_person *person,
                             struct cw_entry *entry)
{
    *entry = (struct cw_entry){.present =
                                   CW_BIT(CW_E_NAME) | CW_BIT(CW_E_CONTACT) | CW_BIT(CW_E_BLOCKED),
                               .name = person->name,
                               .contact = person->contact,
                               .blocked = person->blocked};
    cw_entry_put_unless_0(entry, CW_E_BOT, &entry->bot, person->bot);
    cw_entry_put_display(entry, person->display);
    cw_presence_describe(core, person->user_id, person->seen_ms, entry);
}

static void contacts_listed(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_unavailable(core, request, result))
        return;
    struct cw_entry *entries =
        cw_arena_alloc(&core->effects->arena, result->person_count * sizeof *entries);
    for (size_t i = 0; i < result->person_count; i++)
        describe_contact(core, &result->people[i], &entries[i]);
    cw_request_answer_list(core, request, entries, result->person_count, 0);
}

void cw_on_contacts(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_CONTACT_LIST, contacts_listed)->user_id =
        request->sender->id;
}

/* --- oneself --------------------------------------------------------------------------------- */

void cw_on_set_presence(struct cw_core *core, struct request *request)
{
    struct cw_slice state = request->msg->state;
    bool away = cw_slice_eq(state, cw_slice_str("away"));
    if (!away && !cw_slice_eq(state, cw_slice_str("online"))) {
        cw_request_refuse_field(core, request, CW_RULE_STATE, "state", 0);
        return;
    }
    if (request->sender_part != 0) { /* parts have no presence */
        cw_request_refuse(core, request, CW_RULE_PART_PRESENCE);
        return;
    }
    cw_presence_set_away(core, request->conn->session, away);
    cw_request_answer(core, request, CW_SUCCESS);
}
