/* test_client_stall.c - a network that stands still: what libchinwag gives the system to send is
 * bounded, so that speech is not late when the network moves again. With a real socket, whose other
 * end does not read; time is that of the packets. */
#include <linux/sockios.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/client_socket.h"
#include "script.h"

/* 20 ms of speech, and 8 s of them. */
#define PACKET_N 80
#define STALL    400
/* What the system holds, the packets of one send that it took when it held little, and as many that
 * wait in the library. Mostly it is half of that. */
#define LATE_MAX (CW_CLIENT_UNSENT_MAX + 2 * (CW_CALL_PACKETS_WAITING_MAX + 4 * PACKET_N))

struct wire {
    struct script script;
    struct chinwag_client client;
    int server;
};

static uint64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A connection over TCP whose receiver has room for little. */
static void connect_wire(struct wire *wire)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr *any = (struct sockaddr *)&address;
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int)), 0);
    assert_int_equal(bind(listener, any, n), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, any, &n), 0);
    struct addrinfo to = {.ai_family = AF_INET, .ai_addr = any, .ai_addrlen = n};
    wire->client.fd = cw_client_socket_open(&to);
    wire->server = accept(listener, NULL, NULL);
    assert_true(wire->client.fd >= 0 && wire->server >= 0);
    close(listener);
}

static void wire_start(struct wire *wire)
{
    *wire = (struct wire){.server = -1};
    script_start(&wire->script, NULL);
    wire->script.now = clock_ms();
    script_logged_in(&wire->script);
    wire->client = (struct chinwag_client){.datagrams.fd = -1,
                                           .wake_fd = -1,
                                           .core = wire->script.client,
                                           .connected = true,
                                           .next_at_ms = UINT64_MAX,
                                           .chunk = malloc(CW_READ_CHUNK)};
    connect_wire(wire);
}

static void wire_finish(struct wire *wire)
{
    close(wire->client.fd);
    close(wire->server);
    free(wire->client.chunk);
    script_finish(&wire->script);
}

/* 20 ms of a call; false: the packet was dropped. */
static bool say(struct wire *wire, uint32_t sequence)
{
    static const uint8_t packet[PACKET_N] = {0x48};
    struct chinwag_event event;
    int code = chinwag_call_packet(&wire->client, "cooks", sequence, 0, packet, sizeof packet);
    assert_true(code == 0 || code == CHINWAG_OUTBOX_FULL);
    assert_false(chinwag_poll(&wire->client, 0, &event));
    return code == 0;
}

static size_t unsent(const struct wire *wire)
{
    int n = 0;
    if (ioctl(wire->client.fd, SIOCOUTQNSD, &n) != 0)
        skip(); /* QEMU, which runs the tests of other processors, does not have it */
    return (size_t)n;
}

static size_t waiting(const struct wire *wire)
{
    return unsent(wire) + cw_client_output(wire->client.core).n;
}

/* The other end reads until nothing waits any more. */
static void move_again(struct wire *wire)
{
    char bytes[16384];
    struct chinwag_event event;
    while (waiting(wire) != 0) {
        recv(wire->server, bytes, sizeof bytes, 0);
        chinwag_poll(&wire->client, 1, &event);
    }
}

static void what_waits_in_a_stall_is_bounded(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire);
    unsigned dropped = 0;
    for (uint32_t i = 0; i < STALL; i++)
        dropped += !say(&wire, i);
    assert_in_range(dropped, STALL / 2, STALL);
    assert_in_range(waiting(&wire), 1, LATE_MAX);
    move_again(&wire);
    assert_true(say(&wire, STALL));
    assert_true(waiting(&wire) < CW_CLIENT_UNSENT_MAX);
    wire_finish(&wire);
}

/* A program that waits for the socket while it takes nothing is not woken all the time. */
static void who_waits_in_a_stall_sleeps(void **state)
{
    (void)state;
    struct wire wire;
    struct chinwag_event event;
    wire_start(&wire);
    for (uint32_t i = 0; i < STALL; i++)
        say(&wire, i);
    uint64_t begun = clock_ms();
    assert_false(chinwag_poll(&wire.client, 200, &event));
    clock_t used = clock();
    assert_false(chinwag_poll(&wire.client, 200, &event));
    assert_true(clock() - used < CLOCKS_PER_SEC / 10);
    assert_true(clock_ms() - begun >= 400);
    wire_finish(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_in_a_stall_is_bounded),
        cmocka_unit_test(who_waits_in_a_stall_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
