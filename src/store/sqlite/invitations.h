/* invitations.h - invitations to the server and to groups. */
#ifndef CW_STORE_SQLITE_INVITATIONS_H
#define CW_STORE_SQLITE_INVITATIONS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts; and it is used up by one. */
bool cw_sqlite_invitation_good(struct cw_store *store, uint64_t mailbox,
                               const struct cw_store_request *request);
void cw_sqlite_invitation_use(struct cw_sqlite *s, const struct cw_store_request *request);
bool cw_sqlite_setup_good(struct cw_store *store, const struct cw_store_request *request);

/* The user has lost the right to those to this mailbox. */
void cw_sqlite_invitations_end(struct cw_sqlite *s, uint64_t mailbox, uint64_t user_id);

#endif
