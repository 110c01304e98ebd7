/* migration.c - see migration.h. */
#include "server/migration.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "server/wakeup.h"
#include "store/move.h"

struct cw_migration {
    struct cw_migration_told told;
    struct cw_wakeup wakeup;
    bool running; /* of the loop: there is a thread to be joined */
    pthread_t thread;
    atomic_bool stop;
    char *url;

    struct cw_store_moving moving; /* while it runs, of its thread */
    char error[256];

    pthread_mutex_t mutex;
    struct cw_buf lines; /* that were not told yet, each with its zero */
    int socket;          /* to PostgreSQL, or -1 */
    bool ended, good;
};

/* --- on its thread ---------------------------------------------------------------------------- */

static void add_line(void *context, const char *line)
{
    struct cw_migration *migration = context;
    pthread_mutex_lock(&migration->mutex);
    cw_buf_append(&migration->lines, line, strlen(line) + 1);
    pthread_mutex_unlock(&migration->mutex);
    cw_wakeup_send(&migration->wakeup);
}

static void keep_socket(void *context, int socket)
{
    struct cw_migration *migration = context;
    pthread_mutex_lock(&migration->mutex);
    migration->socket = socket;
    if (socket >= 0 && migration->stop)
        shutdown(socket, SHUT_RDWR);
    pthread_mutex_unlock(&migration->mutex);
}

static void *run_migration(void *argument)
{
    struct cw_migration *migration = argument;
    bool good = migration->good || cw_store_move_running(&migration->moving, migration->error);
    pthread_mutex_lock(&migration->mutex);
    migration->ended = true;
    migration->good = good;
    pthread_mutex_unlock(&migration->mutex);
    cw_wakeup_send(&migration->wakeup);
    return NULL;
}

/* --- in the loop ------------------------------------------------------------------------------ */

/* What was not told yet. */
static void tell_migration(struct cw_migration *migration, bool ended)
{
    const struct cw_migration_told *told = &migration->told;
    if (ended)
        pthread_join(migration->thread, NULL);
    pthread_mutex_lock(&migration->mutex);
    struct cw_buf lines = migration->lines;
    migration->lines = (struct cw_buf){0};
    pthread_mutex_unlock(&migration->mutex);
    for (size_t at = 0; at < lines.n; at += strlen((const char *)lines.p + at) + 1)
        told->line(told->context, (const char *)lines.p + at);
    cw_buf_finish(&lines);
    if (!ended)
        return;
    migration->running = false;
    told->ended(told->context, migration->good ? NULL : migration->error, migration->moving.frozen);
}

static void on_migration(void *context)
{
    struct cw_migration *migration = context;
    pthread_mutex_lock(&migration->mutex);
    bool ended = migration->ended;
    pthread_mutex_unlock(&migration->mutex);
    if (migration->running)
        tell_migration(migration, ended);
}

struct cw_migration *cw_migration_create(uv_loop_t *loop, struct cw_store_thread *store,
                                         const char *data, const struct cw_migration_told *told)
{
    struct cw_migration *migration = cw_alloc_zero(sizeof *migration);
    migration->told = *told;
    migration->socket = -1;
    migration->moving = (struct cw_store_moving){.thread = store,
                                                 .folder = data,
                                                 .stop = &migration->stop,
                                                 .tell = add_line,
                                                 .connected = keep_socket,
                                                 .context = migration};
    randombytes_buf(&migration->moving.process, sizeof migration->moving.process);
    pthread_mutex_init(&migration->mutex, NULL);
    cw_wakeup_init(&migration->wakeup, loop, on_migration, migration);
    return migration;
}

bool cw_migration_start(struct cw_migration *migration, const char *url, char error[256])
{
    if (migration->running) {
        snprintf(error, 256, "This is under way already: the log says how far it has come.");
        return false;
    }
    free(migration->url);
    migration->url = cw_alloc(strlen(url) + 1);
    memcpy(migration->url, url, strlen(url) + 1);
    migration->moving.url = migration->url;
    migration->ended = false;
    migration->running = pthread_create(&migration->thread, NULL, run_migration, migration) == 0;
    if (!migration->running)
        snprintf(error, 256, "The system has no thread for this just now: try again.");
    return migration->running;
}

void cw_migration_stop(struct cw_migration *migration)
{
    migration->stop = true;
    pthread_mutex_lock(&migration->mutex);
    if (migration->socket >= 0)
        shutdown(migration->socket, SHUT_RDWR);
    pthread_mutex_unlock(&migration->mutex);
    if (migration->running)
        tell_migration(migration, true);
    cw_wakeup_finish(&migration->wakeup);
}

void cw_migration_destroy(struct cw_migration *migration)
{
    pthread_mutex_destroy(&migration->mutex);
    cw_buf_finish(&migration->lines);
    free(migration->url);
    free(migration);
}
