/* auditor_accounts.h - compares the accounts with the memory that is really held: counts again the
 * requests in the core's table and those that wait for the store, each with all its parts.
 *
 * Caller: auditor.c, between two steps; test/trace/test_accounts.c. */
#ifndef CW_FUZZ_AUDITOR_ACCOUNTS_H
#define CW_FUZZ_AUDITOR_ACCOUNTS_H

#include "../test/trace/world.h"

/* Bytes of memory that belong to this account, as the allocator rounds them. */
size_t accounts_held(const struct world *world, const struct cw_account *account);

/* NULL, or what is wrong. */
const char *accounts_wrong(const struct world *world);

#endif
