/* test_adapt.c - what a sender does about the network each second, and how it is heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/adapt.h"

struct parts {
    struct cw_adapt adapt;
    struct cw_sender *sender;
    struct cw_packer *packer;
    uint64_t now_ms;
};

static void setup(struct parts *p)
{
    cw_adapt_begin(&p->adapt, 32000, 1);
    p->sender = cw_sender_create(&cw_sender_options_default, 0, 0);
    p->packer = cw_packer_create();
    p->now_ms = 5000;
}

static void finish(struct parts *p)
{
    cw_sender_destroy(p->sender);
    cw_packer_destroy(p->packer);
}

/* A second in which so many packets were sent and had no room. */
static unsigned second(struct parts *p, unsigned sent, unsigned unsent, struct cw_adapt_way way)
{
    for (unsigned i = 0; i < sent; i++)
        cw_adapt_count(&p->adapt, true);
    for (unsigned i = 0; i < unsent; i++)
        cw_adapt_count(&p->adapt, false);
    for (int i = 0; i < 10; i++) {
        assert_true(cw_adapt_is_due(&p->adapt, p->now_ms));
        cw_adapt_look(&p->adapt, way, p->now_ms, p->sender, p->packer);
        assert_false(cw_adapt_is_due(&p->adapt, p->now_ms + 99));
        p->now_ms += 100;
    }
    return p->adapt.unheard;
}

static void test_how_one_is_heard(void **state)
{
    (void)state;
    const struct cw_adapt_way tcp = {.udp = false}, udp = {.udp = true, .lost = 20};
    struct parts p;
    setup(&p);
    assert_int_equal(second(&p, 0, 0, tcp), 0);
    assert_int_equal(second(&p, 50, 0, tcp), 0); /* by the connection nothing is lost ... */
    assert_int_equal(second(&p, 40, 10, tcp), 20);
    assert_int_equal(second(&p, 50, 0, (struct cw_adapt_way){.lost = 30}), 30); /* but late */
    assert_int_equal(second(&p, 50, 0, udp), 20);
    assert_int_equal(second(&p, 0, 0, udp), 20); /* nothing was said */
    assert_int_equal(second(&p, 25, 25, udp), 60);
    assert_int_equal(second(&p, 0, 50, udp), 100);
    assert_int_equal(second(&p, 50, 0, (struct cw_adapt_way){.udp = true, .lost = 190}), 100);
    assert_int_equal(second(&p, 50, 0, (struct cw_adapt_way){.udp = true}), 0);
    finish(&p);
}

/* How many packets come of three frames of 20 ms, and then of three more. */
static void assert_given(struct parts *p, uint32_t *at, unsigned of_three, unsigned of_six)
{
    uint8_t payload[CW_CALL_PACKET_MAX] = {0}, out[CW_CALL_PACKET_MAX];
    for (unsigned i = 1; i <= 6; i++) {
        unsigned given = 0;
        cw_call_packet_put(payload, *at, *at * 960);
        payload[CW_CALL_PACKET_HEADER] = 0x48; /* SILK, one frame of 20 ms */
        cw_packer_take(p->packer, cw_slice_of(payload, CW_CALL_PACKET_HEADER + 40));
        while (cw_packer_next(p->packer, out) != 0)
            given++;
        assert_int_equal(given, i == 3 ? of_three : i == 6 ? of_six : 0);
        ++*at;
    }
}

/* Each datagram has a head of its own. */
static void test_long_packets_go_two_at_a_time_by_a_connection(void **state)
{
    (void)state;
    struct parts p;
    uint32_t at = 0;
    setup(&p);
    cw_adapt_begin(&p.adapt, 32000, CW_PACKER_FRAMES_MAX);
    second(&p, 5, 0, (struct cw_adapt_way){.rtt_ms = 60});
    assert_given(&p, &at, 0, 2);
    second(&p, 5, 0, (struct cw_adapt_way){.udp = true, .rtt_ms = 60});
    assert_given(&p, &at, 1, 1);
    second(&p, 5, 0, (struct cw_adapt_way){.rtt_ms = 60});
    assert_given(&p, &at, 0, 2);
    finish(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_one_is_heard),
        cmocka_unit_test(test_long_packets_go_two_at_a_time_by_a_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
