/* account.h - accounts of memory: every byte that is held for a peer is charged here before it is
 * allocated, and nothing else in the program adds up bytes.
 *
 * A connection has an account. What is charged to it is charged to its user (once it has logged
 * in), to its address and to the server as well; each of them has a limit. When one is reached,
 * requests are refused or the connection is not read. Sizes are what the allocator takes, not what
 * was asked for: cw_account_size.
 *
 * A message that is queued to many is in memory once: each receiver is charged for it
 * (cw_account_share), and the server once (cw_ledger_charge).
 *
 * Pure: no clock, and no allocation whose size a peer decides. Loop thread only. */
#ifndef CW_BASE_ACCOUNT_H
#define CW_BASE_ACCOUNT_H

#include "base/map.h"

/* Which limit an account would exceed. */
enum cw_shortage {
    CW_SHORT_OF_NOTHING,
    CW_SHORT_CONNECTION,
    CW_SHORT_USER,
    CW_SHORT_ADDRESS,
    CW_SHORT_SERVER
};

/* An address or a user that has a connection, or for whose closed connection memory is still held.
 * Freed with its last account. */
struct cw_payer {
    size_t held; /* bytes, of all its accounts */
    unsigned references;
    uint8_t key_n;
    uint8_t key[9]; /* 'a' and the address, or 'u' and the user's id */
};

struct cw_ledger {
    size_t held; /* bytes, of all accounts and of shared messages */
    size_t peak; /* the most of it since the caller set it */
    size_t max, address_max, user_max;
    struct cw_map payers;
};

/* The account of one connection. It outlives the connection while anything is charged to it. */
struct cw_account {
    struct cw_ledger *ledger;
    struct cw_payer *address;
    struct cw_payer *user; /* NULL: not logged in */
    size_t held;           /* bytes, shared ones included */
    uint32_t max;          /* of this connection alone */
    uint32_t references;   /* cw_account_open and refer without release yet */
};

/* Limits in bytes. `hash_seed` is that of cw_map_init. */
void cw_ledger_init(struct cw_ledger *ledger, size_t max, size_t address_max, size_t user_max,
                    const uint64_t seed[2]);

/* All accounts must have been closed and released. */
void cw_ledger_finish(struct cw_ledger *ledger);

/* What users and addresses hold, together and the most of one. It reads all payers: for the
 * operator's questions. */
struct cw_ledger_stats {
    size_t users, largest_user, addresses, largest_address;
};
struct cw_ledger_stats cw_ledger_stats(const struct cw_ledger *ledger);

/* What malloc takes for n bytes, its own header included. */
static inline size_t cw_account_size(size_t n)
{
    if (n == 0)
        return 0;
    if (n >= 256u * 1024)
        return (n + 16 + 4095) / 4096 * 4096; /* a mapping of its own */
    return n <= 24 ? 32 : (n + 8 + 15) / 16 * 16;
}

/* Opens the account of a connection from this address (4 or 8 bytes: of IPv6 the
 * /64), with `max` bytes for it alone. */
struct cw_account *cw_account_open(struct cw_ledger *ledger, struct cw_slice address, uint32_t max);

/* From now on the connection belongs to this user (0: to none), who is charged for what it
 * holds. */
void cw_account_set_user(struct cw_account *account, uint64_t user, uint32_t max);

/* Keeps the account for work that may outlive the connection. */
struct cw_account *cw_account_refer(struct cw_account *account);

/* Work is done, or the connection has gone: the account is freed with the last. */
void cw_account_release(struct cw_account *account);

/* The limit that n more bytes would exceed. `account` NULL (a test, the server itself): none. */
enum cw_shortage cw_account_shortage(const struct cw_account *account, size_t n);

/* Charges n bytes, even beyond the limit, and releases them. */
void cw_account_charge(struct cw_account *account, size_t n);
void cw_account_give(struct cw_account *account, size_t n);

/* The same two for shared bytes, which the server was charged for already (cw_ledger_charge). */
void cw_account_share(struct cw_account *account, size_t n);
void cw_account_unshare(struct cw_account *account, size_t n);

/* Charges and releases bytes of the server alone. */
static inline void cw_ledger_charge(struct cw_ledger *ledger, size_t n)
{
    ledger->held += n;
    if (ledger->held > ledger->peak)
        ledger->peak = ledger->held;
}

static inline void cw_ledger_give(struct cw_ledger *ledger, size_t n)
{
    ledger->held -= n;
}

#endif
