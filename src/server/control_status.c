/* control_status.c - chinwagctl status: what the server is doing. */
#include <stdio.h>
#include <sys/stat.h>

#include "server/control.h"
#include "server/shell_internal.h"

/* Of the database with its log, in bytes. */
static json_int_t size_of_database(const char *folder)
{
    static const char *const names[] = {"chinwag.db", "chinwag.db-wal"};
    json_int_t size = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[4096];
        struct stat found;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (stat(path, &found) == 0)
            size += found.st_size;
    }
    return size;
}

void cw_control_status(struct cw_shell *shell, struct cw_control_call *call)
{
    struct cw_core_stats stats = cw_core_stats(shell->core);
    const struct cw_config *config = cw_reach_config(shell->reach);
    cw_control_put(
        call, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "version", CW_VERSION,
                        "uptime_s", (json_int_t)((uv_now(&shell->loop) - shell->begun_ms) / 1000),
                        "connections", (json_int_t)stats.connections, "sessions",
                        (json_int_t)stats.sessions, "users", (json_int_t)stats.users, "groups",
                        (json_int_t)stats.groups, "calls", (json_int_t)stats.calls, "held_bytes",
                        (json_int_t)shell->ledger.held, "database_bytes",
                        size_of_database(config->data)));
    cw_control_end(call, CW_CONTROL_DONE);
}
