/* report.c - writes the state of the accounts to the log, for the operator and for tests. */
#include "server/log.h"
#include "server/shell_internal.h"

void cw_shell_on_report(uv_signal_t *handle, int number)
{
    const struct cw_shell *shell = handle->data;
    const struct cw_ledger *ledger = &shell->ledger;
    (void)number;
    cw_log("accounts: %zu bytes are held for peers, %zu at most of late, of %zu; %zu connections, "
           "%zu in calls by datagrams",
           ledger->held, ledger->peak, ledger->max, cw_core_stats(shell->core).connections,
           cw_voice_live(shell->voice));
}
