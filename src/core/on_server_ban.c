/* on_server_ban.c - bans from the server, of users and of networks: ban_from_server,
 * unban_from_server, server_bans. The store checks permissions; a user's ban it checks at each
 * login, too. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "base/subnet.h"
#include "core/address.h"
#include "core/barred.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/login_link.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"
#include "text/profile_text.h"

/* The network that the subject is; empty: it is a user, or nothing. */
static struct cw_slice network_of(struct cw_slice subject, uint8_t network[CW_NETWORK_N])
{
    return cw_slice_of(network, cw_subnet_read(subject, network));
}

static bool is_user(struct cw_slice subject)
{
    return subject.n > 1 && subject.p[0] == '@';
}

static struct cw_slice name_in(struct cw_slice subject)
{
    return cw_slice_of(subject.p + 1, subject.n - 1);
}

/* Finds who or what the subject is, and goes on with `found`. */
static void find_subject(struct cw_core *core, struct request *request, handler_fn *found)
{
    uint8_t network[CW_NETWORK_N];
    struct cw_slice subject = request->msg->subject;
    if (is_user(subject)) {
        if (cw_request_fold(core, request, name_in(subject)))
            cw_user_find(core, request, found);
    } else if (network_of(subject, network).n != 0) {
        found(core, request);
    } else {
        cw_request_refuse_field(core, request, CW_RULE_NO_SUBJECT, "subject", 0);
    }
}

/* --- ban_from_server ------------------------------------------------------------------------- */

static void ban_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST}, {0}};
    uint8_t network[CW_NETWORK_N];
    if (event->store->status == CW_STORE_MISMATCH) {
        cw_request_refuse(core, request, CW_RULE_BAN_ADMIN);
        return;
    }
    if (cw_request_refused(core, request, event->store, others))
        return;
    struct cw_slice banned = network_of(request->msg->subject, network);
    cw_request_answer(core, request, CW_SUCCESS);
    if (banned.n != 0) {
        cw_barred_add(core, banned, request->until_ms);
        return;
    }
    cw_login_link_end_of(core, request->target);
    cw_sessions_end_all(core, request->target, request, "banned");
}

static void ban_found(struct cw_core *core, struct request *request)
{
    uint8_t network[CW_NETWORK_N], bytes[8];
    struct cw_slice banned = network_of(request->msg->subject, network);
    if (banned.n != 0 && request->conn != NULL &&
        cw_subnet_has(banned, cw_slice_of(bytes, cw_address_bytes(request->conn->from, bytes)))) {
        cw_request_refuse(core, request, CW_RULE_BAN_ONESELF);
        return;
    }
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SERVER_BAN_ADD, ban_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target == NULL ? 0 : request->target->id;
    store->network = cw_effect_copy(core, banned);
    store->until_ms = request->until_ms;
    store->name = cw_request_bytes(core, request, request->msg->reason);
    request->outlives = true;
}

void cw_on_ban_from_server(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    if (msg->reason.n > CW_BAN_REASON_MAX || !cw_status_is_good(msg->reason)) {
        cw_request_refuse_field(core, request, CW_RULE_BAN_REASON, "reason", CW_BAN_REASON_MAX);
    } else if (msg->seconds > CW_BAN_SECONDS_MAX) {
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "seconds", CW_BAN_SECONDS_MAX);
    } else {
        request->until_ms = msg->seconds == 0 ? 0 : core->time_ms + msg->seconds * 1000;
        find_subject(core, request, ban_found);
    }
}

/* --- unban_from_server ----------------------------------------------------------------------- */

static void unban_stored(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    uint8_t network[CW_NETWORK_N];
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_slice banned = network_of(request->msg->subject, network);
    cw_request_answer(core, request, CW_SUCCESS);
    if (banned.n != 0)
        cw_barred_remove(core, banned);
}

static void unban_found(struct cw_core *core, struct request *request)
{
    uint8_t network[CW_NETWORK_N];
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SERVER_BAN_END, unban_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target == NULL ? 0 : request->target->id;
    store->network = cw_effect_copy(core, network_of(request->msg->subject, network));
    request->outlives = true;
}

void cw_on_unban_from_server(struct cw_core *core, struct request *request)
{
    find_subject(core, request, unban_found);
}

/* --- server_bans ----------------------------------------------------------------------------- */

static void describe_ban(struct cw_core *core, const struct cw_store_server_ban *ban,
                         struct cw_entry *entry)
{
    cw_entry_put_number(entry, CW_E_ID, &entry->id, ban->id);
    if (ban->network.n != 0) {
        char *text = cw_arena_alloc(&core->effects->arena, CW_SUBNET_TEXT_MAX);
        cw_entry_put_string(entry, CW_E_NETWORK, &entry->network,
                            cw_slice_of(text, cw_subnet_write(ban->network, text)));
    } else {
        cw_entry_put_string(entry, CW_E_NAME, &entry->name, ban->name);
    }
    cw_entry_put_number(entry, CW_E_CREATED, &entry->created_ms, ban->created_ms);
    if (ban->until_ms != 0)
        cw_entry_put_number(entry, CW_E_UNTIL, &entry->until_ms, ban->until_ms);
    if (ban->by.n != 0)
        cw_entry_put_string(entry, CW_E_BY, &entry->by, ban->by);
    if (ban->reason.n != 0)
        cw_entry_put_string(entry, CW_E_REASON, &entry->reason, ban->reason);
}

static void server_bans_listed(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    size_t count = result->server_ban_count;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++)
        describe_ban(core, &result->server_bans[i], &entries[i]);
    cw_request_answer_list(core, request, entries, count,
                           result->more ? result->server_bans[count - 1].id : 0);
}

void cw_on_server_bans(struct cw_core *core, struct request *request)
{
    if (cw_request_page_good(core, request))
        cw_request_ask_page(core, request, CW_STORE_SERVER_BAN_LIST, server_bans_listed);
}
