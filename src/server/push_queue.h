/* push_queue.h - push messages that wait for their push services: bounded, each service by itself,
 * so that one that is silent or away stops no other. Of what waits for one browser about one
 * conversation only the newest is kept, as the service itself does (RFC 8030, 5.4).
 *
 * Not thread-safe: push_sender.c has a lock around it. No clock: the caller tells the time. */
#ifndef CW_SERVER_PUSH_QUEUE_H
#define CW_SERVER_PUSH_QUEUE_H

#include "base/map.h"
#include "core/core.h"

/* One push message; freed with free. */
struct cw_push_item {
    struct cw_push_item *next, *previous; /* of its service, in the order of submission */
    struct cw_push_place *place;
    uint64_t about[2]; /* its key: session, conversation */
    uint64_t expires_ms;
    size_t size; /* bytes, as the account counts them */
    bool urgent, with_text;
    uint8_t keys[CW_PUSH_KEYS_N];
    struct cw_slice endpoint, sender, group, text; /* behind the struct */
    enum cw_store_kind kind;
    /* What came of it; set by who has taken it. */
    int status; /* of HTTP; 0: no answer */
    bool gone;  /* the service does not know the subscription, or its keys are none */
    char why[120];
};

struct cw_push_queue {
    struct cw_map places; /* by the origin of the URL */
    struct cw_map items;  /* by `about` */
    struct cw_push_place *first, *last;
    size_t count, bytes;
};

void cw_push_queue_init(struct cw_push_queue *queue, const uint64_t seed[2]);
/* Frees all that waits. */
void cw_push_queue_finish(struct cw_push_queue *queue);

/* A copy of what the effect tells; NULL: the URL is none. */
struct cw_push_item *cw_push_item_make(const struct cw_effect *effect, uint64_t now_ms);

/* Takes the item over. Returns the one that it replaces, or the item itself if there is no room,
 * for the caller to free; or NULL. */
struct cw_push_item *cw_push_queue_put(struct cw_push_queue *queue, struct cw_push_item *item);

/* The next one that may be sent now, of a service that nobody else is sending to: the caller gives
 * it back with cw_push_queue_done or _failed. NULL: none before *wait_ms (UINT64_MAX: before the
 * next put or done). Expired ones are appended to *expired, which the caller frees. */
struct cw_push_item *cw_push_queue_take(struct cw_push_queue *queue, uint64_t now_ms,
                                        uint64_t *wait_ms, struct cw_push_item **expired);

/* The service has decided about it; the item is the caller's again. */
void cw_push_queue_done(struct cw_push_queue *queue, struct cw_push_item *item);
/* It waits again, first of its service, which is left alone for a while: longer each time, and at
 * least asked_ms. Returns how often it has failed in a row. An item that was replaced meanwhile is
 * the caller's again, through *replaced. */
unsigned cw_push_queue_failed(struct cw_push_queue *queue, struct cw_push_item *item,
                              uint64_t now_ms, uint64_t asked_ms, struct cw_push_item **replaced);

#endif
