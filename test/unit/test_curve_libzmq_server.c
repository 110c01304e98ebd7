/* test_curve_libzmq_server.c - libzmq as a server of our client, by CURVE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>
#include <zmq.h>

#include "frame/zmtp.h"
#include "libzmq_play.h"

/* --- libzmq as a server ----------------------------------------------------------------------- */

static void *bound(bool curve, uint16_t *port)
{
    char address[64];
    size_t n = sizeof address;
    void *router = open_socket(ZMQ_ROUTER);
    if (curve) {
        set_int(router, ZMQ_CURVE_SERVER, 1);
        set_key(router, ZMQ_CURVE_SECRETKEY, zmq_keys.secret_key);
    }
    assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, address, &n), 0);
    *port = (uint16_t)atoi(strrchr(address, ':') + 1);
    return router;
}

static void connect_end(struct end *end, uint16_t port, const uint8_t *server_key)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, 2 * LONG_N);
    memcpy(client.server_key, server_key, CW_CURVE_KEY_N);
    cw_zmtp_use_curve(framer, &client);
    begin_end(end, fd, framer);
}

static void our_client_and_a_router(void **state)
{
    (void)state;
    struct end end;
    uint16_t port;
    uint8_t id[8];
    static uint8_t bytes[LONG_N], is[LONG_N];
    static const size_t sizes[] = {1, 255, 256, LONG_N, 5};
    void *router = bound(true, &port);
    connect_end(&end, port, zmq_keys.public_key);
    UNTIL(&end, end.ready);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(bytes, 'a' + (int)i, sizeof bytes);
        say_end(&end, cw_slice_of(bytes, sizes[i]));
        int id_n = zmq_recv(router, id, sizeof id, 0);
        assert_int_equal(id_n, 5);
        assert_int_equal(zmq_recv(router, is, sizeof is, 0), (int)sizes[i]);
        assert_memory_equal(is, bytes, sizes[i]);
        zmq_send(router, id, (size_t)id_n, ZMQ_SNDMORE);
        zmq_send(router, is, sizes[i], 0);
        assert_end_hears(&end, bytes, sizes[i]);
    }
    cw_framer_probe(end.framer, 77, &end.out);
    UNTIL(&end, end.mark == 77);
    finish_end(&end);
    close_socket(router);
}

/* libzmq closes without an error message, in the second case before its greeting is complete. */
static void assert_turned_away(void *router, uint16_t port, const uint8_t *server_key)
{
    struct end end;
    connect_end(&end, port, server_key);
    while (!end.closed)
        turn_end(&end);
    assert_false(end.ready);
    finish_end(&end);
    close_socket(router);
}

static void our_client_with_another_key(void **state)
{
    (void)state;
    uint16_t port;
    void *router = bound(true, &port);
    assert_turned_away(router, port, server.key.public_key);
}

static void our_client_speaks_no_null(void **state)
{
    (void)state;
    uint16_t port;
    void *router = bound(false, &port);
    assert_turned_away(router, port, zmq_keys.public_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(our_client_and_a_router),
        TEST(our_client_with_another_key),
        TEST(our_client_speaks_no_null),
    };
    if (sodium_init() < 0)
        return 1;
    make_keys();
    context = zmq_ctx_new();
    int failed = cmocka_run_group_tests_name("CURVE: libzmq as a server", tests, NULL, NULL);
    if (failed == 0)
        zmq_ctx_term(context); /* would block if a failed test has left sockets open */
    return failed;
}
