/* memory.c - see memory.h. */
#include "bus/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

struct waiting {
    struct waiting *next;
    bool own;
    size_t n;
    uint8_t bytes[];
};

struct memory_driver {
    struct cw_bus_driver driver; /* first */
    struct memory_driver *next;
    struct cw_bus_hub *hub;
    char all[CW_BUS_SUBJECT_MAX], own[CW_BUS_SUBJECT_MAX];
    struct cw_bus_listener listener;
    struct waiting *first, **end;
    bool started, cut, told_up, lost;
};

struct cw_bus_hub {
    struct memory_driver *drivers;
    unsigned lose, double_each;
    uint64_t dice;
    struct cw_buf last;
    char last_subject[CW_BUS_SUBJECT_MAX];
};

/* By chance, but the same in each run. */
static bool is_due(struct cw_bus_hub *hub, unsigned each)
{
    hub->dice = hub->dice * 6364136223846793005u + 1442695040888963407u;
    return each != 0 && (hub->dice >> 33) % each == 0;
}

static void enqueue(struct memory_driver *to, bool own, struct cw_slice bytes)
{
    struct waiting *waiting = cw_alloc(sizeof *waiting + bytes.n);
    *waiting = (struct waiting){.own = own, .n = bytes.n};
    if (bytes.n != 0)
        memcpy(waiting->bytes, bytes.p, bytes.n);
    *to->end = waiting;
    to->end = &waiting->next;
}

static void drop_waiting(struct memory_driver *driver)
{
    while (driver->first != NULL) {
        struct waiting *next = driver->first->next;
        free(driver->first);
        driver->first = next;
    }
    driver->end = &driver->first;
}

static void hub_publish(struct cw_bus_hub *hub, const struct memory_driver *by, const char *subject,
                        struct cw_slice bytes)
{
    for (struct memory_driver *to = hub->drivers; to != NULL; to = to->next) {
        bool own = strcmp(subject, to->own) == 0;
        if (to == by || to->cut || !to->started || (!own && strcmp(subject, to->all) != 0) ||
            is_due(hub, hub->lose))
            continue;
        enqueue(to, own, bytes);
        if (is_due(hub, hub->double_each))
            enqueue(to, own, bytes);
    }
}

static void memory_start(struct cw_bus_driver *base, const char *all, const char *own,
                         const struct cw_bus_listener *listener)
{
    struct memory_driver *driver = (struct memory_driver *)base;
    snprintf(driver->all, sizeof driver->all, "%s", all);
    snprintf(driver->own, sizeof driver->own, "%s", own);
    driver->listener = *listener;
    driver->started = true;
}

static void memory_publish(struct cw_bus_driver *base, const char *subject, struct cw_slice bytes)
{
    struct memory_driver *driver = (struct memory_driver *)base;
    struct cw_bus_hub *hub = driver->hub;
    if (driver->cut)
        return;
    hub->last.n = 0;
    cw_buf_append(&hub->last, bytes.p, bytes.n);
    snprintf(hub->last_subject, sizeof hub->last_subject, "%s", subject);
    hub_publish(hub, driver, subject, bytes);
}

static void memory_flush(struct cw_bus_driver *base)
{
    (void)base; /* it has left */
}

static void memory_poll(struct cw_bus_driver *base)
{
    struct memory_driver *driver = (struct memory_driver *)base;
    bool lost = driver->lost;
    driver->lost = false;
    if (driver->told_up == driver->cut) {
        driver->told_up = !driver->cut;
        driver->listener.state(driver->listener.context, driver->told_up ? CW_BUS_UP : CW_BUS_DOWN);
    } else if (lost && driver->told_up) {
        driver->listener.state(driver->listener.context, CW_BUS_LOST);
    }
    struct waiting *waiting = driver->first;
    driver->first = NULL;
    driver->end = &driver->first;
    while (waiting != NULL) {
        struct waiting *next = waiting->next;
        driver->listener.bytes(driver->listener.context, waiting->own,
                               cw_slice_of(waiting->bytes, waiting->n));
        free(waiting);
        waiting = next;
    }
}

static const char *memory_reason(struct cw_bus_driver *base)
{
    return ((struct memory_driver *)base)->cut ? "it was cut" : "";
}

static void memory_stop(struct cw_bus_driver *base)
{
    struct memory_driver *driver = (struct memory_driver *)base, **at = &driver->hub->drivers;
    while (*at != driver)
        at = &(*at)->next;
    *at = driver->next;
    drop_waiting(driver);
    free(driver);
}

struct cw_bus_hub *cw_bus_hub_create(void)
{
    return cw_alloc_zero(sizeof(struct cw_bus_hub));
}

void cw_bus_hub_destroy(struct cw_bus_hub *hub)
{
    cw_buf_finish(&hub->last);
    free(hub);
}

struct cw_bus_driver *cw_bus_hub_driver(struct cw_bus_hub *hub)
{
    struct memory_driver *driver = cw_alloc_zero(sizeof *driver);
    driver->driver = (struct cw_bus_driver){.start = memory_start,
                                            .publish = memory_publish,
                                            .flush = memory_flush,
                                            .poll = memory_poll,
                                            .reason = memory_reason,
                                            .stop = memory_stop};
    driver->hub = hub;
    driver->end = &driver->first;
    driver->next = hub->drivers;
    hub->drivers = driver;
    return &driver->driver;
}

void cw_bus_hub_lose(struct cw_bus_hub *hub, unsigned each)
{
    hub->lose = each;
}

void cw_bus_hub_double(struct cw_bus_hub *hub, unsigned each)
{
    hub->double_each = each;
}

void cw_bus_hub_cut(struct cw_bus_hub *hub, struct cw_bus_driver *base, bool cut)
{
    struct memory_driver *driver = (struct memory_driver *)base;
    (void)hub;
    driver->cut = cut;
    drop_waiting(driver);
}

void cw_bus_hub_overflow(struct cw_bus_driver *base)
{
    struct memory_driver *driver = (struct memory_driver *)base;
    driver->lost = true;
    drop_waiting(driver);
}

void cw_bus_hub_publish(struct cw_bus_hub *hub, const char *subject, struct cw_slice bytes)
{
    hub_publish(hub, NULL, subject, bytes);
}

struct cw_slice cw_bus_hub_last(const struct cw_bus_hub *hub, const char **subject)
{
    *subject = hub->last_subject;
    return cw_buf_slice(&hub->last);
}
