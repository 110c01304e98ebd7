/* auditor.h - watches a simulated world and ends the process when the server
 * breaks a promise of docs/protocol.md.
 *
 * It keeps books of its own from what goes into the core and comes out, and
 * trusts the store alone. What it promises for:
 * - each request is answered once, in order, on its connection and in its
 *   envelope; nothing is sent to a connection that is gone;
 * - what is stored was asked for by somebody who may; once, to whom he said;
 * - content reaches only the recipient, the members of the group as they were,
 *   and the sender's own devices; a REQ peer gets no update;
 * - a session gets its messages in the order of their ids, and all of them,
 *   however its connections end, and the server with them;
 * - what auditor_rules.h and auditor_accounts.h say.
 *
 * Caller: fuzz_core.c. No test of its own: break the core and see it complain. */
#ifndef CW_FUZZ_AUDITOR_H
#define CW_FUZZ_AUDITOR_H

#include "../test/trace/world.h"

struct auditor;

/* Watches the world from now on, which must be new. Free with destroy. */
struct auditor *auditor_create(struct world *world);
void auditor_destroy(struct auditor *auditor);

/* From now on nobody registers without an invitation. */
void auditor_close_registration(struct auditor *auditor);

/* Between two steps: do the accounts say what is held? */
void auditor_check_accounts(const struct auditor *auditor);

/* After world_restart: what was under way comes to nothing. */
void auditor_restarted(struct auditor *auditor);

/* The oldest mark that a probe of this connection asked for, or 0. It is for
 * the caller to report as received. */
uint64_t auditor_probe_of(const struct auditor *auditor, cw_conn_id id);

/* Nothing is held back any more, and the queues are empty: is every answer
 * given, and has every session all that it is to have? */
void auditor_check_settled(struct auditor *auditor);

/* Messages stored so far. */
uint64_t auditor_messages(const struct auditor *auditor);

/* Tokens given so far; `i` from 0. The name that goes with it in *name. */
size_t auditor_logins(const struct auditor *auditor);
struct cw_slice auditor_login(const struct auditor *auditor, size_t i, struct cw_slice *name);

#endif
