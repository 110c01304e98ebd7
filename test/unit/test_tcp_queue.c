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
    kernel = (struct tcp_info){.tcpi_rtt = rtt_ms * 1000,
                               .tcpi_min_rtt = least_ms * 1000,
                               .tcpi_unacked = unacked,
                               .tcpi_bytes_acked = UINT64_C(5000000007)};
}

static void what_the_kernel_says_is_read(void **state)
{
    (void)state;
    const socklen_t kernels[] = {OLD_KERNEL, sizeof kernel};
    for (int i = 0; i < 2; i++) {
        struct cw_tcp_sight sight;
        known = kernels[i];
        say(560, 60, 3);
        assert_true(cw_tcp_look(0, &sight));
        assert_int_equal(sight.unacked, 3);
        assert_int_equal(sight.acked, 5000000007 - 4294967296);
        assert_int_equal(sight.rtt_ms, 560);
        assert_int_equal(sight.least_ms, 60);
        assert_int_equal(cw_client_socket_rtt_ms(0), 560);
        say(60, 60, 3);
        assert_int_equal(cw_client_socket_rtt_ms(0), 60);
    }
}

static void a_kernel_that_does_not_say_it(void **state)
{
    struct cw_tcp_sight sight;
    (void)state;
    known = OLD_KERNEL - 8;
    say(560, 60, 3);
    assert_false(cw_tcp_look(0, &sight));
    assert_int_equal(cw_client_socket_rtt_ms(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_says_is_read),
        cmocka_unit_test(a_kernel_that_does_not_say_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
