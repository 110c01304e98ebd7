/* control_migrate.c - chinwagctl migrate: the community moves from SQLite to the PostgreSQL that
 * `store` names in the settings as they are now, and the server starts anew with it. The move goes
 * on when chinwagctl is interrupted; the log has all that is printed. */
#include <stdio.h>
#include <string.h>

#include "server/control.h"
#include "server/log.h"
#include "server/shell_internal.h"

static void on_migrator_gone(struct cw_control_call *call, void *context)
{
    struct cw_shell *shell = context;
    shell->migration_call = NULL;
    cw_control_end(call, CW_CONTROL_DONE);
}

static void tell_migration_line(void *context, const char *line)
{
    struct cw_shell *shell = context;
    cw_log("to PostgreSQL: %s", line);
    if (shell->migration_call != NULL)
        cw_control_print(shell->migration_call, "%s\n", line);
}

/* What the operator is to do after a failure. */
static const char *what_next(const struct cw_shell *shell, bool read_only)
{
    if (shell->draining)
        return " Start the server without `store`, and it is as before; when this is mended, set "
               "`store` and repeat the command.";
    return read_only
               ? " This server only reads until the same command has gone on. To go back, start "
                 "it again without `store`: then it is as before."
               : "";
}

static void fail_migration(struct cw_shell *shell, const char *why, const char *next)
{
    size_t n = strlen(why); /* what PostgreSQL says may be no sentence */
    const char *dot = n != 0 && why[n - 1] == '.' ? "" : ".";
    cw_log_error("the move to PostgreSQL: %s%s%s", why, dot, next);
    if (shell->migration_call != NULL)
        cw_control_fail(shell->migration_call, CW_CONTROL_REFUSED, "%s%s%s", why, dot, next);
    shell->migration_call = NULL;
}

static void end_migration(struct cw_shell *shell, bool starts)
{
    if (!starts) {
        fail_migration(shell,
                       "All is there, but the server cannot start anew with it: its log says why.",
                       " Mend that, and repeat the command: until then the server only reads.");
        return;
    }
    tell_migration_line(shell, shell->draining ? "the next start of the server is with it"
                                               : "the server starts anew with it");
    if (shell->migration_call != NULL)
        cw_control_end(shell->migration_call, CW_CONTROL_DONE);
    shell->migration_call = NULL;
}

static void on_migrated(void *context, const char *failure, bool read_only)
{
    struct cw_shell *shell = context;
    if (failure != NULL) {
        fail_migration(shell, failure, what_next(shell, read_only));
        return;
    }
    tell_migration_line(shell, "all is there");
    shell->waits_for_upgrade = end_migration;
    if (!shell->draining)
        cw_shell_ask_upgrade(shell);
}

void cw_shell_begin_migration(struct cw_shell *shell, const char *data)
{
    const struct cw_migration_told told = {
        .line = tell_migration_line, .ended = on_migrated, .context = shell};
    shell->migration = cw_migration_create(&shell->loop, shell->store, data, &told);
}

void cw_shell_stop_migration(struct cw_shell *shell)
{
    cw_migration_stop(shell->migration);
    if (shell->waits_for_upgrade != NULL)
        end_migration(shell, true);
    shell->waits_for_upgrade = NULL;
}

/* Reads the settings that the next start has. False with a sentence: no PostgreSQL is named there,
 * or this server has one already. */
static bool find_target(struct cw_shell *shell, char error[256])
{
    if (cw_reach_config(shell->reach)->store[0] != '\0') {
        snprintf(error, 256, "The rows of this server are in a PostgreSQL already.");
        return false;
    }
    if (!cw_shell_read_settings(shell, error))
        return false;
    snprintf(error, 256,
             "Set `store` in chinwag.conf to the URL of an empty PostgreSQL first "
             "(docs/cluster.md): it holds from the end of this command on.");
    return shell->asked.store[0] != '\0';
}

void cw_control_migrate(struct cw_shell *shell, struct cw_control_call *call)
{
    char error[256];
    if (!find_target(shell, error)) {
        cw_control_fail(call, CW_CONTROL_REFUSED, "%s", error);
        return;
    }
    cw_shell_step(shell, &(struct cw_event){.type = CW_EV_SAVE});
    cw_shell_submit(shell);
    if (!cw_migration_start(shell->migration, shell->asked.store, error)) {
        cw_control_fail(call, CW_CONTROL_REFUSED, "%s", error);
        return;
    }
    shell->migration_call = call;
    cw_control_on_cancel(call, on_migrator_gone, shell);
}
