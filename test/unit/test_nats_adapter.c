/* test_nats_adapter.c - libnats' adapter to libuv gets a socket that is closed already: a
 * connection was made again, and lost before the loop's turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus/nats/connection.h"

/* Of nats/adapters/libuv.h, which has bodies: they are in connection.c. */
natsStatus natsLibuv_Attach(void **user, void *loop, natsConnection *nc, natsSock socket);
natsStatus natsLibuv_Read(void *user, bool add);
natsStatus natsLibuv_Write(void *user, bool add);
natsStatus natsLibuv_Detach(void *user);

static void a_socket_that_is_closed_harms_nothing(void **state)
{
    static const struct cw_nats_events events;
    static const struct cw_bus_url url = {.servers = {"nats://127.0.0.1:4222"}, .server_count = 1};
    struct cw_nats nats = {0};
    uv_loop_t loop;
    void *user = NULL;
    char error[256];
    int closed = socket(AF_INET, SOCK_STREAM, 0);
    (void)state;
    close(closed);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(cw_nats_prepare(&nats, &url, &events, error));
    cw_nats_set_loop(&nats, &loop);
    for (int i = 0; i < 2; i++) { /* and once more, when it connects again */
        assert_int_equal(natsLibuv_Attach(&user, &loop, NULL, closed), NATS_OK);
        assert_int_equal(natsLibuv_Write(user, true), NATS_OK);
        assert_int_not_equal(uv_run(&loop, UV_RUN_NOWAIT), 0);
    }
    assert_int_equal(natsLibuv_Write(user, false), NATS_OK);
    assert_int_equal(natsLibuv_Read(user, false), NATS_OK);
    assert_int_equal(natsLibuv_Detach(user), NATS_OK);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&loop), 0);
    cw_nats_finish(&nats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_socket_that_is_closed_harms_nothing)};
    return cmocka_run_group_tests_name("nats_adapter", tests, NULL, NULL);
}
