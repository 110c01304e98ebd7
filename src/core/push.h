/* push.h - whom a message is pushed to, by a push service of their browser: users who have asked
 * for it, want to be told of the message, and are at no device of theirs. Called by fan_out.c for
 * each message; on_push.c handles the requests about it. */
#ifndef CW_CORE_PUSH_H
#define CW_CORE_PUSH_H

#include "core/core.h"

/* Copies what the core needs of the configuration. */
void cw_push_init(struct cw_core *core, const struct cw_core_config *config);
void cw_push_finish(struct cw_core *core);

/* Does the server send to the host of this URL? */
bool cw_push_serves(const struct cw_core *core, struct cw_slice endpoint);
/* There is a subscription: from now on the store is asked for each message. */
void cw_push_begin(struct cw_core *core);
/* The message was stored just now, with mailbox, sender_id and seq: it is pushed to those who are
 * to be told. */
void cw_push_message(struct cw_core *core, const struct cw_store_message *message);
/* The push service does not know the subscription any more: it ends, unless the session has another
 * one by now. */
void cw_push_gone(struct cw_core *core, uint64_t session_id, struct cw_slice endpoint);

#endif
