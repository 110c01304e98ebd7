/* test_voice_calls.c - how many calls of the system it takes to forward a packet to all listeners
 * of a call by datagrams: one, with sockets of the system, and clients at the other end. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/account.h"
#include "frame/voice_link.h"
#include "server/voice.h"

#define LISTENERS 24
#define SPEAKER   100 /* the connection; those of the listeners are 1 to 24 */

static unsigned calls, datagrams;

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
    calls++;
    datagrams += n;
    return __real_sendmmsg(fd, messages, n, flags);
}

static struct cw_account *account;

struct cw_account *__wrap_cw_net_account(struct cw_net *net, cw_net_id conn);
struct cw_account *__wrap_cw_net_account(struct cw_net *net, cw_net_id conn)
{
    (void)net, (void)conn;
    return account;
}

static void on_packet(void *context, cw_net_id conn, struct cw_slice packet, bool again)
{
    (void)context, (void)conn, (void)packet, (void)again;
}

struct listener {
    int fd;
    struct cw_voice_link link;
    unsigned heard;
};

static const uint64_t seed[2] = {1, 2};

struct play {
    uv_loop_t loop;
    struct cw_ledger ledger;
    struct cw_voice *voice;
    struct sockaddr_in at[2]; /* where the server listens */
    uint64_t now_ms;          /* of the clients' clock */
    struct listener listeners[LISTENERS];
};

/* A port that is free, at an address that only this process uses. */
static struct sockaddr_in free_place(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(0x7f800000u | ((unsigned)getpid() & 0x3fffffu));
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return address;
}

static void send_to_server(const struct listener *listener, const uint8_t *datagram, size_t n)
{
    assert_int_equal(send(listener->fd, datagram, n, 0), (ssize_t)n);
}

static void begin_listener(struct play *play, unsigned i)
{
    struct listener *listener = &play->listeners[i];
    struct cw_extras extras = {.present = CW_BIT(CW_X_UDP_KEY)};
    uint8_t secret[CW_DATAGRAM_SECRET_N];
    cw_voice_offer(play->voice, 1 + i, &extras);
    assert_true((extras.present & CW_BIT(CW_X_UDP_KEY)) != 0);
    assert_int_equal(sodium_base642bin(secret, sizeof secret, (const char *)extras.udp_key.p,
                                       extras.udp_key.n, NULL, NULL, NULL,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    cw_voice_link_begin(&listener->link, secret, play->now_ms);
    listener->fd = socket(AF_INET, SOCK_DGRAM, 0);
    /* Every other one by the other address. */
    assert_int_equal(connect(listener->fd, (struct sockaddr *)&play->at[i % 2], sizeof play->at[0]),
                     0);
}

static void read_listener(struct play *play, struct listener *listener)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    struct cw_voice_heard heard;
    ssize_t n;
    while ((n = recv(listener->fd, datagram, sizeof datagram, MSG_DONTWAIT)) > 0) {
        assert_true(cw_voice_link_take(&listener->link, cw_slice_of(datagram, (size_t)n),
                                       play->now_ms, &heard));
        listener->heard += (unsigned)heard.said_count;
        if (heard.reply_n != 0)
            send_to_server(listener, heard.reply, heard.reply_n);
    }
}

/* What came at both ends, until the server reaches all by datagrams. */
static void meet(struct play *play)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    while (cw_voice_live(play->voice) < LISTENERS) {
        for (unsigned i = 0; i < LISTENERS; i++) {
            struct listener *listener = &play->listeners[i];
            size_t n = cw_voice_link_probe(&listener->link, play->now_ms, datagram);
            if (n != 0)
                send_to_server(listener, datagram, n);
        }
        uv_run(&play->loop, UV_RUN_ONCE);
        cw_voice_flush(play->voice);
        for (unsigned i = 0; i < LISTENERS; i++)
            read_listener(play, &play->listeners[i]);
    }
}

static void play_begin(struct play *play, unsigned places)
{
    char text[64], host[INET_ADDRSTRLEN];
    *play = (struct play){.now_ms = 1000};
    uv_loop_init(&play->loop);
    cw_ledger_init(&play->ledger, 1 << 24, 1 << 24, 1 << 24, seed);
    account = cw_account_open(&play->ledger, cw_slice_str("home"), 1 << 20);
    play->voice = cw_voice_create(&play->loop, NULL, "", on_packet, NULL);
    for (unsigned i = 0; i < places; i++) {
        play->at[i] = free_place();
        inet_ntop(AF_INET, &play->at[i].sin_addr, host, sizeof host);
        snprintf(text, sizeof text, "%s:%u", host, ntohs(play->at[i].sin_port));
        cw_voice_listen(play->voice, text);
    }
    if (places == 1)
        play->at[1] = play->at[0];
    for (unsigned i = 0; i < LISTENERS; i++)
        begin_listener(play, i);
    meet(play);
    calls = datagrams = 0;
}

static void play_end(struct play *play)
{
    for (unsigned i = 0; i < LISTENERS; i++) {
        close(play->listeners[i].fd);
        cw_voice_link_finish(&play->listeners[i].link);
    }
    cw_voice_destroy(play->voice);
    uv_run(&play->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&play->loop), 0);
    cw_account_release(account);
    cw_ledger_finish(&play->ledger);
}

/* A packet of the speaker, for all listeners. */
static void forward(struct play *play)
{
    cw_conn_id all[LISTENERS], left[LISTENERS];
    static const uint8_t packet[] = "\0\0\0\1\0\0\0\0\x78 some Opus";
    for (unsigned i = 0; i < LISTENERS; i++)
        all[i] = 1 + i;
    struct cw_effect effect = {
        .type = CW_FX_SEND,
        .send = {.msg = {.kind = CW_UPDATE,
                         .action = CW_CALL_DATA,
                         .sender = cw_slice_str("alice"),
                         .samples = {.form = CW_SAMPLES_PACKET,
                                     .payload = cw_slice_of(packet, sizeof packet - 1)}},
                 .extended = all,
                 .extended_count = LISTENERS,
                 .live = true,
                 .speaker = SPEAKER}};
    assert_int_equal(cw_voice_forward(play->voice, &effect, left), 0);
}

/* All of them get it: what was sent on this machine is there. */
static void assert_heard(struct play *play, unsigned packets)
{
    for (unsigned i = 0; i < LISTENERS; i++) {
        read_listener(play, &play->listeners[i]);
        assert_int_equal(play->listeners[i].heard, packets);
    }
}

static void test_one_call_a_packet(void **state)
{
    (void)state;
    struct play play;
    play_begin(&play, 1);
    forward(&play);
    assert_int_equal(calls, 0); /* at the end of the tick */
    cw_voice_flush(play.voice);
    assert_int_equal(calls, 1);
    assert_int_equal(datagrams, LISTENERS);
    assert_heard(&play, 1);
    cw_voice_flush(play.voice);
    assert_int_equal(calls, 1);
    play_end(&play);
}

/* Two and two thirds fit into one call. */
static void test_packets_of_one_tick_share_calls(void **state)
{
    (void)state;
    struct play play;
    play_begin(&play, 1);
    for (unsigned i = 0; i < 5; i++)
        forward(&play);
    cw_voice_flush(play.voice);
    assert_int_equal(datagrams, 5 * LISTENERS);
    assert_int_equal(calls, 2);
    assert_heard(&play, 5);
    play_end(&play);
}

/* A socket each: one call for each, whatever the order of the listeners. */
static void test_two_addresses(void **state)
{
    (void)state;
    struct play play;
    play_begin(&play, 2);
    forward(&play);
    cw_voice_flush(play.voice);
    assert_int_equal(datagrams, LISTENERS);
    assert_int_equal(calls, 2);
    assert_heard(&play, 1);
    play_end(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_call_a_packet),
                                       cmocka_unit_test(test_packets_of_one_tick_share_calls),
                                       cmocka_unit_test(test_two_addresses)};
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
