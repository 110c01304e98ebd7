/* account.c - see account.h. */
#include "base/account.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

void cw_ledger_init(struct cw_ledger *ledger, size_t max, size_t address_max, size_t user_max,
                    const uint64_t seed[2])
{
    *ledger = (struct cw_ledger){.max = max, .address_max = address_max, .user_max = user_max};
    cw_map_init(&ledger->payers, seed);
}

void cw_ledger_finish(struct cw_ledger *ledger)
{
    assert(ledger->payers.count == 0);
    cw_map_finish(&ledger->payers);
}

/* --- payers ---------------------------------------------------------------------- */

static struct cw_payer *payer(struct cw_ledger *ledger, char kind, struct cw_slice id)
{
    struct cw_payer new = {.key_n = (uint8_t)(1 + id.n), .key = {(uint8_t)kind}};
    assert(id.n < sizeof new.key);
    if (id.n != 0)
        memcpy(new.key + 1, id.p, id.n);
    struct cw_payer *found = cw_map_get(&ledger->payers, cw_slice_of(new.key, new.key_n));
    if (found == NULL) {
        found = cw_alloc(sizeof *found);
        *found = new;
        cw_map_put(&ledger->payers, cw_slice_of(found->key, found->key_n), found);
    }
    found->references++;
    return found;
}

static void leave(struct cw_ledger *ledger, struct cw_payer *payer)
{
    if (--payer->references != 0)
        return;
    assert(payer->held == 0);
    cw_map_remove(&ledger->payers, cw_slice_of(payer->key, payer->key_n));
    free(payer);
}

/* Sums and maxima do not depend on the order of the map. */
struct cw_ledger_stats cw_ledger_stats(const struct cw_ledger *ledger)
{
    struct cw_ledger_stats stats = {0};
    for (size_t i = 0; i < ledger->payers.capacity; i++) {
        const struct cw_payer *payer = ledger->payers.entries[i].value;
        if (payer == NULL)
            continue;
        bool user = payer->key[0] == 'u';
        size_t *all = user ? &stats.users : &stats.addresses;
        size_t *largest = user ? &stats.largest_user : &stats.largest_address;
        *all += payer->held;
        if (payer->held > *largest)
            *largest = payer->held;
    }
    return stats;
}

/* --- accounts -------------------------------------------------------------------- */

struct cw_account *cw_account_open(struct cw_ledger *ledger, struct cw_slice address, uint32_t max)
{
    struct cw_account *account = cw_alloc_zero(sizeof *account);
    account->ledger = ledger;
    account->address = payer(ledger, 'a', address);
    account->max = max;
    account->references = 1;
    return account;
}

void cw_account_set_user(struct cw_account *account, uint64_t user, uint32_t max)
{
    struct cw_payer *old = account->user;
    account->user = user == 0 ? NULL : payer(account->ledger, 'u', cw_slice_of(&user, sizeof user));
    account->max = max;
    if (account->user != NULL)
        account->user->held += account->held;
    if (old == NULL)
        return;
    old->held -= account->held;
    leave(account->ledger, old);
}

void cw_account_release(struct cw_account *account)
{
    if (account == NULL || --account->references != 0)
        return;
    assert(account->held == 0);
    leave(account->ledger, account->address);
    if (account->user != NULL)
        leave(account->ledger, account->user);
    free(account);
}

struct cw_account *cw_account_refer(struct cw_account *account)
{
    if (account != NULL)
        account->references++;
    return account;
}

/* --- bytes ----------------------------------------------------------------------- */

enum cw_shortage cw_account_shortage(const struct cw_account *account, size_t n)
{
    if (account == NULL)
        return CW_SHORT_OF_NOTHING;
    const struct cw_ledger *ledger = account->ledger;
    if (account->held + n > account->max)
        return CW_SHORT_CONNECTION;
    if (account->user != NULL && account->user->held + n > ledger->user_max)
        return CW_SHORT_USER;
    if (account->address->held + n > ledger->address_max)
        return CW_SHORT_ADDRESS;
    return ledger->held + n > ledger->max ? CW_SHORT_SERVER : CW_SHORT_OF_NOTHING;
}

void cw_account_share(struct cw_account *account, size_t n)
{
    if (account == NULL)
        return;
    account->held += n;
    account->address->held += n;
    if (account->user != NULL)
        account->user->held += n;
}

void cw_account_unshare(struct cw_account *account, size_t n)
{
    if (account == NULL)
        return;
    assert(account->held >= n);
    account->held -= n;
    account->address->held -= n;
    if (account->user != NULL)
        account->user->held -= n;
}

void cw_account_charge(struct cw_account *account, size_t n)
{
    if (account == NULL)
        return;
    cw_account_share(account, n);
    cw_ledger_charge(account->ledger, n);
}

void cw_account_give(struct cw_account *account, size_t n)
{
    if (account == NULL)
        return;
    cw_account_unshare(account, n);
    cw_ledger_give(account->ledger, n);
}
