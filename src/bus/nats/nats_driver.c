/* nats_driver.c - the driver of driver.h over NATS: a thread with a loop of its own, since libnats
 * waits in its calls while it connects. Two queues lie between it and the server's loop: what was
 * published goes with each flush, what has come is taken by each poll. Loaded by ../nats_module.c.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bus/nats/connection.h"
#include "bus/nats_module.h"

#define CONNECT_AGAIN_MS 1000
/* A user whom NATS does not permit enough connects anew after REFUSED_AGAIN_MS, and counts as
 * connected when nothing was refused for SETTLED_MS. */
#define REFUSED_AGAIN_MS 5000
#define SETTLED_MS       1000
/* So long handles may take to be closed. */
#define END_MS 200
/* What waits for a NATS that does not read; beyond that it is dropped. */
#define UNSENT_BYTES_MAX (16 * 1024 * 1024)

struct outgoing {
    struct outgoing *next;
    char subject[CW_BUS_SUBJECT_MAX];
    size_t n;
    uint8_t bytes[];
};

struct incoming {
    struct incoming *next;
    natsMsg *msg;
    bool own;
};

struct nats_driver {
    struct cw_bus_driver driver; /* first */
    void (*rung)(void *context);
    void *context;
    char all[CW_BUS_SUBJECT_MAX], own[CW_BUS_SUBJECT_MAX];
    struct cw_bus_listener listener;
    pthread_t thread;
    int wake; /* an eventfd */
    struct cw_nats_events events;
    atomic_bool refused, refused_now; /* NATS permits too little; it said so since on_woken */

    /* The server's loop: */
    struct outgoing *published, **published_end; /* since the last flush */
    bool told_up;
    char reason[256];

    pthread_mutex_t mutex; /* of all that follow, to the next comment */
    pthread_cond_t was_closed;
    struct outgoing *out, **out_end;
    struct incoming *in, **in_end;
    size_t in_count, in_bytes;
    bool up, fell; /* fell: it was down since the last poll */
    bool lost;
    bool closed; /* the library calls nothing more for the connection */
    bool stopping;
    char why[256];

    /* The thread's own: */
    struct cw_nats nats;
    uv_loop_t loop;
    uv_poll_t woken;
    uv_check_t check;
    uv_timer_t again;
    int64_t dropped; /* by the library, as counted last */
    bool connected;  /* else what is in `nats` is forgotten with the next attempt */
};

/* --- both sides --------------------------------------------------------------------------------
 */

static void wake(struct nats_driver *driver)
{
    const uint64_t one = 1;
    ssize_t written = write(driver->wake, &one, sizeof one);
    (void)written; /* it is awake if the counter is full */
}

static void free_outgoing(struct outgoing *list)
{
    while (list != NULL) {
        struct outgoing *next = list->next;
        free(list);
        list = next;
    }
}

static void free_incoming(struct incoming *list)
{
    while (list != NULL) {
        struct incoming *next = list->next;
        natsMsg_Destroy(list->msg);
        free(list);
        list = next;
    }
}

/* --- on threads of the library -------------------------------------------------------------------
 */

static void set_state(struct nats_driver *driver, bool up, const char *why)
{
    pthread_mutex_lock(&driver->mutex);
    up &= !driver->refused;
    driver->fell |= driver->up && !up;
    driver->up = up;
    if (!up && !driver->refused)
        snprintf(driver->why, sizeof driver->why, "%s",
                 why == NULL || why[0] == '\0' ? "it was lost" : why);
    pthread_mutex_unlock(&driver->mutex);
    driver->rung(driver->context);
}

static void on_connected(void *context, bool connected, const char *why)
{
    set_state(context, connected, why);
}

static void on_refused(void *context, const char *why)
{
    struct nats_driver *driver = context;
    pthread_mutex_lock(&driver->mutex);
    driver->fell |= driver->up;
    driver->up = false;
    snprintf(driver->why, sizeof driver->why, "%s", why);
    atomic_store(&driver->refused, true);
    atomic_store(&driver->refused_now, true);
    pthread_mutex_unlock(&driver->mutex);
    driver->rung(driver->context);
    wake(driver);
}

static void on_closed(void *context)
{
    struct nats_driver *driver = context;
    pthread_mutex_lock(&driver->mutex);
    driver->closed = true;
    pthread_cond_signal(&driver->was_closed);
    wake(driver);
    pthread_mutex_unlock(&driver->mutex);
}

/* --- the thread
 * ------------------------------------------------------------------------------------ */

static bool has_room(const struct nats_driver *driver, size_t n)
{
    return driver->in_count < CW_BUS_PENDING_MAX &&
           driver->in_bytes + n <= CW_BUS_PENDING_BYTES_MAX;
}

/* For the server's loop; true: nothing was waiting there before. */
static bool keep(struct nats_driver *driver, natsMsg *msg, bool own)
{
    size_t n = (size_t)natsMsg_GetDataLength(msg);
    pthread_mutex_lock(&driver->mutex);
    bool first = driver->in == NULL, room = has_room(driver, n);
    if (room) {
        struct incoming *incoming = cw_alloc(sizeof *incoming);
        *incoming = (struct incoming){.msg = msg, .own = own};
        *driver->in_end = incoming;
        driver->in_end = &incoming->next;
        driver->in_count++;
        driver->in_bytes += n;
    }
    driver->lost |= !room;
    pthread_mutex_unlock(&driver->mutex);
    if (!room)
        natsMsg_Destroy(msg);
    return first;
}

static bool take_from(struct nats_driver *driver, natsSubscription *sub)
{
    natsMsg *msg;
    bool first = false;
    while (sub != NULL && natsSubscription_NextMsg(&msg, sub, 0) == NATS_OK)
        first |= keep(driver, msg, sub == driver->nats.own);
    return first;
}

/* What the library has dropped since; true: something. */
static bool has_dropped(struct nats_driver *driver)
{
    int64_t all = 0, own = 0;
    if (driver->nats.own != NULL) {
        natsSubscription_GetDropped(driver->nats.all, &all);
        natsSubscription_GetDropped(driver->nats.own, &own);
    }
    bool more = all + own > driver->dropped;
    driver->dropped = all + own;
    return more;
}

/* After each turn in which something may have come. */
static void on_check(uv_check_t *check)
{
    struct nats_driver *driver = check->data;
    bool first = take_from(driver, driver->nats.all);
    first |= take_from(driver, driver->nats.own);
    if (has_dropped(driver)) {
        pthread_mutex_lock(&driver->mutex);
        driver->lost = first = true;
        pthread_mutex_unlock(&driver->mutex);
    }
    if (first)
        driver->rung(driver->context);
}

/* Waits for the last call of the library: the driver may be freed afterwards. */
static void disconnect(struct nats_driver *driver)
{
    driver->connected = false;
    if (driver->nats.conn == NULL)
        return;
    cw_nats_disconnect(&driver->nats);
    pthread_mutex_lock(&driver->mutex);
    while (!driver->closed)
        pthread_cond_wait(&driver->was_closed, &driver->mutex);
    driver->closed = false;
    pthread_mutex_unlock(&driver->mutex);
}

static void connect_now(struct nats_driver *driver)
{
    char error[256] = "";
    cw_nats_forget(&driver->nats);
    driver->connected = cw_nats_connect(&driver->nats, driver->all, driver->own, error);
    driver->dropped = 0;
    set_state(driver, driver->connected, error);
    if (!driver->connected)
        disconnect(driver);
}

/* Without a connection nothing is told: the library makes one again, and tells that. */
static void on_settled(uv_timer_t *timer)
{
    struct nats_driver *driver = timer->data;
    atomic_store(&driver->refused, false);
    if (natsConnection_Status(driver->nats.conn) == NATS_CONN_STATUS_CONNECTED)
        set_state(driver, true, NULL);
}

/* After a refusal an empty message to this server itself shows whether NATS permits it now. */
static void on_again(uv_timer_t *timer)
{
    struct nats_driver *driver = timer->data;
    if (!driver->connected)
        connect_now(driver);
    if (!driver->connected)
        return;
    uv_timer_stop(timer);
    if (!atomic_load(&driver->refused))
        return;
    natsConnection_Publish(driver->nats.conn, driver->own, NULL, 0);
    uv_timer_start(timer, on_settled, SETTLED_MS, 0);
}

static void on_anew(uv_timer_t *timer)
{
    struct nats_driver *driver = timer->data;
    if (driver->connected)
        disconnect(driver);
    uv_timer_start(timer, on_again, CONNECT_AGAIN_MS, CONNECT_AGAIN_MS);
}

static void publish_all(struct nats_driver *driver, const struct outgoing *out)
{
    for (; out != NULL && driver->connected; out = out->next)
        if (natsConnection_Buffered(driver->nats.conn) < UNSENT_BYTES_MAX)
            natsConnection_Publish(driver->nats.conn, out->subject, out->bytes, (int)out->n);
}

/* libnats' adapter closes its handles in a later turn; but not when it was just about to connect
 * again, whose failure makes it forget the rest (adapters/libuv.h, uvAsyncCb). */
static void on_end(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void end_loop(struct nats_driver *driver)
{
    if (driver->connected)
        disconnect(driver);
    uv_close((uv_handle_t *)&driver->woken, NULL);
    uv_close((uv_handle_t *)&driver->check, NULL);
    uv_timer_start(&driver->again, on_end, END_MS, 0);
    uv_unref((uv_handle_t *)&driver->again);
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_woken(uv_poll_t *poll, int status, int events)
{
    struct nats_driver *driver = poll->data;
    uint64_t count;
    (void)status, (void)events;
    if (read(driver->wake, &count, sizeof count) < 0 && errno != EAGAIN)
        return;
    pthread_mutex_lock(&driver->mutex);
    struct outgoing *out = driver->out;
    bool up = driver->up, stopping = driver->stopping, closed = driver->closed;
    bool refused = atomic_exchange(&driver->refused_now, false);
    driver->out = NULL;
    driver->out_end = &driver->out;
    pthread_mutex_unlock(&driver->mutex);
    if (up)
        publish_all(driver, out);
    free_outgoing(out);
    if (stopping) {
        end_loop(driver);
    } else if (closed) { /* by the library itself */
        disconnect(driver);
        set_state(driver, false, "it was closed");
        uv_timer_start(&driver->again, on_again, CONNECT_AGAIN_MS, CONNECT_AGAIN_MS);
    } else if (refused) {
        uv_timer_start(&driver->again, on_anew, REFUSED_AGAIN_MS, 0);
    }
}

static void *run_driver(void *argument)
{
    struct nats_driver *driver = argument;
    cw_nats_set_loop(&driver->nats, &driver->loop);
    uv_timer_start(&driver->again, on_again, 0, CONNECT_AGAIN_MS);
    uv_run(&driver->loop, UV_RUN_DEFAULT);
    uv_walk(&driver->loop, close_handle, NULL);
    uv_run(&driver->loop, UV_RUN_DEFAULT);
    cw_nats_forget(&driver->nats);
    return NULL;
}

/* --- the server's loop
 * ------------------------------------------------------------------------------- */

static void nats_start(struct cw_bus_driver *base, const char *all, const char *own,
                       const struct cw_bus_listener *listener)
{
    struct nats_driver *driver = (struct nats_driver *)base;
    snprintf(driver->all, sizeof driver->all, "%s", all);
    snprintf(driver->own, sizeof driver->own, "%s", own);
    driver->listener = *listener;
    if (pthread_create(&driver->thread, NULL, run_driver, driver) != 0) {
        fputs("chinwag: cannot start the bus's thread\n", stderr);
        abort();
    }
}

static void nats_publish(struct cw_bus_driver *base, const char *subject, struct cw_slice bytes)
{
    struct nats_driver *driver = (struct nats_driver *)base;
    struct outgoing *out = cw_alloc(sizeof *out + bytes.n);
    out->next = NULL;
    out->n = bytes.n;
    snprintf(out->subject, sizeof out->subject, "%s", subject);
    memcpy(out->bytes, bytes.p, bytes.n);
    *driver->published_end = out;
    driver->published_end = &out->next;
}

static void nats_flush(struct cw_bus_driver *base)
{
    struct nats_driver *driver = (struct nats_driver *)base;
    if (driver->published == NULL)
        return;
    pthread_mutex_lock(&driver->mutex);
    *driver->out_end = driver->published;
    driver->out_end = driver->published_end;
    pthread_mutex_unlock(&driver->mutex);
    driver->published = NULL;
    driver->published_end = &driver->published;
    wake(driver);
}

static void tell_state(struct nats_driver *driver, bool up, bool fell, bool lost)
{
    const struct cw_bus_listener *to = &driver->listener;
    if (driver->told_up && (!up || fell))
        to->state(to->context, CW_BUS_DOWN);
    if (up && (!driver->told_up || fell))
        to->state(to->context, CW_BUS_UP);
    else if (up && lost)
        to->state(to->context, CW_BUS_LOST);
    driver->told_up = up;
}

static void nats_poll(struct cw_bus_driver *base)
{
    struct nats_driver *driver = (struct nats_driver *)base;
    pthread_mutex_lock(&driver->mutex);
    struct incoming *in = driver->in;
    bool up = driver->up, fell = driver->fell, lost = driver->lost;
    memcpy(driver->reason, driver->why, sizeof driver->reason);
    driver->in = NULL;
    driver->in_end = &driver->in;
    driver->in_count = driver->in_bytes = 0;
    driver->fell = driver->lost = false;
    pthread_mutex_unlock(&driver->mutex);
    tell_state(driver, up, fell, lost);
    for (const struct incoming *at = in; at != NULL; at = at->next)
        driver->listener.bytes(
            driver->listener.context, at->own,
            cw_slice_of(natsMsg_GetData(at->msg), (size_t)natsMsg_GetDataLength(at->msg)));
    free_incoming(in);
}

static const char *nats_reason(struct cw_bus_driver *base)
{
    return ((const struct nats_driver *)base)->reason;
}

static void free_driver(struct nats_driver *driver)
{
    free_outgoing(driver->out);
    free_incoming(driver->in);
    cw_nats_finish(&driver->nats);
    if (driver->wake >= 0)
        close(driver->wake);
    pthread_mutex_destroy(&driver->mutex);
    pthread_cond_destroy(&driver->was_closed);
    free(driver);
}

static void nats_stop(struct cw_bus_driver *base)
{
    struct nats_driver *driver = (struct nats_driver *)base;
    nats_flush(base);
    pthread_mutex_lock(&driver->mutex);
    driver->stopping = true;
    pthread_mutex_unlock(&driver->mutex);
    wake(driver);
    pthread_join(driver->thread, NULL);
    uv_loop_close(&driver->loop);
    free_driver(driver);
}

/* --- the entrance
 * -------------------------------------------------------------------------------------- */

static bool make_loop(struct nats_driver *driver)
{
    driver->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (driver->wake < 0 || uv_loop_init(&driver->loop) != 0)
        return false;
    driver->woken.data = driver->check.data = driver->again.data = driver;
    return uv_poll_init(&driver->loop, &driver->woken, driver->wake) == 0 &&
           uv_poll_start(&driver->woken, UV_READABLE, on_woken) == 0 &&
           uv_check_init(&driver->loop, &driver->check) == 0 &&
           uv_check_start(&driver->check, on_check) == 0 &&
           uv_timer_init(&driver->loop, &driver->again) == 0;
}

CW_NATS_EXPORT cw_nats_opener cw_nats_open;
CW_NATS_EXPORT extern const char cw_nats_version[];
const char cw_nats_version[] = CW_VERSION;

struct cw_bus_driver *cw_nats_open(const struct cw_bus_url *url, void (*rung)(void *context),
                                   void *context, char error[256])
{
    struct nats_driver *driver = cw_alloc_zero(sizeof *driver);
    driver->driver = (struct cw_bus_driver){.start = nats_start,
                                            .publish = nats_publish,
                                            .flush = nats_flush,
                                            .poll = nats_poll,
                                            .reason = nats_reason,
                                            .stop = nats_stop};
    driver->rung = rung;
    driver->context = context;
    driver->wake = -1;
    driver->published_end = &driver->published;
    driver->out_end = &driver->out;
    driver->in_end = &driver->in;
    driver->events = (struct cw_nats_events){
        .connected = on_connected, .refused = on_refused, .closed = on_closed, .context = driver};
    pthread_mutex_init(&driver->mutex, NULL);
    pthread_cond_init(&driver->was_closed, NULL);
    if (!cw_nats_prepare(&driver->nats, url, &driver->events, error)) {
        free_driver(driver);
        return NULL;
    }
    if (!make_loop(driver)) {
        fputs("chinwag: cannot make a loop for the bus\n", stderr);
        abort();
    }
    return &driver->driver;
}
