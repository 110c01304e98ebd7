/* linked.h - GET, HEAD and PUT of files: makes the requests fetch_linked and write_linked of them,
 * for the core like those of any message, and HTTP of the answers. One piece of a file is under way
 * at a time: the next is asked for when the peer has taken the one before, or when the disk has it.
 *
 * Called by shell.c and carry_out.c. Loop thread only. */
#ifndef CW_SERVER_LINKED_H
#define CW_SERVER_LINKED_H

#include "core/core.h"
#include "net/net.h"

struct cw_linked;

/* Gives a request of this connection to the core. The message's slices point into the frame, whose
 * memory may be taken. */
typedef void cw_linked_ask(void *context, cw_net_id id, const struct cw_msg *msg,
                           struct cw_owned *frame);

struct cw_linked *cw_linked_create(struct cw_net *net, cw_linked_ask *ask, void *context);

/* As the handlers of the net. */
void cw_linked_asked(struct cw_linked *linked, cw_net_id id, const struct cw_http_asked *asked);
void cw_linked_piece(struct cw_linked *linked, cw_net_id id, struct cw_slice bytes);
void cw_linked_drained(struct cw_linked *linked, cw_net_id id);
void cw_linked_closed(struct cw_linked *linked, cw_net_id id);

/* Is it the answer to such a request? Then it has been sent on. */
bool cw_linked_answer(struct cw_linked *linked, const struct cw_effect *effect);

/* All connections must have been closed; NULL is allowed. */
void cw_linked_destroy(struct cw_linked *linked);

#endif
