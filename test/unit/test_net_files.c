/* test_net_files.c - pieces of files beside what people say, by the simulated kernel: which leaves
 * first, and that a piece leaves only when the kernel holds no unsent byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net_play.h"

static int unsent, unsent_next; /* now, and once it was said that there is none */

/* Replaces the C library's function, for SIOCOUTQNSD: a pair of sockets holds nothing unsent. */
int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    (void)fd;
    (void)request;
    va_start(arguments, request);
    *va_arg(arguments, int *) = unsent;
    va_end(arguments);
    if (unsent == 0)
        unsent = unsent_next;
    return 0;
}

struct scene {
    struct net_play play;
    struct net_play_client ann;
};

static void begin(struct scene *s)
{
    unsent = unsent_next = 0;
    net_play_begin(&s->play, 1 << 20);
    net_play_connect(&s->play, &s->ann, 'a', NET_PLAY_ZMTP_3_0);
}

static void end(struct scene *s)
{
    net_play_end(&s->play);
    close(s->ann.fd);
}

static void queue(struct scene *s, enum cw_net_lane lane, const char *text)
{
    struct cw_body *body = cw_body_create(cw_net_pools(s->play.net), strlen(text));
    memcpy(body->bytes, text, strlen(text));
    cw_net_send(s->play.net, &s->ann.id, 1, body, false, lane);
    cw_body_release(body);
}

/* Asserts which messages came, as their texts; each has a head of two bytes. */
static void came_to(int fd, const char *texts)
{
    uint8_t bytes[256];
    char got[256];
    size_t n = 0;
    ssize_t came = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    for (ssize_t at = 0; at < came; at += 2 + bytes[at + 1]) {
        memcpy(got + n, bytes + at + 2, bytes[at + 1]);
        n += bytes[at + 1];
        got[n++] = ' ';
    }
    got[n] = 0;
    assert_string_equal(got, texts);
}

/* The same after the net has run. */
static void expect(struct scene *s, const char *texts)
{
    net_play_pass(&s->play, 10);
    came_to(s->ann.fd, texts);
}

/* The kernel has sent all: epoll says so of a real socket, and here always. */
static void drain(struct scene *s)
{
    unsent = 0;
    assert_true((net_play_peer(&s->play, &s->ann)->polled & EPOLLOUT) != 0);
}

static void what_is_said_overtakes_pieces(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = 1;
    queue(&s, CW_NET_PIECE, "p1");
    queue(&s, CW_NET_PIECE, "p2");
    expect(&s, "");
    queue(&s, CW_NET_UPDATE, "chat");
    queue(&s, CW_NET_AUDIO, "call");
    expect(&s, "chat call ");
    drain(&s);
    expect(&s, "p1 ");
    expect(&s, "p2 ");
    end(&s);
}

static void a_piece_waits_until_the_one_before_has_left(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = 4096;
    queue(&s, CW_NET_PIECE, "p1");
    for (int i = 0; i < 3; i++) {
        expect(&s, "");
        assert_true(net_play_peer(&s.play, &s.ann)->draining);
    }
    drain(&s);
    expect(&s, "p1 ");
    assert_false(net_play_peer(&s.play, &s.ann)->draining);
    end(&s);
}

/* The kernel takes all at once, as on loopback: between two looks at what others say, one piece of
 * each connection leaves. */
static void a_turn_has_one_piece(void **state)
{
    (void)state;
    struct scene s;
    struct net_play_client bob;
    char bytes[64];
    begin(&s);
    net_play_connect(&s.play, &bob, 'b', NET_PLAY_ZMTP_3_0);
    while (recv(bob.fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) /* the handshake */
        continue;
    for (int i = 1; i <= 5; i++)
        queue(&s, CW_NET_PIECE, "piece");
    for (int i = 1; i <= 5; i++) {
        struct cw_body *body = cw_body_create(cw_net_pools(s.play.net), 4);
        memcpy(body->bytes, "chat", 4);
        cw_net_send(s.play.net, &bob.id, 1, body, false, CW_NET_UPDATE);
        cw_body_release(body);
        cw_net_flush(s.play.net);
        came_to(s.ann.fd, "piece ");
        came_to(bob.fd, "chat ");
        uv_run(&s.play.loop, UV_RUN_NOWAIT);
    }
    expect(&s, "");
    end(&s);
    close(bob.fd);
}

static void answers_keep_their_order(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = 1;
    queue(&s, CW_NET_PIECE, "p1");
    queue(&s, CW_NET_UPDATE, "before");
    queue(&s, CW_NET_ANSWER, "answer");
    queue(&s, CW_NET_UPDATE, "behind");
    queue(&s, CW_NET_PIECE, "p2");
    queue(&s, CW_NET_AUDIO, "call");
    expect(&s, "before call ");
    drain(&s);
    expect(&s, "p1 answer behind ");
    expect(&s, "p2 ");
    queue(&s, CW_NET_ANSWER, "alone");
    queue(&s, CW_NET_UPDATE, "next");
    expect(&s, "alone next ");
    end(&s);
}

static void behind_an_answer_that_has_left_updates_overtake_again(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = unsent_next = 1;
    queue(&s, CW_NET_PIECE, "p1");
    queue(&s, CW_NET_ANSWER, "answer");
    queue(&s, CW_NET_PIECE, "p2");
    queue(&s, CW_NET_PIECE, "p3");
    expect(&s, "");
    drain(&s);
    expect(&s, "p1 answer ");
    queue(&s, CW_NET_UPDATE, "chat");
    expect(&s, "chat ");
    drain(&s);
    expect(&s, "p2 "); /* one at a time */
    drain(&s);
    expect(&s, "p3 ");
    end(&s);
}

static void a_close_comes_last(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = 1;
    queue(&s, CW_NET_PIECE, "p1");
    expect(&s, "");
    cw_net_close(s.play.net, s.ann.id, NULL);
    expect(&s, "");
    drain(&s);
    expect(&s, "p1 ");
    net_play_expect(&s.play, "closed a; ");
    end(&s);
}

static void pieces_that_wait_are_freed_with_their_connection(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    unsent = 1;
    queue(&s, CW_NET_PIECE, "p1");
    queue(&s, CW_NET_ANSWER, "answer");
    expect(&s, "");
    net_play_hang_up(&s.ann);
    net_play_pass(&s.play, 10);
    net_play_expect(&s.play, "closed a; ");
    net_play_end(&s.play); /* nothing is charged */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_overtakes_pieces),
        cmocka_unit_test(a_piece_waits_until_the_one_before_has_left),
        cmocka_unit_test(a_turn_has_one_piece),
        cmocka_unit_test(answers_keep_their_order),
        cmocka_unit_test(behind_an_answer_that_has_left_updates_overtake_again),
        cmocka_unit_test(a_close_comes_last),
        cmocka_unit_test(pieces_that_wait_are_freed_with_their_connection),
    };
    return cmocka_run_group_tests_name("net_files", tests, NULL, NULL);
}
