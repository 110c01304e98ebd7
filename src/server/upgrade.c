/* upgrade.c - see upgrade.h. */
#include "server/upgrade.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "server/handover.h"
#include "server/log.h"
#include "store/store.h"

static void on_upgrade_closed(uv_handle_t *handle)
{
    struct cw_upgrade *upgrade = handle->data;
    upgrade->testing = false;
    upgrade->asked(upgrade->context, upgrade->granted);
}

static void stay(const char *why)
{
    cw_log("no upgrade: %s %s. This server goes on", cw_handover_program(), why);
}

static void on_tested(uv_process_t *process, int64_t status, int signal)
{
    struct cw_upgrade *upgrade = process->data;
    char why[80];
    snprintf(why, sizeof why, "cannot take over: the line before says why (it ended with %d)",
             signal != 0 ? signal : (int)status);
    upgrade->granted = status == 0 && signal == 0;
    if (!upgrade->granted)
        stay(why);
    uv_close((uv_handle_t *)process, on_upgrade_closed);
}

/* The arguments of this process, and the test with the version of its data. */
static char **arguments_of_test(char test[32])
{
    char **own = cw_handover_arguments();
    size_t n = 0;
    while (own[n] != NULL)
        n++;
    char **arguments = cw_alloc_zero((n + 2) * sizeof *arguments);
    for (size_t i = 0; i < n; i++)
        arguments[i] = own[i];
    snprintf(test, 32, "--test=%d", cw_store_sqlite_version());
    arguments[n] = test;
    return arguments;
}

void cw_upgrade_ask(struct cw_upgrade *upgrade, uv_loop_t *loop,
                    void (*asked)(void *context, bool granted), void *context)
{
    char test[32];
    uv_stdio_container_t files[3] = {
        {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
    if (upgrade->testing || upgrade->granted)
        return;
    upgrade->asked = asked;
    upgrade->context = context;
    upgrade->testing = true;
    uv_process_options_t options = {.file = cw_handover_program(),
                                    .args = arguments_of_test(test),
                                    .exit_cb = on_tested,
                                    .stdio_count = 3,
                                    .stdio = files};
    cw_log("an upgrade was asked for: %s is tested", cw_handover_program());
    int failed = uv_spawn(loop, &upgrade->test, &options);
    upgrade->test.data = upgrade;
    free(options.args);
    if (failed == 0)
        return;
    stay(uv_strerror(failed));
    uv_close((uv_handle_t *)&upgrade->test, on_upgrade_closed);
}

void cw_upgrade_stop(struct cw_upgrade *upgrade)
{
    upgrade->granted = false;
    if (upgrade->testing && !uv_is_closing((uv_handle_t *)&upgrade->test))
        uv_close((uv_handle_t *)&upgrade->test, NULL);
}
