/* store_tick.c - what the store needs each CW_STORE_TICK_MS; and the operator is told when it waits
 * for its database: a line soon, then one a minute, and one at the end. The timer is shell.c's. */
#include "server/log.h"
#include "server/shell_internal.h"

/* After so long it is told first, and is told again. */
#define FIRST_S 5
#define AGAIN_S 60

static void tell_wait(struct cw_shell *shell)
{
    uint64_t waits_s = cw_store_thread_waits_ms(shell->store) / 1000, told_s = shell->wait_told_s;
    if (waits_s < told_s) {
        cw_log("PostgreSQL has answered the store again");
        shell->wait_told_s = 0;
    } else if (waits_s >= (told_s == 0 ? FIRST_S : told_s + AGAIN_S)) {
        cw_log_warning("The store has waited for PostgreSQL for %llu s: for a standby, a lock, or "
                       "because it is away. Meanwhile requests are refused",
                       (unsigned long long)waits_s);
        shell->wait_told_s = waits_s;
    }
}

void cw_shell_on_store_tick(uv_timer_t *timer)
{
    struct cw_shell *shell = timer->data;
    cw_store_thread_tick(shell->store);
    tell_wait(shell);
}
