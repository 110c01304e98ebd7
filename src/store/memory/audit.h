/* audit.h - the audit log in memory: rules_audit.h. */
#ifndef CW_STORE_MEMORY_AUDIT_H
#define CW_STORE_MEMORY_AUDIT_H

#include "store/memory/memory.h"

void cw_memory_audit(struct cw_memory *m, const struct cw_store_request *request,
                     enum cw_audit_act act, uint64_t target, struct cw_slice detail);

#endif
