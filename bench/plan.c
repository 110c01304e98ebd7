/* plan.c - see plan.h. A run is a process: what a workload keeps in static
 * variables is fresh each time, and one that dies takes no other along. */
#include "plan.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_SECONDS_MAX 300 /* then it hangs */

#define ALL  (SERVER_CHINWAG | SERVER_LIMIT | SERVER_PEER)
#define BOTH (SERVER_CHINWAG | SERVER_LIMIT)

/* chinwagd by every transport. */
#define EVERY (SERVER_CHINWAG | SERVER_TRANSPORT)

/* How often a job is done: in full; also when it must be quick. */
enum { FULL = 1, QUICK = 2 };

static const struct job {
    const char *work;
    void (*run)(unsigned n);
    unsigned n, smoke_n; /* 0: not in a smoke test */
    unsigned servers;    /* 0: none */
    unsigned modes;
} jobs[] = {
    {"fanout", work_fanout, 10, 10, ALL | EVERY, FULL},
    {"fanout", work_fanout, 100, 0, ALL, FULL},
    {"fanout", work_fanout, 1000, 0, ALL | EVERY | SERVER_MEMORY, FULL | QUICK},
    {"fanout", work_fanout, 5000, 0, ALL, FULL},
    {"pairs", work_pairs, 500, 5, ALL | SERVER_MEMORY, FULL | QUICK},
    {"single", work_single, 1, 1, SERVER_CHINWAG, FULL | QUICK},
    {"durable", work_durable, 1, 1, 0, FULL},
    {"look", work_look, 1, 1, 0, FULL},
    {"voice", work_voice, 1, 1, ALL, FULL | QUICK},
    {"voice", work_voice, 1, 1, SERVER_TRANSPORT, FULL},
    {"voice", work_voice, 24, 0, BOTH, QUICK},
    {"idle", work_idle, 10000, 50, ALL | EVERY, FULL},
    {"idle", work_idle, 2000, 0, ALL, QUICK},
    {"handshake", work_handshake, 2000, 20, EVERY, FULL},
    {"storm", work_storm, 10000, 50, EVERY, FULL},
    {"storm", work_storm, 2000, 0, SERVER_CHINWAG, QUICK},
    {"slow", work_slow, 1000, 20, SERVER_CHINWAG, FULL | QUICK},
    {"bigvoice", work_bigvoice, 1000, 20, SERVER_CHINWAG, FULL | QUICK},
    {"groups", work_groups, 1, 3, BOTH, FULL},
    {"groups", work_groups, 100, 0, BOTH, FULL},
    {"groups", work_groups, 10000, 0, BOTH, FULL},
    {"connections", work_connections, 10, 30, BOTH, FULL},
    {"connections", work_connections, 1000, 0, BOTH, FULL},
    {"connections", work_connections, 10000, 0, BOTH, FULL},
};
#define JOBS (sizeof jobs / sizeof jobs[0])

bool plan_knows(const char *work)
{
    for (size_t i = 0; i < JOBS; i++)
        if (strcmp(jobs[i].work, work) == 0)
            return true;
    return strcmp(work, "voicemax") == 0;
}

/* --- one run ---------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    (void)about, (void)type, (void)ftw;
    return remove(path);
}

static _Noreturn void child(const struct job *job, const struct server *server, unsigned n, int fd)
{
    run.server = server;
    run.protocol = server == NULL ? NULL : server->protocol;
    report_to(fd, server == NULL ? "" : server->name);
    alarm(RUN_SECONDS_MAX);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    take_precedence();
    if (server != NULL)
        server_start();
    job->run(n);
    if (server != NULL)
        server_stop();
    _exit(0);
}

static void collect(struct plan *plan, const char *work, FILE *from)
{
    char server[32], params[64], metric[64];
    double value;
    while (fscanf(from, "%31[^\t]\t%63[^\t]\t%63[^\t]\t%lf\n", server, params, metric, &value) == 4)
        table_add(plan->table, work, server, params, metric, value);
}

static bool run_once(struct plan *plan, const char *work, const struct job *job,
                     const struct server *server, unsigned n)
{
    int ends[2], status = -1;
    const char *name = server == NULL ? "(no server)" : server->name;
    fprintf(stderr, "\r\033[K%s %u: %s", work, n, name);
    if (mkdir(run.folder, 0700) != 0 || pipe(ends) != 0)
        die("cannot start a run: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(job, server, n, ends[1]);
    }
    close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    collect(plan, work, from);
    fclose(from);
    waitpid(pid, &status, 0);
    nftw(run.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (status == 0)
        return true;
    plan->failures++;
    fprintf(stderr, "\nFAILED: %s %u with %s (%s %d)\n", work, n, name,
            WIFSIGNALED(status) ? "signal" : "exit",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static bool wanted(const struct plan *plan, const char *work)
{
    return plan->only == NULL || strcmp(plan->only, work) == 0;
}

static bool takes_part(const struct plan *plan, const struct server *server, unsigned kinds)
{
    if ((server->kind & kinds) == 0 || server_program(server) == NULL)
        return false;
    if (run.smoke)
        return (server->kind & EVERY) != 0;
    if (plan->peers != NULL && strncmp(plan->peers, server->name, strlen(plan->peers)) != 0)
        return server->kind == SERVER_LIMIT;
    return !plan->quick || server->kind != SERVER_PEER || strcmp(server->name, "redis") == 0;
}

/* --- the most calls ---------------------------------------------------------------------- */

/* Calls of 25 whose frames arrive within 20 ms, 99 in 100, and none is lost. */
static bool bears_now(const struct server *server, unsigned calls)
{
    static const struct job voice = {"voice", work_voice, 0, 0, 0, 0};
    struct plan trial = {.table = table_create()};
    char params[32];
    snprintf(params, sizeof params, "calls=%u N=25", calls);
    bool good = run_once(&trial, "voicemax", &voice, server, calls);
    double p99_us = table_median(trial.table, "voicemax", server->name, params, "p99_us");
    double delivered = table_median(trial.table, "voicemax", server->name, params, "delivered_pct");
    table_destroy(trial.table);
    return good && p99_us > 0 && p99_us < 20000 && delivered >= 99.9;
}

/* A second chance: a moment's noise would end the search. */
static bool bears(const struct server *server, unsigned calls)
{
    return bears_now(server, calls) || bears_now(server, calls);
}

/* Doubles, then halves what is left to know. */
static void find_most_calls(struct plan *plan, const struct server *server)
{
    unsigned good = 0, bad = 1;
    while (bad <= 128 && bears(server, bad)) {
        good = bad;
        bad *= 2;
    }
    while (bad - good > good / 12 + 1) {
        unsigned middle = (good + bad) / 2;
        if (bears(server, middle))
            good = middle;
        else
            bad = middle;
    }
    table_add(plan->table, "voicemax", server->name, "N=25 p99<20ms", "calls", good);
}

/* ------------------------------------------------------------------------------------------ */

static void run_job(struct plan *plan, const struct job *job)
{
    unsigned n = run.smoke ? job->smoke_n : job->n;
    unsigned mode = plan->quick ? QUICK : FULL;
    if (!wanted(plan, job->work) || n == 0 || (!run.smoke && (job->modes & mode) == 0))
        return;
    if (job->servers == 0)
        run_once(plan, job->work, job, NULL, n);
    for (size_t i = 0; i < server_count; i++)
        if (takes_part(plan, &servers[i], job->servers))
            run_once(plan, job->work, job, &servers[i], n);
}

void plan_carry_out(struct plan *plan)
{
    for (unsigned round = 0; round < plan->rounds; round++) {
        for (size_t i = 0; i < JOBS; i++)
            run_job(plan, &jobs[i]);
        for (size_t i = 0; i < server_count; i++)
            if (!plan->quick && !run.smoke && wanted(plan, "voicemax") &&
                takes_part(plan, &servers[i], ALL))
                find_most_calls(plan, &servers[i]);
    }
    fputs("\r\033[K", stderr);
}
