/* test_net_behind.c - live audio to a listener on a narrow line, by the simulated kernel: while too
 * much of it is under way nothing is added, and what people write is sent all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/tcp_queue.h"
#include "net_play.h"

static unsigned queue_ms;

/* Replaces the function of src/net: a pair of sockets has no round trip. */
bool cw_tcp_look(int fd, struct cw_tcp_sight *sight)
{
    (void)fd;
    *sight = (struct cw_tcp_sight){.unacked = 1, .rtt_ms = 60 + queue_ms, .least_ms = 60};
    return true;
}

struct scene {
    struct net_play play;
    struct net_play_client ann;
};

static void queue(struct scene *s, enum cw_net_lane lane, const char *text)
{
    struct cw_body *body = cw_body_create(cw_net_pools(s->play.net), strlen(text));
    memcpy(body->bytes, text, strlen(text));
    cw_net_send(s->play.net, &s->ann.id, 1, body, false, lane);
    cw_body_release(body);
}

/* One piece of audio and one text, some time after the last; how many of them come. */
static ssize_t come(struct scene *s)
{
    uint8_t bytes[64];
    ssize_t n = 0, got;
    net_play_pass(&s->play, 60);
    queue(s, CW_NET_AUDIO, "audio");
    queue(s, CW_NET_UPDATE, "texts");
    net_play_pass(&s->play, 60);
    while ((got = recv(s->ann.fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        n += got;
    return n / 7; /* with heads of two bytes */
}

static void nothing_is_added_to_a_queue_before_a_narrow_line(void **state)
{
    struct scene s;
    (void)state;
    queue_ms = 0;
    net_play_begin(&s.play, 1 << 20);
    net_play_connect(&s.play, &s.ann, 'a', NET_PLAY_ZMTP_3_0);
    assert_int_equal(come(&s), 2);
    queue_ms = CW_LIVE_QUEUE_MS;
    assert_int_equal(come(&s), 2);
    assert_int_equal(cw_net_stats(s.play.net).late, 0);
    queue_ms++;
    assert_int_equal(come(&s), 1);
    assert_int_equal(come(&s), 1);
    assert_int_equal(cw_net_stats(s.play.net).late, 2);
    queue_ms = 100;
    assert_int_equal(come(&s), 2);
    net_play_end(&s.play);
    close(s.ann.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_added_to_a_queue_before_a_narrow_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
