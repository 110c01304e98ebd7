/* report.c - the ledger of the accounts: made at the start, and its state written to the log, for
 * the operator and for tests. */
#include <sodium.h>

#include "server/log.h"
#include "server/shell_internal.h"

void cw_shell_init_ledger(struct cw_ledger *ledger)
{
    uint64_t seed[2];
    randombytes_buf(seed, sizeof seed);
    cw_ledger_init(ledger, CW_MEMORY_MAX, CW_MEMORY_OF_ADDRESS_MAX, CW_MEMORY_OF_USER_MAX, seed);
}

void cw_shell_on_report(uv_signal_t *handle, int number)
{
    const struct cw_shell *shell = handle->data;
    const struct cw_ledger *ledger = &shell->ledger;
    (void)number;
    cw_log("accounts: %zu bytes are held for peers, %zu at most of late, of %zu; %zu connections",
           ledger->held, ledger->peak, ledger->max, cw_core_stats(shell->core).connections);
}
