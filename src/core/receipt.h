/* receipt.h - tells a sender that a message was received. */
#ifndef CW_CORE_RECEIPT_H
#define CW_CORE_RECEIPT_H

#include "core/core.h"

struct session;
struct user;

/* A message whose sender gets an update when this session has received all up to it. */
struct receipt {
    uint64_t sender_id;
    uint64_t message_id;
};

/* A message is being sent to the session: its sender gets an update when it has arrived. */
void cw_receipt_expect(struct session *session, uint64_t sender_id, uint64_t message_id);
/* Does a session of this user want receipts? Who is at another server alone need not be known here.
 */
bool cw_receipts_wanted(const struct cw_core *core, uint64_t sender_id);
/* A client of another server has received it (nodes.c). */
void cw_receipt_heard(struct cw_core *core, struct cw_slice body);
/* The session has proved that it received all up to session->received. */
void cw_receipts_send(struct cw_core *core, struct session *session);
/* The id up to which the user has received every message; `saved`: that on disk. */
uint64_t cw_received_by(const struct cw_core *core, uint64_t user_id, uint64_t saved);

#endif
