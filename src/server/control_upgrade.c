/* control_upgrade.c - chinwagctl finish-upgrade: all servers on one PostgreSQL are of one version.
 * The work waits for PostgreSQL, on a worker of libuv; the shell's last run of the loop waits for
 * that. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "server/control.h"
#include "server/log.h"
#include "server/shell_internal.h"
#include "store/store.h"

struct job {
    uv_work_t work;
    struct cw_control_call *call; /* NULL: it has gone */
    char url[sizeof((struct cw_config *)0)->store];
    bool good;
    char error[256];
};

static void on_asker_gone(struct cw_control_call *call, void *context)
{
    struct job *job = context;
    job->call = NULL;
    cw_control_end(call, CW_CONTROL_DONE);
}

static void finish_on_worker(uv_work_t *work)
{
    struct job *job = work->data;
    job->good = cw_store_finish_upgrade(job->url, job->error);
}

static void on_upgrade_finished(uv_work_t *work, int status)
{
    struct job *job = work->data;
    (void)status;
    if (job->good)
        cw_log("the upgrade is finished: servers of the version before do not start any more");
    if (job->call != NULL && job->good)
        cw_control_end(job->call, CW_CONTROL_DONE);
    else if (job->call != NULL)
        cw_control_fail(job->call, CW_CONTROL_REFUSED, "%s", job->error);
    free(job);
}

void cw_control_finish_upgrade(struct cw_shell *shell, struct cw_control_call *call)
{
    const struct cw_config *config = cw_reach_config(shell->reach);
    if (config->store[0] == '\0') {
        cw_control_fail(call, CW_CONTROL_REFUSED,
                        "This server has its database for itself: there is nothing to finish.");
        return;
    }
    struct job *job = cw_alloc_zero(sizeof *job);
    job->work.data = job;
    job->call = call;
    snprintf(job->url, sizeof job->url, "%s", config->store);
    cw_control_on_cancel(call, on_asker_gone, job);
    uv_queue_work(&shell->loop, &job->work, finish_on_worker, on_upgrade_finished);
}
