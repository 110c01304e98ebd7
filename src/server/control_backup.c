/* control_backup.c - chinwagctl backup: starts one, and tells how it ended; the log does, too. Who
 * goes away before the end does not end it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/backup_read.h"
#include "server/control.h"
#include "server/log.h"
#include "server/shell_internal.h"

#define EXPIRE_DAYS_MAX 36500

static void on_gone(struct cw_control_call *call, void *context)
{
    struct cw_shell *shell = context;
    shell->backup_call = NULL;
    cw_control_end(call, CW_CONTROL_DONE);
}

static void tell_end(struct cw_control_call *call, const struct cw_back_up_end *end)
{
    const struct cw_backup_made *made = &end->made;
    char path[sizeof end->folder + CW_BACKUP_NAME_MAX];
    snprintf(path, sizeof path, "%s/%s", end->folder, made->name);
    if (!end->good) {
        cw_control_fail(call, CW_CONTROL_REFUSED, "%s", end->error);
        return;
    }
    cw_control_put(call,
                   json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "backup", path, "messages",
                             (json_int_t)made->messages, "files", (json_int_t)made->files,
                             "written_bytes", (json_int_t)made->written_bytes, "shared_bytes",
                             (json_int_t)made->shared_bytes, "missing_files",
                             (json_int_t)made->missing, "expired", (json_int_t)made->expired));
    cw_control_end(call, CW_CONTROL_DONE);
}

void cw_shell_on_backed_up(void *context, const struct cw_back_up_end *end)
{
    struct cw_shell *shell = context;
    struct cw_control_call *call = shell->backup_call;
    shell->backup_call = NULL;
    if (end->good)
        cw_log("backup %s/%s: %llu entries, %llu files, %llu KiB written, %llu KiB shared with the "
               "one before, %llu expired",
               end->folder, end->made.name, (unsigned long long)end->made.messages,
               (unsigned long long)end->made.files,
               (unsigned long long)end->made.written_bytes / 1024,
               (unsigned long long)end->made.shared_bytes / 1024,
               (unsigned long long)end->made.expired);
    else
        cw_log("the backup to %s failed: %s", end->folder, end->error);
    if (end->made.missing != 0)
        cw_log(
            "%llu files that messages refer to are missing in the data folder, and in the backup",
            (unsigned long long)end->made.missing);
    if (call != NULL)
        tell_end(call, end);
}

void cw_shell_stop_backup(struct cw_shell *shell)
{
    cw_back_up_stop(shell->back_up);
    if (shell->backup_call != NULL)
        cw_control_fail(shell->backup_call, CW_CONTROL_REFUSED,
                        "the backup was given up, since the server ends");
    shell->backup_call = NULL;
}

/* False with a sentence. */
static bool read_wish(const struct cw_control_command *typed, struct cw_back_up_wish *wish,
                      char error[256])
{
    const char *key = cw_control_value(typed, "encrypt-to");
    const char *days = cw_control_value(typed, "expire");
    char *end = NULL;
    wish->folder = typed->arguments[0];
    wish->sealed = key != NULL;
    snprintf(error, 256,
             "--encrypt-to wants the 64 digits that chinwagd --new-backup-key has printed");
    if (key != NULL && !cw_backup_key_parse(key, wish->seal_to))
        return false;
    if (days == NULL)
        return true;
    unsigned long number = strtoul(days, &end, 10);
    wish->expire_days = (unsigned)number;
    snprintf(error, 256, "--expire wants a number of days, 1 to %d", EXPIRE_DAYS_MAX);
    return days[0] >= '1' && days[0] <= '9' && *end == 0 && number <= EXPIRE_DAYS_MAX;
}

void cw_control_backup(struct cw_shell *shell, struct cw_control_call *call)
{
    char error[256];
    const struct cw_clock *clock = cw_calendar_now(&shell->calendar);
    struct cw_back_up_wish wish = {.time_ms = clock->time_ms, .date_ms = clock->date_ms};
    if (!read_wish(cw_control_typed(call), &wish, error)) {
        cw_control_fail(call, CW_CONTROL_WRONG_USE, "%s", error);
    } else if (!cw_back_up_start(shell->back_up, &wish, error)) {
        cw_control_fail(call, CW_CONTROL_REFUSED, "%s", error);
    } else {
        shell->backup_call = call;
        cw_control_on_cancel(call, on_gone, shell);
    }
}
