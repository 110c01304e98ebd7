/* back_up.c - see back_up.h. */
#include "server/back_up.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "frame/curve_text.h"
#include "server/curve_key.h"
#include "server/last_backup.h"
#include "server/wakeup.h"

enum copied { COPY_UNDER_WAY, COPY_GOOD, COPY_BAD };

struct cw_back_up {
    struct cw_store_thread *store;
    const char *data;
    void (*ended)(void *context, const struct cw_back_up_end *end);
    void *context;
    struct cw_wakeup wakeup;
    bool running; /* of the loop: there is a thread to be joined */
    pthread_t thread;
    atomic_bool stop;

    struct cw_back_up_wish wish; /* while it runs, of its thread */
    struct cw_back_up_end end;

    pthread_mutex_t mutex;
    pthread_cond_t changed; /* `copied`, or `stop` */
    enum copied copied;
    char copy_error[256];
};

/* --- on its thread ---------------------------------------------------------------------------- */

/* On the store's thread. */
static void on_copied(void *context, const char *failure)
{
    struct cw_back_up *back_up = context;
    pthread_mutex_lock(&back_up->mutex);
    back_up->copied = failure == NULL ? COPY_GOOD : COPY_BAD;
    snprintf(back_up->copy_error, sizeof back_up->copy_error, "%s", failure == NULL ? "" : failure);
    pthread_cond_signal(&back_up->changed);
    pthread_mutex_unlock(&back_up->mutex);
}

static bool copy_database(void *context, const char *path, char error[256])
{
    struct cw_back_up *back_up = context;
    back_up->copied = COPY_UNDER_WAY;
    cw_store_thread_copy(back_up->store, path, on_copied, back_up);
    pthread_mutex_lock(&back_up->mutex);
    while (back_up->copied == COPY_UNDER_WAY && !back_up->stop)
        pthread_cond_wait(&back_up->changed, &back_up->mutex);
    bool good = back_up->copied == COPY_GOOD;
    memcpy(error, back_up->copy_error, sizeof back_up->copy_error);
    if (back_up->copied == COPY_UNDER_WAY)
        snprintf(error, 256, "The backup was given up, since the server ends.");
    pthread_mutex_unlock(&back_up->mutex);
    if (!good) /* nothing is written to the folder any more, which is removed now */
        cw_store_thread_copy_end(back_up->store);
    return good;
}

static void release_files(void *context)
{
    cw_store_thread_copy_end(((struct cw_back_up *)context)->store);
}

/* "-" where it cannot be read: then its backups are known by the database. */
static void read_server_key(const char *data, char text[CW_CURVE_KEY_TEXT])
{
    char ignored[256];
    int64_t old_until_s;
    struct cw_curve_server server = {.old_key_opens = false};
    snprintf(text, CW_CURVE_KEY_TEXT, "-");
    if (cw_curve_key_read(data, (int64_t)time(NULL), &server, &old_until_s, ignored))
        cw_curve_key_text(server.key.public_key, text);
    cw_curve_key_wipe(&server.key);
    cw_curve_key_wipe(&server.old_key);
}

static void *run(void *argument)
{
    struct cw_back_up *back_up = argument;
    const struct cw_back_up_wish *wish = &back_up->wish;
    char server[CW_CURVE_KEY_TEXT];
    read_server_key(back_up->data, server);
    struct cw_backup_order order = {.data = back_up->data,
                                    .folder = back_up->end.folder,
                                    .sealed = wish->sealed,
                                    .expire_days = wish->expire_days,
                                    .time_ms = wish->time_ms,
                                    .date_ms = wish->date_ms,
                                    .server = server,
                                    .copy = copy_database,
                                    .copied = release_files,
                                    .context = back_up,
                                    .stop = &back_up->stop};
    memcpy(order.seal_to, wish->seal_to, sizeof order.seal_to);
    back_up->end.good = cw_backup_make(&order, &back_up->end.made, back_up->end.error);
    cw_store_thread_copy_end(back_up->store);
    if (back_up->end.good)
        cw_last_backup_note(back_up->data, (int64_t)(wish->time_ms / 1000));
    cw_wakeup_send(&back_up->wakeup);
    return NULL;
}

/* --- in the loop ------------------------------------------------------------------------------ */

static void on_wakeup(void *context)
{
    struct cw_back_up *back_up = context;
    if (!back_up->running)
        return;
    pthread_join(back_up->thread, NULL);
    back_up->running = false;
    back_up->ended(back_up->context, &back_up->end);
}

struct cw_back_up *cw_back_up_create(uv_loop_t *loop, struct cw_store_thread *store,
                                     const char *data,
                                     void (*ended)(void *context, const struct cw_back_up_end *end),
                                     void *context)
{
    struct cw_back_up *back_up = cw_alloc_zero(sizeof *back_up);
    back_up->store = store;
    back_up->data = data;
    back_up->ended = ended;
    back_up->context = context;
    pthread_mutex_init(&back_up->mutex, NULL);
    pthread_cond_init(&back_up->changed, NULL);
    cw_wakeup_init(&back_up->wakeup, loop, on_wakeup, back_up);
    return back_up;
}

bool cw_back_up_start(struct cw_back_up *back_up, const struct cw_back_up_wish *wish,
                      char error[256])
{
    if (back_up->running) {
        snprintf(error, 256, "A backup to %.160s is under way: wait for its end.",
                 back_up->end.folder);
        return false;
    }
    if (wish->folder[0] != '/' || strlen(wish->folder) >= sizeof back_up->end.folder) {
        snprintf(error, 256, "The folder of the backup must be an absolute path, not '%.120s'.",
                 wish->folder);
        return false;
    }
    memset(&back_up->end, 0, sizeof back_up->end);
    back_up->wish = *wish;
    snprintf(back_up->end.folder, sizeof back_up->end.folder, "%s", wish->folder);
    back_up->running = pthread_create(&back_up->thread, NULL, run, back_up) == 0;
    if (!back_up->running)
        snprintf(error, 256, "The system has no thread for a backup just now: try again.");
    return back_up->running;
}

void cw_back_up_stop(struct cw_back_up *back_up)
{
    pthread_mutex_lock(&back_up->mutex);
    back_up->stop = true;
    pthread_cond_signal(&back_up->changed);
    pthread_mutex_unlock(&back_up->mutex);
    if (back_up->running)
        pthread_join(back_up->thread, NULL);
    back_up->running = false;
    cw_wakeup_finish(&back_up->wakeup);
}

void cw_back_up_destroy(struct cw_back_up *back_up)
{
    pthread_mutex_destroy(&back_up->mutex);
    pthread_cond_destroy(&back_up->changed);
    free(back_up);
}
