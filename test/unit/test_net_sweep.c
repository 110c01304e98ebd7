/* test_net_sweep.c - which connections the sweep of each second looks at: idle ones only when
 * their silence matters, all others each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "net_play.h"

#define MEMORY (16u * 1024 * 1024)

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

static uint32_t due_s(const struct net_play_client *client)
{
    return play.net->due_s[(uint32_t)client->id];
}

static uint32_t after_ms(uint64_t ms)
{
    return (uint32_t)((cw_net_now_ms(play.net) + ms) / 1000);
}

static void an_idle_connection_is_looked_at_when_it_is_due_for_a_ping(void **state)
{
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_1);
    uint32_t ping_s = after_ms(CW_PING_IDLE_MS), dead_s = after_ms(CW_PEER_DEAD_MS);
    assert_int_equal(due_s(&a), ping_s);
    net_play_pass(&play, CW_PING_IDLE_MS - 1000);
    assert_false(net_play_peer(&play, &a)->pinged);
    net_play_pass(&play, 2000);
    assert_true(net_play_peer(&play, &a)->pinged);
    assert_int_equal(due_s(&a), dead_s);
    net_play_pass(&play, CW_PEER_DEAD_MS - CW_PING_IDLE_MS);
    net_play_expect(&play, "log: silent for too long; closed a; ");
}

/* The others in the call shall not talk to somebody who is gone. */
static void who_is_in_a_call_is_given_up_sooner(void **state)
{
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_1);
    struct cw_body *body = cw_body_create(cw_net_pools(play.net), 5);
    memset(body->bytes, 'x', 5);
    cw_net_send(play.net, &a.id, 1, body, false, CW_NET_AUDIO);
    cw_body_release(body);
    net_play_pass(&play, 0);
    uint32_t ping_s = after_ms(CW_LISTENER_PING_IDLE_MS), dead_s = after_ms(CW_LISTENER_DEAD_MS);
    assert_int_equal(due_s(&a), ping_s);
    net_play_pass(&play, CW_LISTENER_PING_IDLE_MS - 1000);
    assert_false(net_play_peer(&play, &a)->pinged);
    net_play_pass(&play, 2000);
    assert_true(net_play_peer(&play, &a)->pinged);
    assert_int_equal(due_s(&a), dead_s);
    net_play_pass(&play, CW_LISTENER_DEAD_MS - CW_LISTENER_PING_IDLE_MS);
    net_play_expect(&play, "log: silent for too long; closed a; ");
}

/* The kernel's keepalive finds out that it is gone. */
static void one_without_answers_to_pings_is_never_due(void **state)
{
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_0);
    assert_int_equal(due_s(&a), UINT32_MAX);
}

static void one_with_half_a_frame_is_looked_at_each_time(void **state)
{
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_0);
    net_play_say(&a, 10, 5);
    net_play_pass(&play, 0);
    net_play_pass(&play, 1000);
    assert_int_equal(due_s(&a), 0);
    net_play_go_on(&a, 5);
    net_play_pass(&play, 0);
    net_play_expect(&play, "message a 10; ");
    net_play_pass(&play, 1000);
    assert_int_equal(due_s(&a), UINT32_MAX);
}

static void one_whose_output_waits_is_looked_at_each_time(void **state)
{
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_0);
    net_play_peer(&play, &a)->authenticated = true;
    for (int i = 0; i < 8; i++) /* more than the socket takes */
        net_play_send(&play, &a, 60000);
    net_play_pass(&play, 0);
    net_play_expect(&play, "full a; ");
    assert_int_equal(due_s(&a), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(an_idle_connection_is_looked_at_when_it_is_due_for_a_ping),
        T(who_is_in_a_call_is_given_up_sooner),
        T(one_without_answers_to_pings_is_never_due),
        T(one_with_half_a_frame_is_looked_at_each_time),
        T(one_whose_output_waits_is_looked_at_each_time),
    };
    return cmocka_run_group_tests_name("net sweep", tests, NULL, NULL);
}
