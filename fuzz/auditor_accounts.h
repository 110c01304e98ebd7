/* auditor_accounts.h - what the accounts say that is held for everybody, against what
 * is really there: the requests in the core's table and those that wait for the store,
 * each with all that hangs on it, counted anew.
 *
 * Caller: auditor.c, between two steps; test/trace/test_accounts.c. */
#ifndef CW_FUZZ_AUDITOR_ACCOUNTS_H
#define CW_FUZZ_AUDITOR_ACCOUNTS_H

#include "../test/trace/world.h"

/* Bytes that are held for the owner of this account, as the allocator takes them. */
size_t accounts_held(const struct world *world, const struct cw_account *account);

/* NULL, or what is not as it should be. */
const char *accounts_wrong(const struct world *world);

#endif
