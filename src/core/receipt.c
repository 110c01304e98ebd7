/* receipt.c - tells a sender that a message was received: `delivered`.
 *
 * Updates go to attached sessions and are not stored: a client that missed one finds the state in
 * the lists of conversations and in history. */
#include "core/receipt.h"

#include <assert.h>

#include "base/limits.h"
#include "base/packed.h"
#include "core/audience.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/remote.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

bool cw_receipts_wanted(const struct cw_core *core, uint64_t sender_id)
{
    const struct user *sender = cw_user_by_id(core, sender_id);
    if (core->bus_up && cw_remote_find(core, sender_id) != NULL)
        return true; /* perhaps there */
    if (sender == NULL)
        return false;
    CW_EACH_SESSION (session, sender)
        if ((session->features & CW_FEATURE_READ) != 0)
            return true;
    return false;
}

static void remove_receipt(struct pending *pending, unsigned i)
{
    assert(i < pending->receipt_count);
    pending->receipt_count--;
    memmove(pending->receipts + i, pending->receipts + i + 1,
            (pending->receipt_count - i) * sizeof *pending->receipts);
}

/* A receipt that the pending probe covers is not replaced by a later one: otherwise a continuous
 * sequence of messages would never cause a receipt. So a sender has at most two. For a client that
 * reports with `received` there is one for each message, since it may stop at any. */
void cw_receipt_expect(struct session *session, uint64_t sender_id, uint64_t message_id)
{
    assert(message_id > session->received && sender_id != session->user->id);
    struct pending *pending = cw_session_pending(session);
    if (pending->receipts == NULL)
        pending->receipts = cw_alloc(CW_RECEIPTS_MAX * sizeof *pending->receipts);
    for (unsigned i = 0; i < pending->receipt_count && !session->confirms; i++) {
        if (pending->receipts[i].sender_id == sender_id &&
            pending->receipts[i].message_id > session->probe_sent) {
            pending->receipts[i].message_id = message_id;
            return;
        }
    }
    if (pending->receipt_count == CW_RECEIPTS_MAX)
        remove_receipt(pending, 0);
    assert(pending->receipt_count < CW_RECEIPTS_MAX);
    pending->receipts[pending->receipt_count++] =
        (struct receipt){.sender_id = sender_id, .message_id = message_id};
}

/* The recipient's other devices need not cause the same receipt again. */
static void forget_elsewhere(const struct session *session, struct receipt told)
{
    const struct link *sessions = &session->user->sessions;
    for (struct link *link = sessions->next; link != sessions; link = link->next) {
        struct pending *other = CW_LINK_OWNER(link, struct session, of_user)->pending;
        for (unsigned i = other == NULL ? 0 : other->receipt_count; i-- > 0;)
            if (other->receipts[i].sender_id == told.sender_id &&
                other->receipts[i].message_id <= told.message_id)
                remove_receipt(other, i);
    }
}

/* To the sender's sessions here. */
static void tell_sender(struct cw_core *core, const struct user *sender, struct cw_slice receiver,
                        uint64_t message_id)
{
    struct audience audience;
    cw_audience_init(core, &audience, cw_user_session_count(sender));
    cw_audience_add_user(&audience, sender, CW_FEATURE_READ, 0);
    struct cw_msg update = {
        .kind = CW_UPDATE, .action = CW_DELIVERED, .sender = receiver, .message_id = message_id};
    cw_effect_send(core, &update, &audience, false);
}

/* To those at other servers. */
static void tell_elsewhere(struct cw_core *core, const struct user *receiver, struct receipt told)
{
    struct cw_buf body = {0};
    if (!core->bus_up || cw_remote_find(core, told.sender_id) == NULL)
        return;
    cw_packed_put_u64(&body, told.sender_id);
    cw_packed_put_u64(&body, told.message_id);
    cw_packed_put_bytes(&body, cw_user_name(receiver));
    cw_effect_bus(core, CW_BUS_TO_ALL, CW_BUS_DELIVERED, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

void cw_receipt_heard(struct cw_core *core, struct cw_slice body)
{
    struct cw_packed from = cw_packed_begin(body);
    uint64_t sender_id = cw_packed_take_u64(&from), message_id = cw_packed_take_u64(&from);
    struct cw_slice receiver = cw_packed_take_bytes(&from);
    const struct user *sender = cw_user_by_id(core, sender_id);
    if (cw_packed_end(&from) && receiver.n != 0 && sender != NULL)
        tell_sender(core, sender, receiver, message_id);
}

static void send_receipt(struct cw_core *core, const struct session *session, struct receipt told)
{
    assert(told.message_id <= session->received);
    const struct user *sender = cw_user_by_id(core, told.sender_id);
    if (session->user->discreet || cw_user_has_blocked(session->user, told.sender_id))
        return;
    if (sender != NULL)
        tell_sender(core, sender, cw_user_name(session->user), told.message_id);
    tell_elsewhere(core, session->user, told);
}

void cw_receipts_send(struct cw_core *core, struct session *session)
{
    const struct pending *pending = session->pending;
    for (unsigned i = pending == NULL ? 0 : pending->receipt_count; i-- > 0;) {
        if (i >= pending->receipt_count || pending->receipts[i].message_id > session->received)
            continue;
        struct receipt receipt = pending->receipts[i];
        forget_elsewhere(session, receipt); /* and here, with those before it */
        send_receipt(core, session, receipt);
    }
}

uint64_t cw_received_by(const struct cw_core *core, uint64_t user_id, uint64_t saved)
{
    const struct user *user = cw_user_by_id(core, user_id);
    bool hidden = user != NULL && core->asker != NULL && core->asker != user &&
                  (user->discreet || cw_user_has_blocked(user, core->asker->id));
    if (user == NULL || hidden)
        return saved;
    CW_EACH_SESSION (session, user) {
        saved = session->received > saved ? session->received : saved;
    }
    return saved;
}
