/* audit.h - the audit log in SQLite: rules_audit.h. */
#ifndef CW_STORE_SQLITE_AUDIT_H
#define CW_STORE_SQLITE_AUDIT_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Adds a row, by request->user_id, in the transaction under way. */
void cw_sqlite_audit(struct cw_sqlite *s, const struct cw_store_request *request,
                     enum cw_audit_act act, uint64_t target, struct cw_slice detail);
/* Tells the operator the last row's number and hash, each CW_AUDIT_TOLD_ROWS rows or
 * CW_AUDIT_TOLD_MS. Between transactions. */
void cw_sqlite_audit_tell(struct cw_sqlite *s);

#endif
