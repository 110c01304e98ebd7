/* auditor_accounts.c - see auditor_accounts.h. */
#include "auditor_accounts.h"

#include "core/request.h"
#include "core/state.h"

/* The bytes of one account; NULL: of all accounts. */
static size_t held(const struct world *world, const struct cw_account *account)
{
    const struct cw_core *core = world->core;
    size_t n = 0;
    for (size_t i = 0; i < core->request_capacity; i++) {
        const struct request *request = core->requests[i];
        if (request->account != NULL && (account == NULL || request->account == account))
            n += request->charged; /* cw_core_check checks this number */
    }
    for (size_t i = 0; i < world->stored_count; i++) {
        const struct cw_store_request *request = world->stored[i];
        if (request->account != NULL && (account == NULL || request->account == account))
            n += cw_store_request_size(request) + cw_store_result_size(request);
    }
    return n;
}

size_t accounts_held(const struct world *world, const struct cw_account *account)
{
    return held(world, account);
}

/* Do the sums of the account's address and user agree with the accounts? */
static bool payers_agree(const struct world *world, const struct cw_account *account)
{
    size_t address = 0, user = 0;
    for (size_t i = 0; i < WORLD_CONNS; i++) {
        const struct cw_account *other = world->conns[i].account;
        if (!world->conns[i].open)
            continue;
        address += other->address == account->address ? other->held : 0;
        user += other->user == account->user ? other->held : 0;
    }
    return account->address->held >= address &&
           (account->user == NULL || account->user->held >= user);
}

const char *accounts_wrong(const struct world *world)
{
    for (size_t i = 0; i < WORLD_CONNS; i++) {
        const struct world_conn *conn = &world->conns[i];
        if (conn->open && conn->account->held != held(world, conn->account))
            return "an account says what is held";
        if (conn->open && !payers_agree(world, conn->account))
            return "a user and an address pay for all of their connections";
    }
    return world->ledger.held == held(world, NULL) ? NULL : "the server pays for all that is held";
}
