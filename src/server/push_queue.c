/* push_queue.c - see push_queue.h. */
#include "server/push_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "base/account.h"
#include "base/alloc.h"
#include "base/limits.h"
#include "text/url.h"

/* A push service, as long as something waits for it. */
struct cw_push_place {
    struct cw_push_place *next, *previous; /* they take turns: the first is the next */
    struct cw_push_item *first, *last;
    bool busy;         /* one of its items is taken */
    unsigned failures; /* in a row */
    uint64_t due_ms;   /* not before */
    size_t name_n;
    uint8_t name[]; /* host and port */
};

static struct cw_slice push_key_of(const struct cw_push_item *item)
{
    return cw_slice_of(item->about, sizeof item->about);
}

void cw_push_queue_init(struct cw_push_queue *queue, const uint64_t seed[2])
{
    *queue = (struct cw_push_queue){.count = 0};
    cw_map_init(&queue->places, seed);
    cw_map_init(&queue->items, seed);
}

/* --- items ------------------------------------------------------------------------------------ */

static struct cw_slice copy_kept(uint8_t **room, struct cw_slice text)
{
    struct cw_slice kept = cw_slice_of(*room, text.n);
    if (text.n != 0)
        memcpy(*room, text.p, text.n);
    *room += text.n;
    return kept;
}

struct cw_push_item *cw_push_item_make(const struct cw_effect *effect, uint64_t now_ms)
{
    struct cw_url url;
    size_t n = effect->push.endpoint.n + effect->push.sender.n + effect->push.group.n +
               effect->push.text.n;
    if (!cw_url_read(effect->push.endpoint, &url))
        return NULL;
    struct cw_push_item *item = cw_alloc_zero(sizeof *item + n);
    uint8_t *room = (uint8_t *)(item + 1);
    item->about[0] = effect->push.session_id;
    item->about[1] = effect->push.conversation;
    item->expires_ms = now_ms + CW_PUSH_PATIENCE_MS;
    item->size = cw_account_size(sizeof *item + n);
    item->urgent = effect->push.urgent;
    item->with_text = effect->push.sender.n != 0;
    item->kind = effect->push.kind;
    assert(effect->push.keys.n == sizeof item->keys);
    memcpy(item->keys, effect->push.keys.p, sizeof item->keys);
    item->endpoint = copy_kept(&room, effect->push.endpoint);
    item->sender = copy_kept(&room, effect->push.sender);
    item->group = copy_kept(&room, effect->push.group);
    item->text = copy_kept(&room, effect->push.text);
    return item;
}

static void unlink_item(struct cw_push_place *place, struct cw_push_item *item)
{
    *(item->previous == NULL ? &place->first : &item->previous->next) = item->next;
    *(item->next == NULL ? &place->last : &item->next->previous) = item->previous;
    item->next = item->previous = NULL;
}

static void append_item(struct cw_push_place *place, struct cw_push_item *item)
{
    item->place = place;
    item->previous = place->last;
    *(place->last == NULL ? &place->first : &place->last->next) = item;
    place->last = item;
}

static void prepend_item(struct cw_push_place *place, struct cw_push_item *item)
{
    item->next = place->first;
    *(place->first == NULL ? &place->last : &place->first->previous) = item;
    place->first = item;
}

static void count_item(struct cw_push_queue *queue, struct cw_push_item *item)
{
    cw_map_put(&queue->items, push_key_of(item), item);
    queue->count++;
    queue->bytes += item->size;
}

/* Out of the queue: it waits no more. */
static void remove_item(struct cw_push_queue *queue, struct cw_push_item *item)
{
    cw_map_remove(&queue->items, push_key_of(item));
    assert(queue->count > 0 && queue->bytes >= item->size);
    queue->count--;
    queue->bytes -= item->size;
    unlink_item(item->place, item);
}

/* --- services --------------------------------------------------------------------------------- */

static void unlink_place(struct cw_push_queue *queue, struct cw_push_place *place)
{
    *(place->previous == NULL ? &queue->first : &place->previous->next) = place->next;
    *(place->next == NULL ? &queue->last : &place->next->previous) = place->previous;
    place->next = place->previous = NULL;
}

static void append_place(struct cw_push_queue *queue, struct cw_push_place *place)
{
    place->previous = queue->last;
    *(queue->last == NULL ? &queue->first : &queue->last->next) = place;
    queue->last = place;
}

static struct cw_push_place *place_of(struct cw_push_queue *queue, const struct cw_push_item *item)
{
    struct cw_url url;
    cw_url_read(item->endpoint, &url);
    struct cw_push_place *place = cw_map_get(&queue->places, url.place);
    if (place != NULL)
        return place;
    place = cw_alloc_zero(sizeof *place + url.place.n);
    place->name_n = url.place.n;
    memcpy(place->name, url.place.p, url.place.n);
    cw_map_put(&queue->places, cw_slice_of(place->name, place->name_n), place);
    append_place(queue, place);
    return place;
}

static void forget_empty(struct cw_push_queue *queue, struct cw_push_place *place)
{
    if (place->first != NULL || place->busy)
        return;
    cw_map_remove(&queue->places, cw_slice_of(place->name, place->name_n));
    unlink_place(queue, place);
    free(place);
}

void cw_push_queue_finish(struct cw_push_queue *queue)
{
    while (queue->first != NULL) {
        struct cw_push_place *place = queue->first;
        assert(!place->busy);
        while (place->first != NULL) {
            struct cw_push_item *item = place->first;
            remove_item(queue, item);
            free(item);
        }
        forget_empty(queue, place);
    }
    cw_map_finish(&queue->places);
    cw_map_finish(&queue->items);
}

/* --- putting and taking ----------------------------------------------------------------------- */

struct cw_push_item *cw_push_queue_put(struct cw_push_queue *queue, struct cw_push_item *item)
{
    struct cw_push_item *older = cw_map_get(&queue->items, push_key_of(item));
    if (older == NULL &&
        (queue->count == CW_PUSH_QUEUE_MAX || queue->bytes + item->size > CW_PUSH_QUEUE_BYTES_MAX))
        return item;
    struct cw_push_place *before = older == NULL ? NULL : older->place;
    if (older != NULL)
        remove_item(queue, older);
    append_item(place_of(queue, item), item);
    count_item(queue, item);
    if (before != NULL)
        forget_empty(queue, before); /* the browser may have another service by now */
    return older;
}

/* The first of the service's items that has not expired; NULL: none is left, and neither is the
 * service. */
static struct cw_push_item *first_good(struct cw_push_queue *queue, struct cw_push_place *place,
                                       uint64_t now_ms, struct cw_push_item **expired)
{
    while (place->first != NULL && place->first->expires_ms <= now_ms) {
        struct cw_push_item *item = place->first;
        remove_item(queue, item);
        item->next = *expired;
        *expired = item;
    }
    struct cw_push_item *item = place->first;
    if (item == NULL)
        forget_empty(queue, place);
    return item;
}

struct cw_push_item *cw_push_queue_take(struct cw_push_queue *queue, uint64_t now_ms,
                                        uint64_t *wait_ms, struct cw_push_item **expired)
{
    *wait_ms = UINT64_MAX;
    for (struct cw_push_place *place = queue->first, *next; place != NULL; place = next) {
        next = place->next;
        struct cw_push_item *item = place->busy ? NULL : first_good(queue, place, now_ms, expired);
        if (item == NULL)
            continue;
        if (place->due_ms > now_ms) {
            *wait_ms = place->due_ms - now_ms < *wait_ms ? place->due_ms - now_ms : *wait_ms;
            continue;
        }
        remove_item(queue, item);
        place->busy = true;
        unlink_place(queue, place); /* the others first */
        append_place(queue, place);
        return item;
    }
    return NULL;
}

void cw_push_queue_done(struct cw_push_queue *queue, struct cw_push_item *item)
{
    struct cw_push_place *place = item->place;
    assert(place->busy);
    place->busy = false;
    place->failures = 0;
    forget_empty(queue, place);
}

unsigned cw_push_queue_failed(struct cw_push_queue *queue, struct cw_push_item *item,
                              uint64_t now_ms, uint64_t asked_ms, struct cw_push_item **replaced)
{
    struct cw_push_place *place = item->place;
    uint64_t wait = CW_PUSH_WAIT_MIN_MS;
    assert(place->busy);
    for (unsigned i = 0; i < place->failures && wait < CW_PUSH_WAIT_MAX_MS; i++)
        wait *= 2;
    wait = wait < CW_PUSH_WAIT_MAX_MS ? wait : CW_PUSH_WAIT_MAX_MS;
    place->due_ms = now_ms + (wait > asked_ms ? wait : asked_ms);
    place->busy = false;
    unsigned failures = ++place->failures;
    bool newer = cw_map_get(&queue->items, push_key_of(item)) != NULL;
    *replaced = newer ? item : NULL;
    if (!newer) {
        prepend_item(place, item);
        count_item(queue, item);
    }
    forget_empty(queue, place);
    return failures;
}
