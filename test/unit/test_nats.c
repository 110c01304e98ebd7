/* test_nats.c - the driver over NATS (bus/nats) against Debian's nats-server, which tools/with_nats
 * starts: bytes arrive, in order, by both subjects; a loop that does not poll loses what has no
 * room, and is told. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus/nats_module.h"

#define WAIT_MS 60000 /* generous: it only ends a test that would hang */
/* More than a driver keeps; one that is still behind has lost nothing yet, and there is another
 * round. */
#define MANY   (CW_BUS_PENDING_MAX + 20000)
#define ROUNDS 5

struct end {
    struct cw_bus_driver *driver;
    int rung;
    bool up;
    unsigned ups, downs, lost, own, all;
    unsigned probes;     /* of reach() */
    unsigned disordered; /* messages that do not have the next number */
    uint32_t next;
};

static void on_rung(void *context)
{
    const uint64_t one = 1;
    ssize_t written = write(((struct end *)context)->rung, &one, sizeof one);
    (void)written;
}

static void on_bytes(void *context, bool own, struct cw_slice bytes)
{
    struct end *end = context;
    uint32_t number;
    end->probes += bytes.n == 1;
    if (bytes.n != sizeof number)
        return;
    memcpy(&number, bytes.p, sizeof number);
    end->disordered += number != end->next;
    end->next = number + 1;
    end->own += own;
    end->all += !own;
}

static void on_state(void *context, enum cw_bus_state state)
{
    struct end *end = context;
    end->up = state != CW_BUS_DOWN;
    end->ups += state == CW_BUS_UP;
    end->downs += state == CW_BUS_DOWN;
    end->lost += state == CW_BUS_LOST;
}

static void open_end(struct end *end, const char *own)
{
    char text[64], error[256] = "";
    struct cw_bus_url url;
    *end = (struct end){.rung = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    snprintf(text, sizeof text, "nats://127.0.0.1:%s", getenv("NATS_PORT"));
    assert_true(cw_bus_url_parse(text, &url, error));
    end->driver = cw_bus_open_nats(&url, on_rung, end, error);
    if (end->driver == NULL)
        fail_msg("%s", error);
    end->driver->start(
        end->driver, "test.all", own,
        &(struct cw_bus_listener){.bytes = on_bytes, .state = on_state, .context = end});
}

static void close_end(struct end *end)
{
    end->driver->stop(end->driver);
    close(end->rung);
}

/* Until it rings, then what has come. */
#define wait_and_poll(end) wait_and_poll_at(end, __LINE__)
static void wait_and_poll_at(struct end *end, int line)
{
    struct pollfd fd = {.fd = end->rung, .events = POLLIN};
    uint64_t count;
    if (poll(&fd, 1, WAIT_MS) != 1 || read(end->rung, &count, sizeof count) < 0)
        fail_msg("line %d: nothing came; up %d, all %u, own %u, lost %u", line, end->up, end->all,
                 end->own, end->lost);
    end->driver->poll(end->driver);
}

/* It is up when it has said what it wants to hear; nats-server knows it a moment later, and what
 * was published before is for nobody. */
static void reach(struct end *from, struct end *to, const char *own)
{
    struct pollfd fd = {.fd = to->rung, .events = POLLIN};
    uint64_t count;
    for (int tries = 0; to->probes == 0; tries++) {
        if (tries > WAIT_MS / 20)
            fail_msg("%s is not reached", own);
        from->driver->publish(from->driver, own, cw_slice_of("?", 1));
        from->driver->flush(from->driver);
        if (poll(&fd, 1, 20) == 1 && read(to->rung, &count, sizeof count) > 0)
            to->driver->poll(to->driver);
    }
}

static void open_pair(struct end *one, struct end *other)
{
    open_end(one, "test.n1");
    open_end(other, "test.n2");
    while (!one->up)
        wait_and_poll(one);
    while (!other->up)
        wait_and_poll(other);
    reach(other, one, "test.n1");
    reach(one, other, "test.n2");
}

static void publish(struct end *end, const char *subject, uint32_t number)
{
    end->driver->publish(end->driver, subject, cw_slice_of(&number, sizeof number));
}

static void test_bytes_arrive(void **state)
{
    (void)state;
    struct end one, other;
    open_pair(&one, &other);
    for (uint32_t i = 0; i < 1000; i++)
        publish(&one, "test.n2", i);
    one.driver->flush(one.driver);
    while (other.own < 1000)
        wait_and_poll(&other);
    assert_int_equal(other.disordered, 0);
    other.next = 0;
    for (uint32_t i = 0; i < 1000; i++)
        publish(&one, "test.all", i);
    publish(&one, "test.n3", 7); /* for nobody here */
    one.driver->flush(one.driver);
    while (other.all < 1000)
        wait_and_poll(&other);
    assert_int_equal(other.own, 1000);
    assert_int_equal(other.disordered, 0);
    assert_int_equal(one.all, 0); /* who publishes does not hear it */
    close_end(&one);
    close_end(&other);
}

static void test_the_longest_message(void **state)
{
    (void)state;
    static uint8_t bytes[300 * 1024];
    struct end one, other;
    open_pair(&one, &other);
    one.driver->publish(one.driver, "test.n2", cw_slice_of(bytes, sizeof bytes));
    publish(&one, "test.n2", 0);
    one.driver->flush(one.driver);
    while (other.own < 1)
        wait_and_poll(&other);
    close_end(&one);
    close_end(&other);
}

/* `third` is polled, and shows when all has been passed on. */
static void test_what_has_no_room_is_lost_and_told(void **state)
{
    (void)state;
    struct end one, sleeper, third;
    open_pair(&one, &sleeper);
    open_end(&third, "test.n3");
    while (!third.up)
        wait_and_poll(&third);
    reach(&one, &third, "test.n3");
    for (int round = 0; round < ROUNDS && sleeper.lost == 0; round++) {
        unsigned before = third.all;
        for (uint32_t i = 0; i < MANY; i++) {
            publish(&one, "test.all", i);
            if (i % 1024 != 1023)
                continue;
            one.driver->flush(one.driver);
            while (third.all < before + i - 1023)
                wait_and_poll(&third);
        }
        one.driver->flush(one.driver);
        while (third.all < before + MANY)
            wait_and_poll(&third);
        sleeper.driver->poll(sleeper.driver);
    }
    assert_int_not_equal(sleeper.lost, 0);
    assert_in_range(sleeper.all, CW_BUS_PENDING_MAX, ROUNDS * MANY);
    assert_int_equal(third.lost, 0);
    unsigned heard = sleeper.all; /* and it goes on */
    publish(&one, "test.all", 0);
    one.driver->flush(one.driver);
    while (sleeper.all == heard)
        wait_and_poll(&sleeper);
    close_end(&one);
    close_end(&sleeper);
    close_end(&third);
}

/* It is stopped at any moment, with all under way. */
static void test_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct end one, other;
        open_end(&one, "test.n1");
        if (i % 2 == 0)
            while (!one.up)
                wait_and_poll(&one);
        open_end(&other, "test.n2");
        for (uint32_t j = 0; j < 1000; j++)
            publish(&one, "test.all", j);
        close_end(&one);
        close_end(&other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_arrive),
        cmocka_unit_test(test_the_longest_message),
        cmocka_unit_test(test_what_has_no_room_is_lost_and_told),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
