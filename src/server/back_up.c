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

    struct copy { /* of the database */
        const char *path;
        bool held; /* no file is removed */
        enum cw_store_copying going;
        char error[256];
    } copy;
};

/* --- on its thread ---------------------------------------------------------------------------- */

static bool begin_copy(struct cw_store *store, void *context)
{
    struct copy *copy = context;
    copy->going =
        cw_store_copy_begin(store, copy->path, copy->error) ? CW_COPY_MORE : CW_COPY_FAILED;
    return false;
}

static bool go_on_with_copy(struct cw_store *store, void *context)
{
    struct copy *copy = context;
    copy->going = cw_store_copy_step(store, copy->error);
    return false;
}

/* Files that were held go now. */
static bool end_copy(struct cw_store *store, void *context)
{
    (void)context;
    cw_store_copy_end(store);
    return true;
}

static void release_files(void *context)
{
    struct cw_back_up *back_up = context;
    if (back_up->copy.held)
        cw_store_thread_visit(back_up->store, end_copy, NULL);
    back_up->copy.held = false;
}

static bool copy_database(void *context, const char *path, char error[256])
{
    struct cw_back_up *back_up = context;
    struct copy *copy = &back_up->copy;
    *copy = (struct copy){.path = path, .held = true};
    cw_store_thread_visit(back_up->store, begin_copy, copy);
    while (copy->going == CW_COPY_MORE && !back_up->stop)
        cw_store_thread_visit(back_up->store, go_on_with_copy, copy);
    memcpy(error, copy->error, sizeof copy->error);
    if (copy->going == CW_COPY_MORE)
        snprintf(error, 256, "The backup was given up, since the server ends.");
    if (copy->going != CW_COPY_DONE) /* nothing is written to the folder any more, which goes now */
        release_files(back_up);
    return copy->going == CW_COPY_DONE;
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
    release_files(back_up);
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
    back_up->stop = true;
    if (back_up->running)
        pthread_join(back_up->thread, NULL);
    back_up->running = false;
    cw_wakeup_finish(&back_up->wakeup);
}

void cw_back_up_destroy(struct cw_back_up *back_up)
{
    free(back_up);
}
