/* test_bus.c - the bus between nodes over a hub in memory (bus/memory.h): who is believed, what is
 * lost, forged, repeated and sent to others, and nodes that come and go. Time is only what the test
 * says. */
#include "bus/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/attributes.h"
#include "bus/memory.h"
#include "bus/seal.h"

#define NODES 3
/* Kinds of the core, whatever they are for. */
#define ONE CW_BUS_TYPING
#define TWO CW_BUS_DELIVERED

/* What a node was told, as one line of text. */
struct station {
    struct cw_bus *bus;
    struct cw_bus_driver *driver;
    char heard[4096];
};

static struct cw_bus_hub *hub;
static struct station stations[NODES + 1]; /* by number */
static uint64_t now_ms;
static uint8_t boots; /* so far */

CW_PRINTF_LIKE(2, 3)
static void say(struct station *station, const char *format, ...)
{
    size_t n = strlen(station->heard);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(station->heard + n, sizeof station->heard - n, format, arguments);
    va_end(arguments);
}

static void on_message(void *context, const struct cw_bus_message *message)
{
    say(context, "%u: %d '%.*s'; ", message->from, message->kind, (int)message->body.n,
        (const char *)message->body.p);
}

static void on_node(void *context, unsigned node, uint64_t epoch, bool there)
{
    say(context, "%s %u.%u; ", there ? "there" : "gone", node, (unsigned)epoch);
}

static void on_state(void *context, enum cw_bus_state state)
{
    static const char *const names[] = {"down", "up", "lost"};
    say(context, "%s; ", names[state]);
}

static const struct cw_bus_handlers handlers = {
    .message = on_message, .node = on_node, .state = on_state};

static void start_with(unsigned node, uint64_t epoch, const char *secret)
{
    struct cw_bus_config config = {.community = "00ff.0", .node = node, .epoch = epoch};
    memset(config.boot, ++boots, sizeof config.boot);
    cw_bus_derive_key(cw_slice_str(secret), config.community, config.key);
    stations[node].driver = cw_bus_hub_driver(hub);
    stations[node].heard[0] = '\0';
    stations[node].bus = cw_bus_create(&config, stations[node].driver, &handlers, &stations[node]);
}

static void start(unsigned node, uint64_t epoch)
{
    start_with(node, epoch, "secret of the community, 32 byte");
}

static void stop(unsigned node)
{
    cw_bus_destroy(stations[node].bus);
    stations[node].bus = NULL;
}

/* Until nothing more comes of what has been said. */
static void settle(void)
{
    for (int round = 0; round < 8; round++)
        for (unsigned node = 1; node <= NODES; node++)
            if (stations[node].bus != NULL)
                cw_bus_poll(stations[node].bus);
}

static void pass(uint64_t ms)
{
    for (uint64_t end = now_ms + ms; now_ms < end;) {
        now_ms += 500;
        for (unsigned node = 1; node <= NODES; node++)
            if (stations[node].bus != NULL)
                cw_bus_tick(stations[node].bus, now_ms);
        settle();
    }
}

/* And from now on. */
static void hears(unsigned node, const char *what)
{
    assert_string_equal(stations[node].heard, what);
    stations[node].heard[0] = '\0';
}

static void send(unsigned from, unsigned to, enum cw_bus_kind kind, const char *text)
{
    cw_bus_send(stations[from].bus, to, kind, cw_slice_str(text));
}

static int set_up(void **state)
{
    (void)state;
    hub = cw_bus_hub_create();
    now_ms = 10000;
    start(1, 7);
    start(2, 4);
    settle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (unsigned node = 1; node <= NODES; node++)
        if (stations[node].bus != NULL)
            stop(node);
    cw_bus_hub_destroy(hub);
    return 0;
}

static void met(void)
{
    hears(1, "up; there 2.4; ");
    hears(2, "up; there 1.7; ");
}

/* --- talking -----------------------------------------------------------------------------------
 */

static void test_two_nodes_talk(void **state)
{
    (void)state;
    met();
    send(1, 2, ONE, "to two");
    send(1, CW_BUS_TO_ALL, TWO, "to all");
    settle();
    hears(2, "1: 40 'to two'; 1: 41 'to all'; ");
    hears(1, "");
    assert_true(cw_bus_hears(stations[1].bus, 2));
    assert_false(cw_bus_hears(stations[1].bus, 3));
}

static void test_the_longest_body(void **state)
{
    (void)state;
    met();
    uint8_t *body = cw_alloc_zero(CW_BUS_BODY_MAX);
    cw_bus_send(stations[1].bus, 2, ONE, cw_slice_of(body, CW_BUS_BODY_MAX));
    settle();
    hears(2, "1: 40 ''; ");
    free(body);
}

static void test_who_starts_later_is_heard_at_once(void **state)
{
    (void)state;
    met();
    start(3, 1);
    settle();
    hears(3, "up; there 1.7; there 2.4; ");
    hears(1, "there 3.1; ");
    send(3, 1, ONE, "hello");
    settle();
    hears(1, "3: 40 'hello'; ");
}

/* What one says as soon as it believes the other is believed there. */
static void welcome_then_talk(void *context, unsigned node, uint64_t epoch, bool there)
{
    on_node(context, node, epoch, there);
    if (there)
        cw_bus_send(((struct station *)context)->bus, node, ONE, cw_slice_str("welcome"));
}

static void test_what_is_said_to_a_new_node_arrives(void **state)
{
    (void)state;
    static const struct cw_bus_handlers talking = {
        .message = on_message, .node = welcome_then_talk, .state = on_state};
    struct cw_bus_config config = {.community = "00ff.0", .node = 3, .epoch = 9};
    memset(config.boot, ++boots, sizeof config.boot);
    cw_bus_derive_key(cw_slice_str("secret of the community, 32 byte"), config.community,
                      config.key);
    met();
    stations[3].driver = cw_bus_hub_driver(hub);
    stations[3].heard[0] = '\0';
    stations[3].bus = cw_bus_create(&config, stations[3].driver, &talking, &stations[3]);
    settle();
    hears(1, "there 3.9; 3: 40 'welcome'; ");
    hears(2, "there 3.9; 3: 40 'welcome'; ");
}

/* --- who is believed ---------------------------------------------------------------------------
 */

static void test_of_another_community(void **state)
{
    (void)state;
    met();
    start_with(3, 1, "another secret, also of 32 bytes");
    settle();
    hears(3, "up; ");
    hears(1, "");
    send(3, 1, ONE, "hello");
    settle();
    hears(1, "");
    assert_int_not_equal(cw_bus_stats(stations[1].bus).forged, 0);
}

static void test_a_bit_is_changed(void **state)
{
    (void)state;
    const char *subject;
    met();
    send(1, 2, ONE, "text");
    struct cw_slice last = cw_bus_hub_last(hub, &subject);
    uint8_t bytes[256];
    char to[CW_BUS_SUBJECT_MAX];
    size_t n = last.n;
    memcpy(bytes, last.p, n);
    snprintf(to, sizeof to, "%s", subject);
    settle();
    hears(2, "1: 40 'text'; ");
    uint64_t forged = cw_bus_stats(stations[2].bus).forged;
    for (size_t i = 0; i < n * 8; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        cw_bus_hub_publish(hub, to, cw_slice_of(bytes, n));
        settle();
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    hears(2, "");
    assert_int_equal(cw_bus_stats(stations[2].bus).forged, forged + n * 8);
    for (size_t i = 0; i < n; i++) /* and each of its beginnings */
        cw_bus_hub_publish(hub, to, cw_slice_of(bytes, i));
    settle();
    hears(2, "");
    assert_int_equal(cw_bus_stats(stations[2].bus).forged, forged + n * 9);
}

static void test_what_is_repeated_is_not_heard_again(void **state)
{
    (void)state;
    const char *subject;
    met();
    send(1, 2, ONE, "once");
    struct cw_slice last = cw_bus_hub_last(hub, &subject);
    settle();
    hears(2, "1: 40 'once'; ");
    cw_bus_hub_publish(hub, subject, last);
    settle();
    hears(2, "");
    assert_int_equal(cw_bus_stats(stations[2].bus).repeated, 1);
}

static void test_nor_at_another_node(void **state)
{
    (void)state;
    const char *subject;
    met();
    start(3, 1);
    settle();
    hears(3, "up; there 1.7; there 2.4; ");
    send(1, 2, ONE, "for two alone");
    struct cw_slice last = cw_bus_hub_last(hub, &subject);
    cw_bus_hub_publish(hub, "chinwag.00ff.n3", last);
    cw_bus_hub_publish(hub, "chinwag.00ff.all", last);
    settle();
    hears(3, "");
}

/* Somebody who hears what node 2 hears, and keeps it. */
#define RECORDED_MAX 64
struct recorder {
    struct cw_buf bytes[RECORDED_MAX];
    bool own[RECORDED_MAX];
    size_t n;
};

static void record(void *context, bool own, struct cw_slice bytes)
{
    struct recorder *recorder = context;
    assert_in_range(recorder->n, 0, RECORDED_MAX - 1);
    recorder->own[recorder->n] = own;
    cw_buf_append(&recorder->bytes[recorder->n++], bytes.p, bytes.n);
}

static void ignore_state(void *context, enum cw_bus_state state)
{
    (void)context, (void)state;
}

/* All that node 1 ever said, answers to a process before among it, is said again to one that has
 * just started. */
static void test_nor_by_a_new_process(void **state)
{
    (void)state;
    struct recorder recorder = {.n = 0};
    struct cw_bus_driver *driver = cw_bus_hub_driver(hub);
    met();
    driver->start(
        driver, "chinwag.00ff.all", "chinwag.00ff.n2",
        &(struct cw_bus_listener){.bytes = record, .state = ignore_state, .context = &recorder});
    stop(2);
    start(2, 5); /* node 1 welcomes it */
    settle();
    send(1, 2, ONE, "for two");
    send(1, CW_BUS_TO_ALL, ONE, "for all");
    settle();
    hears(2, "up; there 1.7; 1: 40 'for two'; 1: 40 'for all'; ");
    driver->poll(driver);
    assert_in_range(recorder.n, 4, RECORDED_MAX);
    driver->stop(driver);
    stop(1);
    stop(2);
    start(2, 6);
    settle();
    hears(2, "up; ");
    for (size_t i = 0; i < recorder.n; i++) {
        cw_bus_hub_publish(hub, recorder.own[i] ? "chinwag.00ff.n2" : "chinwag.00ff.all",
                           cw_buf_slice(&recorder.bytes[i]));
        cw_buf_finish(&recorder.bytes[i]);
    }
    settle();
    hears(2, "");
    assert_false(cw_bus_hears(stations[2].bus, 1));
}

/* --- nodes that come and go ----------------------------------------------------------------------
 */

static void test_who_ends_says_so(void **state)
{
    (void)state;
    met();
    stop(2);
    settle();
    hears(1, "gone 2.4; ");
}

static void test_who_is_silent_is_gone(void **state)
{
    (void)state;
    met();
    pass(20000);
    hears(1, "");
    cw_bus_hub_cut(hub, stations[2].driver, true);
    pass(CW_BUS_GONE_MS - CW_BUS_SIGN_MS - 500); /* the last sign may be as old as that */
    hears(1, "");
    pass(CW_BUS_SIGN_MS + 1000);
    hears(1, "gone 2.4; ");
    hears(2, "down; gone 1.7; ");
    cw_bus_hub_cut(hub, stations[2].driver, false);
    pass(1000);
    hears(2, "up; there 1.7; ");
    hears(1, "there 2.4; ");
}

static void test_a_short_pause_changes_nothing(void **state)
{
    (void)state;
    met();
    cw_bus_hub_cut(hub, stations[2].driver, true);
    pass(1000);
    send(2, 1, ONE, "into the void");
    cw_bus_hub_cut(hub, stations[2].driver, false);
    pass(4000);
    hears(2, "down; up; ");
    hears(1, "");
    send(2, 1, ONE, "again");
    settle();
    hears(1, "2: 40 'again'; ");
}

static void test_who_starts_again_is_another(void **state)
{
    (void)state;
    met();
    cw_bus_hub_cut(hub, stations[2].driver, true); /* it is killed: nothing is said */
    stop(2);
    start(2, 5);
    settle();
    hears(1, "gone 2.4; there 2.5; ");
    hears(2, "up; there 1.7; ");
}

/* A process that stood still while another took its number does not take it back. */
static void test_who_has_lost_the_number_is_not_heard(void **state)
{
    (void)state;
    met();
    struct station old = stations[2];
    stations[2].bus = NULL;
    start(2, 5);
    settle();
    hears(1, "gone 2.4; there 2.5; ");
    for (int i = 0; i < 3; i++) {
        cw_bus_send(old.bus, 1, ONE, cw_slice_str("I am two"));
        settle();
        cw_bus_poll(old.bus);
    }
    hears(1, "");
    assert_true(cw_bus_hears(stations[1].bus, 2));
    cw_bus_destroy(old.bus);
    settle();
    hears(1, "");
}

static void test_an_epoch_grows_in_a_process(void **state)
{
    (void)state;
    met();
    cw_bus_set_epoch(stations[2].bus, 6);
    send(2, 1, ONE, "as before");
    settle();
    hears(1, "2: 40 'as before'; ");
}

/* --- loss ----------------------------------------------------------------------------------------
 */

static void test_nodes_find_each_other_although_messages_are_lost(void **state)
{
    (void)state;
    met();
    cw_bus_hub_lose(hub, 3);
    cw_bus_hub_double(hub, 2);
    start(3, 1);
    pass(20000);
    for (unsigned node = 1; node <= NODES; node++)
        for (unsigned other = 1; other <= NODES; other++)
            assert_int_equal(cw_bus_hears(stations[node].bus, other), other != node);
    cw_bus_hub_lose(hub, 0);
    stations[1].heard[0] = '\0';
    send(3, 1, ONE, "once");
    settle();
    hears(1, "3: 40 'once'; ");
}

static void test_keys(void **state)
{
    (void)state;
    uint8_t one[CW_BUS_KEY_N], other[CW_BUS_KEY_N];
    cw_bus_derive_key(cw_slice_str("secret"), "a.0", one);
    cw_bus_derive_key(cw_slice_str("secret"), "a.0", other);
    assert_memory_equal(one, other, sizeof one);
    cw_bus_derive_key(cw_slice_str("secret"), "b.0", other);
    assert_memory_not_equal(one, other, sizeof one);
    cw_bus_derive_key(cw_slice_str("secreT"), "a.0", other);
    assert_memory_not_equal(one, other, sizeof one);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_nodes_talk),
        TEST(test_the_longest_body),
        TEST(test_who_starts_later_is_heard_at_once),
        TEST(test_what_is_said_to_a_new_node_arrives),
        TEST(test_of_another_community),
        TEST(test_a_bit_is_changed),
        TEST(test_what_is_repeated_is_not_heard_again),
        TEST(test_nor_at_another_node),
        TEST(test_nor_by_a_new_process),
        TEST(test_who_ends_says_so),
        TEST(test_who_is_silent_is_gone),
        TEST(test_a_short_pause_changes_nothing),
        TEST(test_who_starts_again_is_another),
        TEST(test_who_has_lost_the_number_is_not_heard),
        TEST(test_an_epoch_grows_in_a_process),
        TEST(test_nodes_find_each_other_although_messages_are_lost),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
