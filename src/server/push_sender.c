/* push_sender.c - see push_sender.h. The threads take items from the queue (push_queue.h); what has
 * come of them goes back to the loop, which frees them. */
#include "server/push_sender.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/account.h"
#include "base/alloc.h"
#include "base/limits.h"
#include "outgoing/post.h"
#include "server/log.h"
#include "server/push_payload.h"
#include "server/wakeup.h"
#include "server/worker.h"
#include "text/url.h"

struct cw_push_sender {
    struct cw_push_options options;
    struct cw_vapid_key key; /* from `has_key` on, which the threads find true */
    bool has_key;
    cw_push_gone_fn *gone;
    void *context;
    struct cw_wakeup finished;
    pthread_t threads[CW_PUSH_THREADS];
    size_t thread_count;
    uint64_t last_full_ms; /* when it was said that the queue is full */
    pthread_mutex_t mutex; /* of all that follows */
    pthread_cond_t changed;
    struct cw_push_queue queue;
    struct cw_push_item *done; /* back from the threads */
    bool stopping;
};

static uint64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- the threads ------------------------------------------------------------------------------ */

static bool is_stopping(void *sender)
{
    struct cw_push_sender *s = sender;
    pthread_mutex_lock(&s->mutex);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->mutex);
    return stopping;
}

/* With the mutex. */
static void hand_back(struct cw_push_sender *sender, struct cw_push_item *item)
{
    if (item == NULL)
        return;
    item->next = sender->done;
    sender->done = item;
    cw_wakeup_send(&sender->finished);
}

/* With the mutex, which it leaves while it waits. */
static void wait_for_work(struct cw_push_sender *sender, uint64_t wait_ms)
{
    struct timespec until;
    if (wait_ms == UINT64_MAX) {
        pthread_cond_wait(&sender->changed, &sender->mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + wait_ms % 1000 * 1000000;
    until.tv_sec += (time_t)(wait_ms / 1000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(&sender->changed, &sender->mutex, &until);
}

/* True: another attempt may succeed. */
static bool post_item(const struct cw_push_sender *sender, struct cw_outgoing *client,
                      struct cw_push_item *item, uint64_t *asked_ms)
{
    const struct cw_push_options *options = &sender->options;
    struct cw_buf body = {0}, lines = {0};
    struct cw_outgoing_answer answer = {.status = 0};
    item->gone = !cw_push_put_body(item, &sender->key, &body);
    if (item->gone)
        return false;
    cw_push_put_headers(item, &sender->key, options->subject, clock_ms(CLOCK_REALTIME) / 1000,
                        &lines);
    cw_buf_append_byte(&lines, 0);
    enum cw_outgoing_result result = cw_outgoing_post(client, item->endpoint, (const char *)lines.p,
                                                      cw_buf_slice(&body), &answer);
    cw_buf_finish(&lines);
    cw_buf_finish(&body);
    item->status = answer.status;
    item->gone = answer.status == 404 || answer.status == 410;
    *asked_ms = (uint64_t)answer.wait_ms;
    if (answer.status != 0)
        snprintf(item->why, sizeof item->why, "it answered %d", answer.status);
    else
        snprintf(item->why, sizeof item->why, "%.119s", answer.why);
    return result == CW_OUTGOING_FAILED || answer.status == 429 || answer.status >= 500;
}

/* With the mutex. */
static void take_back(struct cw_push_sender *sender, struct cw_push_item *item, bool again,
                      uint64_t asked_ms)
{
    if (!again) {
        cw_push_queue_done(&sender->queue, item);
        hand_back(sender, item);
        return;
    }
    struct cw_push_item *replaced;
    struct cw_url url;
    cw_url_read(item->endpoint, &url);
    unsigned failures =
        cw_push_queue_failed(&sender->queue, item, clock_ms(CLOCK_MONOTONIC), asked_ms, &replaced);
    if (failures == 1)
        cw_log("%.*s takes no push messages (%s); trying again", (int)url.place.n,
               (const char *)url.place.p, item->why);
    hand_back(sender, replaced);
}

static void *send_pushes(void *argument)
{
    struct cw_push_sender *sender = argument;
    const struct cw_outgoing_rules rules = {
        .allow_private = sender->options.allow_private, .stopped = is_stopping, .context = sender};
    struct cw_outgoing *client = cw_outgoing_create(&rules);
    cw_worker_begin();
    if (client == NULL)
        cw_log("push messages: not enough memory");
    pthread_mutex_lock(&sender->mutex);
    while (!sender->stopping) {
        uint64_t wait_ms = UINT64_MAX, asked_ms = 0;
        struct cw_push_item *expired = NULL;
        struct cw_push_item *item =
            client == NULL
                ? NULL
                : cw_push_queue_take(&sender->queue, clock_ms(CLOCK_MONOTONIC), &wait_ms, &expired);
        for (struct cw_push_item *next; expired != NULL; expired = next) {
            next = expired->next;
            hand_back(sender, expired);
        }
        if (item == NULL) {
            wait_for_work(sender, wait_ms);
            continue;
        }
        pthread_mutex_unlock(&sender->mutex);
        bool again = post_item(sender, client, item, &asked_ms);
        pthread_mutex_lock(&sender->mutex);
        take_back(sender, item, again, asked_ms);
        pthread_cond_broadcast(&sender->changed);
    }
    pthread_mutex_unlock(&sender->mutex);
    cw_outgoing_destroy(client);
    return NULL;
}

/* Signals are the loop's. */
static void start_threads(struct cw_push_sender *sender)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (sender->thread_count < CW_PUSH_THREADS &&
           pthread_create(&sender->threads[sender->thread_count], NULL, send_pushes, sender) == 0)
        sender->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* --- the loop --------------------------------------------------------------------------------- */

static void free_item(struct cw_push_sender *sender, struct cw_push_item *item)
{
    if (item == NULL)
        return;
    cw_ledger_give(sender->options.ledger, item->size);
    free(item);
}

static void end_item(struct cw_push_sender *sender, struct cw_push_item *item)
{
    struct cw_url url;
    cw_url_read(item->endpoint, &url);
    if (item->gone)
        sender->gone(sender->context, item->about[0], item->endpoint);
    else if (item->status >= 300 || (item->status == 0 && item->why[0] != 0))
        cw_log("%.*s refuses a push message (%s)", (int)url.place.n, (const char *)url.place.p,
               item->why);
    free_item(sender, item);
}

static void on_finished(void *context)
{
    struct cw_push_sender *sender = context;
    pthread_mutex_lock(&sender->mutex);
    struct cw_push_item *item = sender->done;
    sender->done = NULL;
    pthread_mutex_unlock(&sender->mutex);
    for (struct cw_push_item *next; item != NULL; item = next) {
        next = item->next;
        end_item(sender, item);
    }
}

static bool has_key(struct cw_push_sender *sender)
{
    if (!sender->has_key)
        sender->has_key = cw_vapid_key_make(sender->options.secret, &sender->key);
    return sender->has_key;
}

bool cw_push_sender_key(struct cw_push_sender *sender, char text[CW_PUSH_KEY_TEXT])
{
    struct cw_buf key = {0};
    if (!has_key(sender))
        return false;
    cw_push_put_base64url(cw_slice_of(sender->key.point, sizeof sender->key.point), &key);
    snprintf(text, CW_PUSH_KEY_TEXT, "%.*s", (int)key.n, (const char *)key.p);
    cw_buf_finish(&key);
    return true;
}

void cw_push_sender_submit(struct cw_push_sender *sender, const struct cw_effect *effect)
{
    uint64_t now_ms = clock_ms(CLOCK_MONOTONIC);
    struct cw_push_item *item = has_key(sender) ? cw_push_item_make(effect, now_ms) : NULL;
    if (item == NULL)
        return;
    cw_ledger_charge(sender->options.ledger, item->size);
    if (sender->thread_count == 0)
        start_threads(sender);
    pthread_mutex_lock(&sender->mutex);
    struct cw_push_item *left = cw_push_queue_put(&sender->queue, item);
    pthread_cond_signal(&sender->changed);
    pthread_mutex_unlock(&sender->mutex);
    if (left == item && now_ms - sender->last_full_ms >= 60000) {
        sender->last_full_ms = now_ms;
        cw_log("too many push messages wait for their services; the newest are dropped");
    }
    free_item(sender, left);
}

struct cw_push_sender *cw_push_sender_create(uv_loop_t *loop, const struct cw_push_options *options,
                                             cw_push_gone_fn *gone, void *context)
{
    struct cw_push_sender *sender = cw_alloc_zero(sizeof *sender);
    pthread_condattr_t clock;
    uint64_t seed[2];
    randombytes_buf(seed, sizeof seed);
    sender->options = *options;
    sender->gone = gone;
    sender->context = context;
    pthread_mutex_init(&sender->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&sender->changed, &clock);
    pthread_condattr_destroy(&clock);
    cw_push_queue_init(&sender->queue, seed);
    cw_wakeup_init(&sender->finished, loop, on_finished, sender);
    return sender;
}

void cw_push_sender_stop(struct cw_push_sender *sender)
{
    pthread_mutex_lock(&sender->mutex);
    sender->stopping = true;
    pthread_cond_broadcast(&sender->changed);
    pthread_mutex_unlock(&sender->mutex);
    for (size_t i = 0; i < sender->thread_count; i++)
        pthread_join(sender->threads[i], NULL);
    cw_wakeup_finish(&sender->finished);
}

void cw_push_sender_destroy(struct cw_push_sender *sender)
{
    for (struct cw_push_item *item = sender->done, *next; item != NULL; item = next) {
        next = item->next;
        free_item(sender, item);
    }
    cw_ledger_give(sender->options.ledger, sender->queue.bytes);
    cw_push_queue_finish(&sender->queue);
    pthread_cond_destroy(&sender->changed);
    pthread_mutex_destroy(&sender->mutex);
    sodium_memzero(sender->options.secret, sizeof sender->options.secret);
    sodium_memzero(&sender->key, sizeof sender->key);
    free(sender);
}
