/* test_net_probe.c - src/net/probe.c: what a peer without answers to probes has received, by the
 * kernel's TCP state; when that is read, and the lists in which the peers wait for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_play.h"

#define MEMORY (1024u * 1024)

static struct net_play play;

static int set_up(void **state)
{
    (void)state;
    net_play_begin(&play, MEMORY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    net_play_end(&play);
    return 0;
}

static void connect_3_0(struct net_play_client *client, char name)
{
    net_play_connect(&play, client, name, NET_PLAY_ZMTP_3_0);
}

/* Sends a message and a probe to the client. */
static void send_and_probe(const struct net_play_client *client, uint64_t mark)
{
    net_play_send(&play, client, 5);
    cw_net_probe(play.net, client->id, mark);
    net_play_pass(&play, 0);
}

/* Milliseconds until the next check of the client. */
static uint64_t due_in_ms(const struct net_play_client *client)
{
    const struct probe *probe = net_play_peer(&play, client)->probe;
    return probe->due_ms - cw_net_now_ms(play.net);
}

static size_t in_row(int level)
{
    size_t count = 0;
    for (const struct probe *probe = play.net->probed[level]; probe != NULL; probe = probe->next)
        count++;
    return count;
}

static void test_reported_when_it_has_been_read(void **state)
{
    struct net_play_client a;
    (void)state;
    connect_3_0(&a, 'a');
    send_and_probe(&a, 7);
    net_play_read(&a);
    net_play_pass(&play, 19);
    net_play_expect(&play, "");
    net_play_pass(&play, 1);
    net_play_expect(&play, "received a 7; ");
    net_play_pass(&play, 5000);
    net_play_expect(&play, "");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

/* Checked after 20 ms, 40 ms more, ... and then every 1.28 s. */
static void test_looked_at_ever_less_often(void **state)
{
    static const unsigned intervals_ms[] = {20, 40, 80, 160, 320, 640, 1280, 1280, 1280};
    struct net_play_client a;
    (void)state;
    connect_3_0(&a, 'a');
    send_and_probe(&a, 7);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(due_in_ms(&a), intervals_ms[i]);
        assert_int_equal(in_row(i < CW_PROBE_LEVELS ? i : CW_PROBE_LEVELS - 1), 1);
        net_play_pass(&play, intervals_ms[i] - 1);
        assert_int_equal(due_in_ms(&a), 1);
        net_play_pass(&play, 1);
    }
    net_play_expect(&play, "");
    net_play_read(&a);
    net_play_pass(&play, 1280);
    net_play_expect(&play, "received a 7; ");
    assert_null(net_play_peer(&play, &a)->probe);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

/* The first, middle or last client of a list is closed: the others are reported in order, and so
 * is a later one. */
static void leave_row(size_t who, const char *reports)
{
    struct net_play_client clients[4];
    for (size_t i = 0; i < 3; i++) {
        connect_3_0(&clients[i], (char)('a' + i));
        send_and_probe(&clients[i], i + 1);
        net_play_read(&clients[i]);
    }
    assert_int_equal(in_row(0), 3);
    cw_net_drop(play.net, clients[who].id, NULL);
    net_play_pass(&play, 1);
    assert_int_equal(in_row(0), 2);
    play.reports[0] = '\0';
    connect_3_0(&clients[3], 'd');
    send_and_probe(&clients[3], 4);
    net_play_read(&clients[3]);
    net_play_pass(&play, 18);
    net_play_pass(&play, 1);
    net_play_pass(&play, 1);
    net_play_expect(&play, reports);
    for (size_t i = 0; i < 4; i++)
        net_play_hang_up(&clients[i]);
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
}

static void test_one_leaves_a_row(void **state)
{
    (void)state;
    leave_row(0, "received b 2; received c 3; received d 4; ");
    leave_row(1, "received a 1; received c 3; received d 4; ");
    leave_row(2, "received a 1; received b 2; received d 4; ");
}

/* Each list has an end pointer of its own. */
static void test_one_leaves_a_later_row(void **state)
{
    struct net_play_client a, b, c;
    (void)state;
    connect_3_0(&a, 'a');
    connect_3_0(&b, 'b');
    connect_3_0(&c, 'c');
    send_and_probe(&a, 1);
    send_and_probe(&b, 2);
    net_play_pass(&play, 20);
    send_and_probe(&c, 3);
    assert_int_equal(in_row(0), 1);
    assert_int_equal(in_row(1), 2);
    cw_net_drop(play.net, b.id, NULL);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed b; ");
    net_play_pass(&play, 20);
    assert_int_equal(in_row(1), 2);
    net_play_read(&a);
    net_play_read(&c);
    net_play_pass(&play, 20);
    net_play_expect(&play, "received a 1; ");
    net_play_pass(&play, 20);
    net_play_expect(&play, "received c 3; ");
    net_play_hang_up(&a);
    net_play_hang_up(&b);
    net_play_hang_up(&c);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; closed c; ");
}

static void test_a_later_mark_takes_the_place_of_an_earlier(void **state)
{
    struct net_play_client a;
    (void)state;
    connect_3_0(&a, 'a');
    send_and_probe(&a, 1);
    net_play_pass(&play, 10);
    send_and_probe(&a, 2);
    assert_int_equal(in_row(0), 1);
    assert_int_equal(due_in_ms(&a), 10);
    net_play_read(&a);
    net_play_pass(&play, 10);
    net_play_expect(&play, "received a 2; ");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

/* The timer was set for a client that is checked much later. */
static void test_a_new_one_is_not_kept_waiting_by_an_old_one(void **state)
{
    struct net_play_client a, b;
    (void)state;
    connect_3_0(&a, 'a');
    connect_3_0(&b, 'b');
    send_and_probe(&a, 1);
    for (unsigned ms = 20; ms <= 640; ms *= 2)
        net_play_pass(&play, ms);
    assert_int_equal(due_in_ms(&a), 1280);
    send_and_probe(&b, 2);
    net_play_read(&b);
    net_play_pass(&play, 20);
    net_play_expect(&play, "received b 2; ");
    net_play_hang_up(&a);
    net_play_hang_up(&b);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; closed b; ");
}

/* A client that has read everything before it closes has received it; another one has not. */
static void test_one_that_goes(void **state)
{
    struct net_play_client a, b;
    (void)state;
    connect_3_0(&a, 'a');
    connect_3_0(&b, 'b');
    send_and_probe(&a, 1);
    send_and_probe(&b, 2);
    net_play_read(&a);
    net_play_hang_up(&a);
    net_play_hang_up(&b);
    net_play_pass(&play, 0);
    net_play_expect(&play, "received a 1; closed a; closed b; ");
}

/* A connection that the net closes is not reported any more. */
static void test_one_that_is_closed(void **state)
{
    struct net_play_client a;
    (void)state;
    connect_3_0(&a, 'a');
    send_and_probe(&a, 1);
    cw_net_close(play.net, a.id, "the test closes it");
    net_play_pass(&play, 0);
    net_play_expect(&play, "log: the test closes it; closed a; ");
    net_play_read(&a);
    net_play_pass(&play, 20);
    net_play_expect(&play, "");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "");
}

/* A client that answers probes is sent one; its TCP state is not read. */
static void test_one_that_answers(void **state)
{
    static const uint8_t asked[] = {4, 15, 4, 'P', 'I', 'N', 'G'};
    uint8_t pong[15] = "\x04\x0d\4PONG", bytes[64];
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_1);
    cw_net_probe(play.net, a.id, 9);
    net_play_pass(&play, 0);
    assert_null(net_play_peer(&play, &a)->probe);
    assert_int_equal(recv(a.fd, bytes, sizeof bytes, 0), 17);
    assert_memory_equal(bytes, asked, sizeof asked);
    memcpy(pong + 7, bytes + 9, 8);
    assert_int_equal(send(a.fd, pong, sizeof pong, 0), sizeof pong);
    net_play_pass(&play, 0);
    net_play_expect(&play, "received a 9; ");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reported_when_it_has_been_read),
        TEST(test_looked_at_ever_less_often),
        TEST(test_one_leaves_a_row),
        TEST(test_one_leaves_a_later_row),
        TEST(test_a_later_mark_takes_the_place_of_an_earlier),
        TEST(test_a_new_one_is_not_kept_waiting_by_an_old_one),
        TEST(test_one_that_goes),
        TEST(test_one_that_is_closed),
        TEST(test_one_that_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
