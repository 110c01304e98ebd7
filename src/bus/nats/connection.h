/* connection.h - a connection to NATS on a loop of its own thread: options, TLS, credentials, and
 * the two subscriptions. Caller: nats_driver.c, whose thread runs the loop. */
#ifndef CW_BUS_NATS_CONNECTION_H
#define CW_BUS_NATS_CONNECTION_H

#include <nats/nats.h>
#include <uv.h>

#include "bus/driver.h"
#include "bus/url.h"

/* Called on threads of the library. */
struct cw_nats_events {
    void (*connected)(void *context, bool connected, const char *why);
    /* This user may not subscribe, or publish: it hears nothing, or is not heard. NATS lets it do
     * more at once when it may, but does not subscribe for it what it has refused. */
    void (*refused)(void *context, const char *why);
    /* It has given up, and is to be opened anew. */
    void (*closed)(void *context);
    void *context;
};

struct cw_nats {
    natsOptions *options;
    natsConnection *conn; /* NULL: none */
    natsSubscription *all, *own;
    const struct cw_nats_events *events;
    int idle[2]; /* a pipe */
};

/* Reads the files that the URL names. False with a sentence. */
bool cw_nats_prepare(struct cw_nats *nats, const struct cw_bus_url *url,
                     const struct cw_nats_events *events, char error[256]);
/* On the loop's thread, once, before it connects. */
void cw_nats_set_loop(struct cw_nats *nats, uv_loop_t *loop);
/* Waits, for some seconds at most; on the loop's thread. From then on it connects again by itself.
 * False with a reason. */
bool cw_nats_connect(struct cw_nats *nats, const char *all, const char *own, char error[256]);
/* What was published leaves, as far as there is room. The memory stays: libnats' adapter uses it in
 * a later turn of the loop. */
void cw_nats_disconnect(struct cw_nats *nats);
/* Frees it, when the loop has turned, or has ended. */
void cw_nats_forget(struct cw_nats *nats);
/* After cw_nats_forget. */
void cw_nats_finish(struct cw_nats *nats);

#endif
