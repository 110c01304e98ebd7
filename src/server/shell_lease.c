/* shell_lease.c - leases of calls that several servers share: what the store's own thread is told
 * of them becomes events of the core. Called by shell.c and carry_out.c. */
#include <stdlib.h>

#include "server/shell_internal.h"

/* On a thread of the store's. */
static void on_told(void *context, const struct cw_store_lease *lease)
{
    struct cw_shell_leases *leases = context;
    pthread_mutex_lock(&leases->mutex);
    if (leases->count == leases->capacity) {
        leases->capacity = leases->capacity * 2 + 8;
        leases->told = cw_realloc(leases->told, leases->capacity * sizeof *leases->told);
    }
    leases->told[leases->count++] = *lease;
    pthread_mutex_unlock(&leases->mutex);
    cw_wakeup_send(&leases->ready);
}

static bool take(struct cw_shell_leases *leases, struct cw_store_lease *lease)
{
    pthread_mutex_lock(&leases->mutex);
    bool found = leases->count != 0;
    if (found) {
        *lease = leases->told[0];
        memmove(leases->told, leases->told + 1, --leases->count * sizeof *lease);
    }
    pthread_mutex_unlock(&leases->mutex);
    return found;
}

static void on_leases_ready(void *context)
{
    struct cw_shell_leases *leases = context;
    struct cw_store_lease lease;
    while (take(leases, &lease)) {
        uint64_t now_ms = cw_store_lease_clock_ms();
        struct cw_event event = {
            .type = CW_EV_LEASE,
            .lease = {.call = lease.call, .node = lease.node, .epoch = lease.epoch}};
        if (lease.until_ms > now_ms)
            event.lease.left_ms = lease.until_ms - now_ms;
        if (!leases->shell->stopping)
            cw_shell_step(leases->shell, &event);
    }
}

void cw_shell_begin_leases(struct cw_shell *shell, struct cw_store *store)
{
    struct cw_shell_leases *leases = &shell->leases;
    leases->shell = shell;
    pthread_mutex_init(&leases->mutex, NULL);
    cw_wakeup_init(&leases->ready, &shell->loop, on_leases_ready, leases);
    cw_store_set_leases(store, on_told, leases);
}

void cw_shell_stop_leases(struct cw_shell *shell)
{
    cw_wakeup_finish(&shell->leases.ready);
    pthread_mutex_destroy(&shell->leases.mutex);
    free(shell->leases.told);
}
