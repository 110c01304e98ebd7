/* rules_audit.h - the audit log: each act of an administrator is a row, written in the act's own
 * transaction. A row has the hash of itself and of the row before it, so that none can be changed,
 * removed or put elsewhere without changing all behind it; the end of the chain is what the
 * operator has noted elsewhere (the server's log, a backup).
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_AUDIT_H
#define CW_STORE_RULES_AUDIT_H

#include "store/store_backend.h"

/* The hash of a row, which has the number behind that of the row with the hash `before`; the first
 * one has the number 1 and 32 zeros before it. */
void cw_store_audit_hash(const struct cw_store_audit *row, const uint8_t before[CW_AUDIT_HASH_N],
                         uint8_t hash[CW_AUDIT_HASH_N]);

/* A walk over all rows. Zeroed, with what AUDIT_VERIFY asks for, it is at the beginning. */
struct cw_store_audit_walk {
    uint64_t at; /* the last row that was good */
    uint8_t hash[CW_AUDIT_HASH_N];
    bool found;   /* the noted row is there, with its hash */
    uint64_t bad; /* the first row that is not what it was; 0: none so far */
};
/* The next row, as it is stored; false: it is bad, and the walk ends. */
bool cw_store_audit_step(struct cw_store_audit_walk *walk, const struct cw_store_request *request,
                         const struct cw_store_audit *row);
/* What AUDIT_VERIFY answers at the end. */
void cw_store_audit_end(const struct cw_store_audit_walk *walk,
                        const struct cw_store_request *request, struct cw_store_result *result,
                        struct cw_arena *arena);

/* "set_admin" and so on; what the act is about. */
const char *cw_store_audit_name(uint8_t act);
enum cw_audit_target cw_store_audit_target(uint8_t act);

#endif
