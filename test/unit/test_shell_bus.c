/* test_shell_bus.c - what the server does when the bus tells it something, over a hub in memory:
 * when it looks into the store, and what the core hears. Another server is at the same hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bus/memory.h"
#include "bus/nats_module.h"
#include "bus/seal.h"
#include "server/shell_internal.h"
#include "store/memory/open.h"

static struct cw_shell shell;
static struct cw_store *store;
static struct cw_bus_hub *hub;
static struct cw_bus_driver *driver; /* the server's */
static struct cw_bus *other;
static unsigned looks;
static char heard[256]; /* by the core */

/* --- the rest of the server ------------------------------------------------------------------- */

void __wrap_cw_store_thread_look(struct cw_store_thread *thread);
void __wrap_cw_store_thread_look(struct cw_store_thread *thread)
{
    (void)thread;
    looks++;
}

uint64_t __wrap_cw_store_thread_epoch(const struct cw_store_thread *thread);
uint64_t __wrap_cw_store_thread_epoch(const struct cw_store_thread *thread)
{
    (void)thread;
    return 1;
}

uint64_t __wrap_cw_store_thread_renewed_ms(const struct cw_store_thread *thread);
uint64_t __wrap_cw_store_thread_renewed_ms(const struct cw_store_thread *thread)
{
    (void)thread;
    return 0;
}

void __wrap_cw_shell_step(struct cw_shell *by, struct cw_event *event);
void __wrap_cw_shell_step(struct cw_shell *by, struct cw_event *event)
{
    static const char *const names[] = {
        [CW_BUS_SAYS] = "says ",     [CW_BUS_NODE_THERE] = "there ", [CW_BUS_NODE_GONE] = "gone ",
        [CW_BUS_BEGINS] = "begins ", [CW_BUS_ENDS] = "ends ",        [CW_BUS_MISSED] = "missed "};
    assert_ptr_equal(by, &shell);
    assert_int_equal(event->type, CW_EV_BUS);
    strcat(heard, names[event->bus.what]);
}

static void (*ring)(void *context);
static void *ring_context;

struct cw_bus_driver *__wrap_cw_bus_open_nats(const struct cw_bus_url *url,
                                              void (*rung)(void *context), void *context,
                                              char error[256]);
struct cw_bus_driver *__wrap_cw_bus_open_nats(const struct cw_bus_url *url,
                                              void (*rung)(void *context), void *context,
                                              char error[256])
{
    (void)url, (void)error;
    ring = rung;
    ring_context = context;
    driver = cw_bus_hub_driver(hub);
    return driver;
}

/* --- the other server ------------------------------------------------------------------------- */

static void on_message(void *context, const struct cw_bus_message *message)
{
    (void)context, (void)message;
}

static void on_node(void *context, unsigned node, uint64_t epoch, bool there)
{
    (void)context, (void)node, (void)epoch, (void)there;
}

static void on_state(void *context, enum cw_bus_state state)
{
    (void)context, (void)state;
}

static void say(enum cw_bus_kind kind)
{
    cw_bus_send(other, CW_BUS_TO_ALL, kind, cw_slice_str("something"));
}

/* --- both ------------------------------------------------------------------------------------- */

/* Until nothing more comes of what was said; what the server does then. */
static void expect(unsigned looked, const char *core)
{
    for (int round = 0; round < 8; round++) {
        ring(ring_context);
        uv_run(&shell.loop, UV_RUN_NOWAIT);
        cw_bus_poll(other);
    }
    assert_string_equal(heard, core);
    assert_int_equal(looks, looked);
    looks = 0;
    heard[0] = '\0';
}

static int set_up(void **state)
{
    static const struct cw_bus_handlers handlers = {
        .message = on_message, .node = on_node, .state = on_state};
    static struct cw_config config = {.bus = "nats://127.0.0.1", .node = 1};
    char error[256];
    (void)state;
    hub = cw_bus_hub_create();
    store = cw_store_open_memory(&(struct cw_store_options){0});
    assert_int_equal(uv_loop_init(&shell.loop), 0);
    assert_true(cw_shell_begin_bus(&shell, &config, store, error));
    struct cw_bus_config options = {
        .community = cw_store_identity(store)->db, .node = 2, .epoch = 1, .boot = "other"};
    cw_bus_derive_key(cw_slice_of(cw_store_push_secret(store), CW_PUSH_SECRET_N), options.community,
                      options.key);
    other = cw_bus_create(&options, cw_bus_hub_driver(hub), &handlers, NULL);
    looks = 0;
    heard[0] = '\0';
    expect(1, "begins there ");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cw_bus_destroy(other);
    cw_shell_stop_bus(&shell);
    uv_run(&shell.loop, UV_RUN_DEFAULT);
    cw_shell_free_bus(&shell);
    assert_int_equal(uv_loop_close(&shell.loop), 0);
    cw_store_close(store);
    cw_bus_hub_destroy(hub);
    return 0;
}

static void a_bell_is_for_the_store_and_the_rest_for_the_core(void **state)
{
    (void)state;
    say(CW_BUS_BELL);
    expect(1, "");
    say(CW_BUS_TYPING);
    expect(0, "says ");
    say(CW_BUS_LEASED); /* for cut_off.h */
    expect(0, "");
}

/* A bell may have been among what was dropped. */
static void after_a_loss_it_looks_and_goes_on(void **state)
{
    (void)state;
    say(CW_BUS_BELL);
    say(CW_BUS_TYPING);
    cw_bus_hub_overflow(driver);
    expect(1, "missed ");
    assert_int_equal(cw_bus_stats(shell.bus).lost, 1);
    expect(0, "");
    say(CW_BUS_TYPING);
    expect(0, "says ");
}

static void while_the_bus_is_away_it_looks_for_nothing(void **state)
{
    (void)state;
    cw_bus_hub_overflow(driver); /* nothing more comes of it when there is no connection */
    cw_bus_hub_cut(hub, driver, true);
    expect(0, "ends ");
    say(CW_BUS_BELL);
    expect(0, "");
    cw_bus_hub_cut(hub, driver, false);
    expect(1, "begins ");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_bell_is_for_the_store_and_the_rest_for_the_core),
        CASE(after_a_loss_it_looks_and_goes_on),
        CASE(while_the_bus_is_away_it_looks_for_nothing),
    };
    return cmocka_run_group_tests_name("shell bus", tests, NULL, NULL);
}
