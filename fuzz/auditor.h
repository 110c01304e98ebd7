/* auditor.h - watches a simulated world and ends the process when the server
 * breaks a promise of docs/protocol.md.
 *
 * It keeps its own records of the core's events and effects, and trusts only
 * the store. It checks:
 * - each request is answered once, in order, on its connection and in its
 *   envelope; nothing is sent to a connection that is gone;
 * - what is stored was requested by a user with the permission, is stored once, and for the
 *   recipient of the request;
 * - content reaches only the recipient, the members of the group as they were,
 *   and the sender's own devices; a REQ peer gets no update;
 * - a session gets all its messages in the order of their ids, however its
 *   connections and the server end;
 * - the rules of auditor_rules.h and auditor_accounts.h.
 *
 * Caller: fuzz_core.c. No test of its own: break the core and see it fail. */
#ifndef CW_FUZZ_AUDITOR_H
#define CW_FUZZ_AUDITOR_H

#include "../test/trace/world.h"

struct auditor;

/* Watches a new world from now on. The caller destroys the auditor. */
struct auditor *auditor_create(struct world *world);
void auditor_destroy(struct auditor *auditor);

/* From now on registration needs an invitation. */
void auditor_close_registration(struct auditor *auditor);
/* The world makes an invitation itself. */
void auditor_server_invites(struct auditor *auditor);

/* Between two steps: do the accounts agree with the memory that is held? */
void auditor_check_accounts(const struct auditor *auditor);

/* After world_restart: unanswered requests will not be answered. */
void auditor_restarted(struct auditor *auditor);

/* The oldest mark of this connection's probes, or 0. The caller reports it as
 * received. */
uint64_t auditor_probe_of(const struct auditor *auditor, cw_conn_id id);

/* When all queues are empty: was every request answered, and does every session have all its
 * messages? */
void auditor_check_settled(struct auditor *auditor);

/* Messages stored so far. */
uint64_t auditor_messages(const struct auditor *auditor);

/* The number of tokens given so far; `i` counts from 0. *name is the user of a token. */
size_t auditor_logins(const struct auditor *auditor);
struct cw_slice auditor_login(const struct auditor *auditor, size_t i, struct cw_slice *name);

#endif
