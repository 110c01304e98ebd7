/* test_tcp_queue.c - what waits on the way of a connection, read from what the kernel says: src/net
 * of a listener, src/client of who speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/tcp.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "client/client_socket.h"
#include "net/tcp_queue.h"

/* All that a kernel of 2016 says, the first with tcpi_min_rtt; those of today say more. */
#define OLD_KERNEL 152

static struct tcp_info kernel;
static socklen_t known;

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *n);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *n)
{
    (void)fd, (void)level;
    assert_int_equal(name, TCP_INFO);
    *n = *n < known ? *n : known;
    memcpy(value, &kernel, *n);
    return 0;
}

static void say(unsigned rtt_ms, unsigned least_ms, unsigned unacked)
{
    kernel = (struct tcp_info){
        .tcpi_rtt = rtt_ms * 1000, .tcpi_min_rtt = least_ms * 1000, .tcpi_unacked = unacked};
}

static void a_queue_is_what_the_round_trip_has_become_longer(void **state)
{
    (void)state;
    const socklen_t kernels[] = {OLD_KERNEL, sizeof kernel};
    for (int i = 0; i < 2; i++) {
        known = kernels[i];
        say(560, 60, 3);
        assert_int_equal(cw_tcp_queue_ms(0), 500);
        assert_int_equal(cw_client_socket_rtt_ms(0), 560);
        say(60, 60, 3);
        assert_int_equal(cw_tcp_queue_ms(0), 0);
        assert_int_equal(cw_client_socket_rtt_ms(0), 60);
    }
}

/* While nothing is sent the kernel measures nothing anew. */
static void where_nothing_is_under_way_no_queue_is(void **state)
{
    (void)state;
    known = sizeof kernel;
    say(560, 60, 0);
    assert_int_equal(cw_tcp_queue_ms(0), 0);
}

static void a_kernel_that_does_not_say_it(void **state)
{
    (void)state;
    known = OLD_KERNEL - 8;
    say(560, 60, 3);
    assert_int_equal(cw_tcp_queue_ms(0), 0);
    assert_int_equal(cw_client_socket_rtt_ms(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_is_what_the_round_trip_has_become_longer),
        cmocka_unit_test(where_nothing_is_under_way_no_queue_is),
        cmocka_unit_test(a_kernel_that_does_not_say_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
