/* push_sender.h - brings push messages to push services: seals, signs and posts them on threads of
 * its own, since a service may take seconds to answer. What it cannot deliver is lost: the message
 * itself is stored, and its user gets it with the next login.
 *
 * Called by core_config.c, carry_out.c, server_facts.c and shell.c, on the loop's thread. */
#ifndef CW_SERVER_PUSH_SENDER_H
#define CW_SERVER_PUSH_SENDER_H

#include <uv.h>

#include "core/core.h"
#include "push/vapid.h"

struct cw_push_options {
    uint8_t secret[CW_PUSH_SECRET_LEN]; /* of the key by which services know the server */
    char subject[300];                  /* as cw_vapid_claims */
    bool allow_private;                 /* outgoing/post.h */
    struct cw_ledger *ledger;           /* charged for what waits; outlives the sender */
};

/* The push service does not know the session's subscription with this endpoint any more. */
typedef void cw_push_gone_fn(void *context, uint64_t session_id, struct cw_slice endpoint);

struct cw_push_sender;

struct cw_push_sender *cw_push_sender_create(uv_loop_t *loop, const struct cw_push_options *options,
                                             cw_push_gone_fn *gone, void *context);
/* The public key, in base64url, and a zero; made with the first call, or the first message, since
 * the curve takes most of a MiB of memory. False: the secret is none. */
#define CW_PUSH_KEY_TEXT 88
bool cw_push_sender_key(struct cw_push_sender *sender, char text[CW_PUSH_KEY_TEXT]);
/* Copies what the effect tells. The threads start with the first one. */
void cw_push_sender_submit(struct cw_push_sender *sender, const struct cw_effect *effect);
/* Ends the threads, and begins to close the handle: before the loop's last run. */
void cw_push_sender_stop(struct cw_push_sender *sender);
void cw_push_sender_destroy(struct cw_push_sender *sender);

#endif
