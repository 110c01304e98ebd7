/* test_behind.c - when live audio to a listener by a connection is held back, in simulated time: by
 * a queue before a narrow line, and not by a way that has become longer. A model of TCP: its
 * average, its best round trip, which it never forgets here, and what is under way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/behind.h"

#define PACKETS_MOST 1024u
#define PACKET_MS    20
#define PACKET_BYTES 150u /* 60 kbit/s */

struct tcp {
    struct cw_behind behind;
    struct cw_tcp_sight sight;
    uint32_t now_ms;
    unsigned way_ms, kbit;         /* there and back; 0: as many as come */
    double free_ms;                /* the line has sent all that came, */
    double rtt_ms, least_ms;       /* as the kernel has measured them; 0: not yet */
    unsigned begin, end;           /* of the ring, counted on */
    double sent_ms[PACKETS_MOST];  /* when it was given to the kernel */
    double acked_ms[PACKETS_MOST]; /* when that is known there */
    unsigned said, dropped, longest_ms;
};

/* The clock begins shortly before it wraps. */
static struct tcp begin(void)
{
    return (struct tcp){.now_ms = UINT32_MAX - 5000, .way_ms = 60};
}

static void acknowledge(struct tcp *tcp, double now_ms)
{
    while (tcp->begin != tcp->end && tcp->acked_ms[tcp->begin % PACKETS_MOST] <= now_ms) {
        const unsigned i = tcp->begin++ % PACKETS_MOST;
        const double rtt_ms = tcp->acked_ms[i] - tcp->sent_ms[i];
        tcp->rtt_ms += tcp->rtt_ms == 0 ? rtt_ms : (rtt_ms - tcp->rtt_ms) / 8;
        if (tcp->least_ms == 0 || rtt_ms < tcp->least_ms)
            tcp->least_ms = rtt_ms;
        tcp->sight.acked += PACKET_BYTES;
    }
    tcp->sight.unacked = tcp->end - tcp->begin;
    tcp->sight.rtt_ms = (uint32_t)tcp->rtt_ms;
    tcp->sight.least_ms = (uint32_t)tcp->least_ms;
}

static void add(struct tcp *tcp, double now_ms)
{
    const unsigned i = tcp->end++ % PACKETS_MOST;
    assert_true(tcp->end - tcp->begin < PACKETS_MOST);
    if (tcp->free_ms < now_ms)
        tcp->free_ms = now_ms;
    if (tcp->kbit != 0)
        tcp->free_ms += PACKET_BYTES * 8.0 / tcp->kbit;
    const double queue_ms = tcp->free_ms - now_ms;
    if (queue_ms > tcp->longest_ms)
        tcp->longest_ms = (unsigned)queue_ms;
    tcp->sent_ms[i] = now_ms;
    tcp->acked_ms[i] = tcp->free_ms + tcp->way_ms;
}

/* Audio comes for the listener, a packet each 20 ms. Returns how many of them are dropped. */
static unsigned say(struct tcp *tcp, unsigned seconds)
{
    const unsigned dropped = tcp->dropped;
    for (unsigned i = 0; i < seconds * 1000 / PACKET_MS; i++) {
        const double now_ms = (double)(tcp->said++ * PACKET_MS);
        tcp->now_ms += PACKET_MS;
        acknowledge(tcp, now_ms);
        if (cw_behind_is_due(&tcp->behind, tcp->now_ms))
            cw_behind_look(&tcp->behind, &tcp->sight, tcp->now_ms);
        if (tcp->behind.is)
            tcp->dropped++;
        else
            add(tcp, now_ms);
    }
    return tcp->dropped - dropped;
}

/* Nobody speaks. */
static void wait(struct tcp *tcp, unsigned seconds)
{
    tcp->now_ms += seconds * 1000;
    tcp->said += seconds * 1000 / PACKET_MS;
}

static void a_way_that_becomes_longer_costs_one_round_trip(void **state)
{
    static const unsigned longer_ms[] = {100, 400, 450, 600, 2000};
    (void)state;
    for (size_t i = 0; i < sizeof longer_ms / sizeof longer_ms[0]; i++) {
        struct tcp tcp = begin();
        assert_int_equal(say(&tcp, 10), 0);
        tcp.way_ms += longer_ms[i];
        unsigned dropped = say(&tcp, 300); /* as long as a kernel remembers the best */
        print_message("longer by %u ms: %u packets of 15000 dropped\n", longer_ms[i], dropped);
        if (longer_ms[i] <= CW_LIVE_QUEUE_MS)
            assert_int_equal(dropped, 0);
        assert_true(dropped * PACKET_MS <= 2 * tcp.way_ms + 100);
        tcp.way_ms = 60;
        assert_int_equal(say(&tcp, 60), 0);
    }
}

/* It is what is under way before the kernel's average is long; and what the way needs is known
 * again after it. */
static void a_queue_before_a_narrow_line_stays_short(void **state)
{
    static const struct {
        unsigned kbit, most_ms;
    } lines[] = {{16, 3300}, {24, 1900}, {32, 1250}, {48, 750}};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct tcp tcp = begin();
        say(&tcp, 10);
        tcp.kbit = lines[i].kbit;
        unsigned dropped = say(&tcp, 120);
        print_message("%u kbit/s of 60: %u of 6000 dropped, queue of %u ms at most\n",
                      lines[i].kbit, dropped, tcp.longest_ms);
        assert_true(dropped + tcp.longest_ms / PACKET_MS >= 6000 - 6000 * lines[i].kbit / 60);
        assert_in_range(tcp.longest_ms, CW_LIVE_QUEUE_MS, lines[i].most_ms);
        tcp.kbit = 0;
        say(&tcp, 3);
        assert_int_equal(say(&tcp, 60), 0);
    }
}

/* After a pause the kernel's average is of a queue that is gone. */
static void pauses_teach_nothing_wrong(void **state)
{
    struct tcp tcp = begin();
    (void)state;
    say(&tcp, 10);
    tcp.kbit = 32;
    for (int i = 0; i < 20; i++) {
        say(&tcp, 3);
        wait(&tcp, 7);
    }
    assert_true(tcp.longest_ms <= 1600);
    tcp.longest_ms = 0;
    say(&tcp, 60);
    assert_true(tcp.longest_ms <= 1600);
}

/* Each packet alone, so that nothing is under way at any look; then one that speaks. */
static void who_says_little_is_measured_all_the_same(void **state)
{
    struct tcp tcp = begin();
    (void)state;
    for (int i = 0; i < 100; i++) {
        tcp.way_ms = i < 50 ? 60 : 700;
        for (int packet = 0; packet < 2; packet++) {
            tcp.now_ms += PACKET_MS;
            tcp.said++;
            acknowledge(&tcp, tcp.said * PACKET_MS);
            cw_behind_look(&tcp.behind, &tcp.sight, tcp.now_ms);
            assert_false(tcp.behind.is);
            add(&tcp, tcp.said * PACKET_MS);
        }
        wait(&tcp, 5);
    }
    assert_int_equal(say(&tcp, 60), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_way_that_becomes_longer_costs_one_round_trip),
        cmocka_unit_test(a_queue_before_a_narrow_line_stays_short),
        cmocka_unit_test(pauses_teach_nothing_wrong),
        cmocka_unit_test(who_says_little_is_measured_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
