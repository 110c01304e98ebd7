/* test_curve_libzmq.c - libzmq as a client of our server, by CURVE. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>
#include <sys/socket.h>
#include <zmq.h>

#include "frame/zmtp.h"
#include "libzmq_play.h"

/* --- our end ---------------------------------------------------------------------------- */

/* Accepts the next connection of libzmq. */
static void accept_end(struct end *end, bool curve, bool plaintext)
{
    struct pollfd wanted = {.fd = listener, .events = POLLIN};
    assert_int_equal(poll(&wanted, 1, PATIENCE_MS), 1);
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, 2 * LONG_N);
    if (curve)
        cw_zmtp_offer_curve(framer, &server, plaintext);
    begin_end(end, accept(listener, NULL, NULL), framer);
}

/* --- libzmq ----------------------------------------------------------------------------- */

static void use_curve(void *socket, const uint8_t *server_key)
{
    set_key(socket, ZMQ_CURVE_SERVERKEY, server_key);
    set_key(socket, ZMQ_CURVE_PUBLICKEY, zmq_keys.public_key);
    set_key(socket, ZMQ_CURVE_SECRETKEY, zmq_keys.secret_key);
}

static void watch(void *socket)
{
    monitored = socket;
    int all = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
              ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
              ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED;
    static unsigned count; /* the name of a closed socket may be in use for a while */
    char name[64];
    snprintf(name, sizeof name, "inproc://monitor-%u", count++);
    assert_int_equal(zmq_socket_monitor(socket, name, all), 0);
    monitor = zmq_socket(context, ZMQ_PAIR);
    set_int(monitor, ZMQ_LINGER, 0);
    set_int(monitor, ZMQ_RCVTIMEO, PATIENCE_MS);
    assert_int_equal(zmq_connect(monitor, name), 0);
}

static void assert_event(unsigned wanted, unsigned value)
{
    uint8_t event[6];
    uint16_t number;
    uint32_t detail;
    assert_int_equal(zmq_recv(monitor, event, sizeof event, 0), sizeof event);
    memcpy(&number, event, sizeof number);
    memcpy(&detail, event + 2, sizeof detail);
    zmq_recv(monitor, NULL, 0, 0); /* the address */
    assert_int_equal(number, wanted);
    if (value != 0)
        assert_int_equal(detail, value);
}

static void assert_zmq_hears(void *socket, const void *body, size_t n)
{
    static uint8_t is[2 * LONG_N];
    assert_int_equal(zmq_recv(socket, is, sizeof is, 0), (int)n);
    assert_memory_equal(is, body, n);
}

/* --- libzmq as a client ------------------------------------------------------------------- */

static void *connected(int type, const uint8_t *server_key)
{
    void *socket = open_socket(type);
    if (server_key != NULL)
        use_curve(socket, server_key);
    watch(socket);
    assert_int_equal(zmq_connect(socket, endpoint), 0);
    return socket;
}

static void speak_both_ways(struct end *end, void *socket)
{
    static uint8_t bytes[LONG_N + 32];
    static const size_t sizes[] = {1, 200, 222, 223, 255, 256, 16000, LONG_N, 7};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(zmq_send(socket, bytes + i, sizes[i], 0), (int)sizes[i]);
        assert_end_hears(end, bytes + i, sizes[i]);
        say_end(end, cw_slice_of(bytes + 2 * i, sizes[i]));
        assert_zmq_hears(socket, bytes + 2 * i, sizes[i]);
    }
}

static void a_dealer(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, server.key.public_key);
    accept_end(&end, true, false);
    UNTIL(&end, end.ready);
    assert_event(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, 0);
    assert_int_equal(end.framer->sealing, CW_FRAMER_SEALED);
    assert_true(end.framer->proves_receipt);
    assert_true(end.framer->takes_updates);
    speak_both_ways(&end, dealer);
    finish_end(&end);
    close_socket(dealer);
}

static void a_dealer_with_the_old_key(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, server.old_key.public_key);
    accept_end(&end, true, false);
    UNTIL(&end, end.ready);
    assert_int_equal(end.framer->sealing, CW_FRAMER_SEALED_BY_OLD_KEY);
    speak_both_ways(&end, dealer);
    finish_end(&end);
    close_socket(dealer);
}

static void a_req_socket(void **state)
{
    (void)state;
    struct end end;
    void *req = connected(ZMQ_REQ, server.key.public_key);
    accept_end(&end, true, false);
    UNTIL(&end, end.ready);
    assert_false(end.framer->takes_updates);
    speak_both_ways(&end, req);
    assert_true(end.envelope);
    finish_end(&end);
    close_socket(req);
}

static void heartbeats_both_ways(void **state)
{
    (void)state;
    struct end end;
    void *dealer = open_socket(ZMQ_DEALER);
    set_int(dealer, ZMQ_HEARTBEAT_IVL, 10);
    use_curve(dealer, server.key.public_key);
    assert_int_equal(zmq_connect(dealer, endpoint), 0);
    accept_end(&end, true, false);
    UNTIL(&end, end.pings >= 3); /* libzmq sends a third PING only after the second PONG */
    cw_framer_probe(end.framer, 0x1234567890, &end.out);
    UNTIL(&end, end.mark != 0);
    assert_int_equal(end.mark, 0x1234567890);
    finish_end(&end);
    close_socket(dealer);
}

static void a_message_of_several_frames_is_refused(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, server.key.public_key);
    accept_end(&end, true, false);
    UNTIL(&end, end.ready);
    assert_int_equal(zmq_send(dealer, "a", 1, ZMQ_SNDMORE), 1);
    assert_int_equal(zmq_send(dealer, "b", 1, 0), 1);
    assert_int_equal(zmq_send(dealer, "c", 1, 0), 1);
    assert_end_hears(&end, "c", 1);
    assert_int_equal(end.refused, 1);
    finish_end(&end);
    close_socket(dealer);
}

static void where_both_are_offered_the_client_chooses(void **state)
{
    (void)state;
    for (int sealed = 0; sealed < 2; sealed++) {
        struct end end;
        void *dealer = connected(ZMQ_DEALER, sealed ? server.key.public_key : NULL);
        accept_end(&end, true, true);
        UNTIL(&end, end.ready);
        assert_int_equal(end.framer->sealing, sealed ? CW_FRAMER_SEALED : CW_FRAMER_PLAIN);
        assert_int_equal(cw_framer_seals(end.framer), sealed);
        speak_both_ways(&end, dealer);
        finish_end(&end);
        close_socket(dealer);
    }
}

/* --- its mistakes --------------------------------------------------------------------------- */

static void assert_refused(struct end *end, const char *reason)
{
    UNTIL(end, end->failed);
    assert_string_equal(end->reason, reason);
    assert_false(end->ready);
}

static void another_server_key(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, zmq_keys.public_key);
    accept_end(&end, true, false);
    assert_refused(&end, "HELLO does not open: the peer has another server key");
    assert_event(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, 0);
    assert_event(ZMQ_EVENT_DISCONNECTED, 0);
    finish_end(&end);
    assert_event(ZMQ_EVENT_CONNECT_RETRIED, 0);
    accept_end(&end, true, false);
    assert_refused(&end, "HELLO does not open: the peer has another server key");
    finish_end(&end);
    close_socket(dealer);
}

static void no_curve_where_it_is_needed(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, NULL);
    accept_end(&end, true, false);
    assert_refused(&end, "the peer wants another security mechanism than CURVE");
    assert_event(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
    assert_event(ZMQ_EVENT_DISCONNECTED, 0);
    finish_end(&end);
    close_socket(dealer);
}

static void curve_where_there_is_none(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, server.key.public_key);
    accept_end(&end, false, false);
    while (!end.closed)
        turn_end(&end);
    assert_event(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
    finish_end(&end);
    close_socket(dealer);
}

static void another_type_of_socket(void **state)
{
    (void)state;
    struct end end;
    void *push = connected(ZMQ_PUSH, server.key.public_key);
    accept_end(&end, true, false);
    assert_refused(&end, "Socket-Type must be DEALER or REQ");
    assert_event(ZMQ_EVENT_DISCONNECTED, 0);
    finish_end(&end);
    close_socket(push);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dealer),
        TEST(a_dealer_with_the_old_key),
        TEST(a_req_socket),
        TEST(heartbeats_both_ways),
        TEST(a_message_of_several_frames_is_refused),
        TEST(where_both_are_offered_the_client_chooses),
        TEST(another_server_key),
        TEST(no_curve_where_it_is_needed),
        TEST(curve_where_there_is_none),
        TEST(another_type_of_socket),
    };
    if (sodium_init() < 0)
        return 1;
    make_keys();
    context = zmq_ctx_new();
    int failed = cmocka_run_group_tests_name("curve_libzmq", tests, NULL, NULL);
    if (failed == 0)
        zmq_ctx_term(context); /* would block if a failed test has left sockets open */
    return failed;
}
