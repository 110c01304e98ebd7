/* signals.c - what the operator asks for by signals: to end (SIGTERM, SIGINT), to let the next
 * program take over (SIGUSR2), to read the settings again (SIGHUP), to report (SIGUSR1). Called by
 * shell.c. */
#include <signal.h>

#include "server/log.h"
#include "server/service.h"
#include "server/shell_internal.h"

static void on_drained_too_long(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Nothing is read any more. What was asked is answered, for `most_ms` at most. */
static void drain(struct cw_shell *shell, uint64_t most_ms)
{
    shell->draining = true;
    cw_net_stop_input(shell->net);
    uv_timer_start(&shell->drain, on_drained_too_long, most_ms, 0);
}

/* The first signal lets what was asked be answered; the second does not wait. */
static void on_end(uv_signal_t *handle, int number)
{
    struct cw_shell *shell = handle->data;
    (void)number;
    shell->upgrade.granted = false;
    if (shell->draining) {
        uv_stop(handle->loop);
        return;
    }
    cw_service_notify("STOPPING=1");
    drain(shell, CW_DRAIN_MS);
}

static void hand_over(void *context, bool granted)
{
    struct cw_shell *shell = context;
    if (shell->waits_for_upgrade != NULL)
        shell->waits_for_upgrade(shell, granted);
    shell->waits_for_upgrade = NULL;
    if (shell->draining || !granted)
        return;
    cw_service_notify_reloading();
    drain(shell, CW_UPGRADE_DRAIN_MS);
}

void cw_shell_ask_upgrade(struct cw_shell *shell)
{
    if (!shell->draining)
        cw_upgrade_ask(&shell->upgrade, &shell->loop, hand_over, shell);
}

static void on_upgrade(uv_signal_t *handle, int number)
{
    (void)number;
    cw_shell_ask_upgrade(handle->data);
}

void cw_shell_start_signals(struct cw_shell *shell)
{
    static const struct {
        int number;
        uv_signal_cb on;
    } rows[CW_SHELL_SIGNALS] = {{SIGTERM, on_end},
                                {SIGINT, on_end},
                                {SIGHUP, cw_shell_on_reload},
                                {SIGUSR1, cw_shell_on_report},
                                {SIGUSR2, on_upgrade}};
    uv_timer_init(&shell->loop, &shell->drain);
    for (int i = 0; i < CW_SHELL_SIGNALS; i++) {
        uv_signal_init(&shell->loop, &shell->signals[i]);
        shell->signals[i].data = shell;
        uv_signal_start(&shell->signals[i], rows[i].on, rows[i].number);
    }
}

void cw_shell_stop_signals(struct cw_shell *shell)
{
    uv_close((uv_handle_t *)&shell->drain, NULL);
    for (int i = 0; i < CW_SHELL_SIGNALS; i++)
        uv_close((uv_handle_t *)&shell->signals[i], NULL);
    cw_upgrade_stop(&shell->upgrade);
}
