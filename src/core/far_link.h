/* far_link.h - a link (login_link.h) that a new device opens at another server than the one that
 * made it. The device's server asks all by the bus whose link it is, and makes the session when
 * that one says that its user has told the digits. Called by on_link.c, nodes.c and core.c.
 *
 *   LINK_OPEN     number, hash, digits     the device's server, to all: who made it?
 *   LINK_TAKEN    number, milliseconds     who did: the user may tell the digits for so long
 *   LINK_CONFIRM  number, confirm, hash,   who did: they are told, in this session: make one for
 *                 session, name            this user
 *   LINK_DONE     confirm, session         the device's server: it is made; 0: there will be none
 *   LINK_ENDED    number                   who did: there will be none (login_link.c)
 *
 * Numbers have 64 bits, milliseconds 32. A number is the device's server's, `confirm` that of the
 * request at the other one, which drops a session that it waits for no more. No token goes by the
 * bus. What is lost costs a new link; where LINK_DONE is, and what drops the session, too, that is
 * made, and the user is told to look (rule link_unknown). Nothing comes twice (bus/bus.c). */
#ifndef CW_CORE_FAR_LINK_H
#define CW_CORE_FAR_LINK_H

#include "core/core.h"
#include "core/request.h"

struct login_link;

/* --- the device's server --- */

/* Asks for the link with this hash; `resume` continues when its user has told the request's digits,
 * or never will. False: there is no other server,
 * or too many ask. */
bool cw_far_link_ask(struct cw_core *core, struct request *request, struct cw_slice hash,
                     step_fn *resume);
/* In `resume`: whose session is to be made, in the step's memory; empty: nobody's. */
struct cw_slice cw_far_link_confirmed(struct cw_core *core, struct request *request);
/* The session that has confirmed it; 0: it has ended. */
uint64_t cw_far_link_by(const struct cw_core *core, const struct request *request);
/* Tells the other server which session was made; 0: none. False: it waits no more, so the caller
 * drops a session that was made. */
bool cw_far_link_made(struct cw_core *core, const struct request *request, uint64_t session_id);

/* At the end of a step: the cookie of a request that is to be resumed, 0: there is none. After it,
 * cw_far_link_forget. */
uint64_t cw_far_links_sweep(struct cw_core *core);
void cw_far_link_forget(struct cw_core *core, uint64_t cookie);
/* It will not say anything more of the links that it made. */
void cw_far_links_node_gone(struct cw_core *core, unsigned node);
uint64_t cw_far_links_deadline(const struct cw_core *core);
void cw_far_links_finish(struct cw_core *core);

/* --- the server that made it --- */

/* The user has told the digits in session `by`; link->confirm waits. */
void cw_far_link_confirm(struct cw_core *core, const struct login_link *link, uint64_t by);

void cw_far_link_take(struct cw_core *core, const struct cw_core_bus *bus);

#endif
