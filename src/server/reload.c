/* reload.c - SIGHUP: settings, keys and the certificate are read again, and nobody is disconnected.
 * Either all settings are good, and those that may change while the server runs hold from now on,
 * or none is taken. What needs a start is named in the log. Called by signals.c, and by
 * server_facts.c when an administrator changes one. */
#include <stdio.h>

#include "server/log.h"
#include "server/service.h"
#include "server/shell_internal.h"
#include "server/store_options.h"

static void name_change(void *context, const char *key, bool at_start)
{
    size_t *changes = context;
    (*changes)++;
    if (at_start)
        cw_log("%s has changed: that holds from the next start on (SIGUSR2 starts the server anew, "
               "and refuses nobody)",
               key);
    else
        cw_log("%s was read again", key);
}

static void take_settings(struct cw_shell *shell, struct cw_config *config)
{
    struct cw_config *running = cw_reach_settings(shell->reach);
    cw_config_take(running, config);
    struct cw_core_config limits = cw_shell_limits(running);
    struct cw_store_options store = cw_store_options_of(running);
    cw_shell_step(shell, &(struct cw_event){.type = CW_EV_LIMITS, .limits = &limits});
    cw_store_thread_set_options(shell->store, &store);
    cw_net_set_times(shell->net, running->frame_window_ms, running->ping_idle_ms);
    cw_hasher_set_share(shell->hasher, running->hashes_per_address);
    cw_log_set_format(running->log_format);
    cw_log_set_level(running->log_level);
}

bool cw_shell_read_settings(struct cw_shell *shell, char error[256])
{
    struct cw_config config;
    size_t changes = 0;
    if (shell->source.read == NULL) {
        snprintf(error, 256, "this server cannot read its settings again");
        return false;
    }
    if (!shell->source.read(shell->source.context, &config, error))
        return false;
    cw_config_compare(&shell->asked, &config, name_change, &changes);
    if (changes == 0)
        return true;
    shell->asked = config;
    take_settings(shell, &config);
    return true;
}

void cw_shell_on_reload(uv_signal_t *handle, int number)
{
    struct cw_shell *shell = handle->data;
    char error[256];
    (void)number;
    if (shell->draining)
        return;
    cw_service_notify_reloading();
    if (shell->source.read != NULL && !cw_shell_read_settings(shell, error))
        cw_log("the settings in use stay: %s", error);
    cw_reach_read_again(shell->reach);
    cw_service_notify("READY=1");
}
