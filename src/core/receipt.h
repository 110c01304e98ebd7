/* receipt.h - tells a sender that a message was received. */
#ifndef CW_CORE_RECEIPT_H
#define CW_CORE_RECEIPT_H

#include "core/core.h"

struct session;
struct user;

/* A message whose sender is to hear when this session has all up to it. */
struct receipt {
    uint64_t sender_id;
    uint64_t message_id;
};

/* A message is being sent to the session: its sender is to hear when it came. */
void cw_receipt_expect(struct session *session, uint64_t sender_id, uint64_t message_id);
/* Does anybody look out for receipts of what this user sends? */
bool cw_receipts_wanted(const struct user *sender);
/* The session has shown that it received all up to session->received. */
void cw_receipts_send(struct cw_core *core, struct session *session);
/* The user has received every message up to this id, `saved` being what is known
 * on disk. */
uint64_t cw_received_by(const struct cw_core *core, uint64_t user_id, uint64_t saved);

#endif
