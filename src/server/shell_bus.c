/* shell_bus.c - the bus to other servers on the same database (bus/bus.h): its driver over NATS,
 * the bell that it rings for the store, and the events and effects of the core. Without `bus` in
 * the config there is none, and nothing here does anything. Called by shell.c and carry_out.c. */
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/nats_module.h"
#include "bus/seal.h"
#include "server/cut_off.h"
#include "server/log.h"
#include "server/shell_internal.h"

#define TICK_MS 1000

struct cw_shell_bus {
    struct cw_shell *shell;
    struct cw_wakeup rung; /* something has come, or is to be told */
    uv_timer_t tick;
    atomic_bool up;      /* for the store's thread */
    atomic_bool ringing; /* others are to look into the store */
    struct cw_cut_off cut_off;
    char said[256]; /* why it is down, as logged last */
};

/* --- the store's bell ----------------------------------------------------------------------------
 */

/* On the store's thread. */
static bool ring_by_bus(void *context)
{
    struct cw_shell_bus *by = context;
    if (!atomic_load(&by->up))
        return false;
    atomic_store(&by->ringing, true);
    cw_wakeup_send(&by->rung);
    return true;
}

/* --- what comes
 * ------------------------------------------------------------------------------------ */

static void step_bus(struct cw_shell *shell, const struct cw_core_bus *bus)
{
    if (!shell->stopping)
        cw_shell_step(shell, &(struct cw_event){.type = CW_EV_BUS, .bus = *bus});
}

static void on_bus_message(void *context, const struct cw_bus_message *message)
{
    struct cw_shell_bus *by = context;
    if (message->kind == CW_BUS_BELL)
        cw_store_thread_look(by->shell->store);
    else if (message->kind == CW_BUS_LEASED)
        cw_cut_off_heard(&by->cut_off, cw_store_lease_clock_ms());
    else
        step_bus(by->shell, &(struct cw_core_bus){.what = CW_BUS_SAYS,
                                                  .node = message->from,
                                                  .epoch = message->epoch,
                                                  .kind = message->kind,
                                                  .body = message->body});
}

static void on_bus_node(void *context, unsigned node, uint64_t epoch, bool there)
{
    const struct cw_shell_bus *by = context;
    if (there)
        cw_log("the bus: node %u is heard", node);
    else
        cw_log_warning("the bus: node %u is not heard any more", node);
    step_bus(by->shell, &(struct cw_core_bus){.what = there ? CW_BUS_NODE_THERE : CW_BUS_NODE_GONE,
                                              .node = node,
                                              .epoch = epoch});
}

static void on_bus_state(void *context, enum cw_bus_state state)
{
    struct cw_shell_bus *by = context;
    static const enum cw_core_bus_what whats[] = {
        [CW_BUS_DOWN] = CW_BUS_ENDS, [CW_BUS_UP] = CW_BUS_BEGINS, [CW_BUS_LOST] = CW_BUS_MISSED};
    atomic_store(&by->up, state != CW_BUS_DOWN);
    if (state == CW_BUS_UP) {
        cw_log("the bus: connected to NATS");
        by->said[0] = '\0';
    } else if (state == CW_BUS_LOST) {
        cw_log_warning("the bus: messages of other servers were dropped; what they said is asked "
                       "for again");
    }
    if (state != CW_BUS_DOWN)
        cw_store_thread_look(by->shell->store); /* a bell may have been among them */
    step_bus(by->shell, &(struct cw_core_bus){.what = whats[state]});
}

/* Each reason once. */
static void say_why_down(struct cw_shell_bus *by)
{
    const char *reason = cw_bus_reason(by->shell->bus);
    if (cw_bus_is_up(by->shell->bus) || reason[0] == '\0' || strcmp(reason, by->said) == 0)
        return;
    snprintf(by->said, sizeof by->said, "%s", reason);
    cw_log_warning("the bus: there is no connection to NATS: %s. Until there is one, presence, "
                   "typing and calls stay within each server, and texts of others may come 2 s "
                   "later",
                   reason);
}

static void on_bus_rung(void *context)
{
    struct cw_shell_bus *by = context;
    cw_bus_poll(by->shell->bus);
    if (atomic_exchange(&by->ringing, false))
        cw_bus_send(by->shell->bus, CW_BUS_TO_ALL, CW_BUS_BELL, (struct cw_slice){0});
    say_why_down(by);
}

static void judge_lease(struct cw_shell_bus *by)
{
    uint64_t renewed_ms = cw_store_thread_renewed_ms(by->shell->store);
    if (renewed_ms != by->cut_off.renewed_ms) /* since it was judged last */
        cw_bus_send(by->shell->bus, CW_BUS_TO_ALL, CW_BUS_LEASED, (struct cw_slice){0});
    if (cw_cut_off_judge(&by->cut_off, cw_store_lease_clock_ms(), renewed_ms))
        cw_shell_fail(
            "PostgreSQL cannot be reached from here, and other servers reach it: this one "
            "ends, so that its clients go to another one");
}

static void on_bus_tick(uv_timer_t *timer)
{
    struct cw_shell_bus *by = timer->data;
    judge_lease(by);
    cw_bus_set_epoch(by->shell->bus, cw_store_thread_epoch(by->shell->store));
    cw_bus_tick(by->shell->bus, uv_now(&by->shell->loop));
}

/* --- beginning and end
 * ------------------------------------------------------------------------------- */

static void send_voices(void *context, unsigned to, struct cw_slice body)
{
    const struct cw_shell *shell = context;
    cw_bus_send(shell->bus, to, CW_BUS_CALL_VOICES, body);
}

static void create_bus(struct cw_shell_bus *by, const struct cw_config *config,
                       const struct cw_store *store, struct cw_bus_driver *driver)
{
    static const struct cw_bus_handlers handlers = {
        .message = on_bus_message, .node = on_bus_node, .state = on_bus_state};
    struct cw_bus_config options = {.community = cw_store_identity(store)->db,
                                    .node = config->node,
                                    .epoch = cw_store_epoch(store)};
    cw_bus_derive_key(cw_slice_of(cw_store_push_secret(store), CW_PUSH_SECRET_N), options.community,
                      options.key);
    randombytes_buf(options.boot, sizeof options.boot);
    by->shell->bus = cw_bus_create(&options, driver, &handlers, by);
    by->shell->bus_voices.send = send_voices;
    by->shell->bus_voices.context = by->shell;
    sodium_memzero(&options, sizeof options);
}

bool cw_shell_begin_bus(struct cw_shell *shell, const struct cw_config *config,
                        struct cw_store *store, char error[256])
{
    struct cw_bus_url url;
    if (config->bus[0] == '\0')
        return true;
    struct cw_shell_bus *by = cw_alloc_zero(sizeof *by);
    by->shell = shell;
    struct cw_bus_driver *driver = NULL;
    if (cw_bus_url_parse(config->bus, &url, error))
        driver = cw_bus_open_nats(&url, cw_wakeup_send_to, &by->rung, error);
    sodium_memzero(&url, sizeof url);
    if (driver == NULL) {
        free(by);
        return false;
    }
    shell->bus_by = by;
    cw_wakeup_init(&by->rung, &shell->loop, on_bus_rung, by);
    uv_timer_init(&shell->loop, &by->tick);
    by->tick.data = by;
    uv_timer_start(&by->tick, on_bus_tick, 0, TICK_MS); /* when the loop runs, the store does */
    create_bus(by, config, store, driver);
    cw_store_set_ringer(store, ring_by_bus, by);
    return true;
}

void cw_shell_stop_bus(struct cw_shell *shell)
{
    struct cw_shell_bus *by = shell->bus_by;
    if (by == NULL)
        return;
    cw_bus_destroy(by->shell->bus);
    by->shell->bus = NULL;
    uv_close((uv_handle_t *)&by->tick, NULL);
    cw_wakeup_finish(&by->rung);
}

void cw_shell_free_bus(struct cw_shell *shell)
{
    cw_bus_voices_finish(&shell->bus_voices);
    free(shell->bus_by);
    shell->bus_by = NULL;
}
