/* test_curve_libzmq.c - our CURVE with libzmq's, over a real connection: DEALER and REQ
 * with our server's framer, our client's framer with a ROUTER, and the events of libzmq's
 * socket monitor after mistakes. docs/protocol.md has the same events in a table. */
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <zmq.h>

#include "frame/zmtp.h"

#define PATIENCE_MS 20000 /* the test fails if it waits longer */
#define LONG_N      100000

/* Our end of a connection. */
struct end {
    int fd;
    struct cw_framer *framer;
    struct cw_buf out;
    struct cw_buf body; /* of the last message */
    bool ready, envelope, failed, closed;
    const char *reason;
    unsigned messages, pings, refused;
    uint64_t mark;
};

static void *context, *monitor, *monitored;
static struct cw_curve_server server;
static struct cw_curve_client client;
static struct cw_curve_key zmq_keys;
static int listener;
static char endpoint[64];

/* --- our end ---------------------------------------------------------------------------- */

static bool may_begin(void *unused)
{
    (void)unused;
    return true;
}

static void note(struct end *end, const struct cw_framer_event *event)
{
    switch (event->type) {
    case CW_FRAMER_READY:
        end->ready = true;
        break;
    case CW_FRAMER_MESSAGE:
        end->messages++;
        end->envelope = event->envelope;
        end->body.n = 0;
        cw_buf_append(&end->body, event->body.p, event->body.n);
        break;
    case CW_FRAMER_PING:
        end->pings++;
        break;
    case CW_FRAMER_PONG:
        end->mark = event->mark;
        break;
    case CW_FRAMER_REFUSED:
        end->refused++;
        break;
    case CW_FRAMER_FAILED:
        end->failed = true;
        end->reason = event->reason;
        break;
    default:
        break;
    }
}

static void flush(struct end *end)
{
    struct cw_buf wire = {0};
    struct cw_slice plain = cw_buf_slice(&end->out);
    if (plain.n == 0)
        return;
    if (cw_framer_seals(end->framer))
        cw_framer_seal(end->framer, &plain, 1, &wire);
    else
        cw_buf_append(&wire, plain.p, plain.n);
    for (size_t at = 0; at < wire.n;) {
        ssize_t n = send(end->fd, wire.p + at, wire.n - at, MSG_NOSIGNAL);
        if (n <= 0)
            break; /* the peer has closed: the next recv reports it */
        at += (size_t)n;
    }
    cw_buf_finish(&wire);
    end->out.n = 0;
}

static void hang_up(struct end *end)
{
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
    end->closed = true;
}

/* Reads once, and handles the events. */
static void turn(struct end *end)
{
    static uint8_t chunk[65536];
    flush(end);
    struct pollfd wanted = {.fd = end->fd, .events = POLLIN};
    if (poll(&wanted, 1, 20) <= 0)
        return;
    ssize_t n = recv(end->fd, chunk, sizeof chunk, 0);
    if (n <= 0) {
        hang_up(end);
        return;
    }
    struct cw_slice in = cw_slice_of(chunk, (size_t)n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    while (event.type != CW_FRAMER_NEED_MORE && !end->failed) {
        event = cw_framer_input(end->framer, &in, &end->out);
        note(end, &event);
    }
    flush(end);
    if (end->failed)
        hang_up(end);
}

/* Runs the connection until the condition is true. */
#define UNTIL(end, condition)                                                                      \
    do {                                                                                           \
        for (int turns = 0; !(condition) && !(end)->closed; turns++) {                             \
            assert_true(turns < PATIENCE_MS / 20 * 50);                                            \
            turn(end);                                                                             \
        }                                                                                          \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", #condition, (end)->reason);                                         \
    } while (0)

static void say(struct end *end, struct cw_slice body)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *room_end = room + sizeof room;
    size_t n = cw_framer_header(end->framer, room_end, body.n, end->envelope);
    cw_buf_append(&end->out, room_end - n, n);
    cw_buf_append(&end->out, body.p, body.n);
    flush(end);
}

static void begin(struct end *end, int fd, struct cw_framer *framer)
{
    *end = (struct end){.fd = fd, .framer = framer};
    assert_true(fd >= 0);
    cw_framer_start(framer, &end->out);
}

static void finish(struct end *end)
{
    hang_up(end);
    cw_framer_destroy(end->framer);
    cw_buf_finish(&end->out);
    cw_buf_finish(&end->body);
}

/* Accepts the next connection of libzmq. */
static void accept_end(struct end *end, bool curve, bool plaintext)
{
    struct pollfd wanted = {.fd = listener, .events = POLLIN};
    assert_int_equal(poll(&wanted, 1, PATIENCE_MS), 1);
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, 2 * LONG_N);
    if (curve)
        cw_zmtp_offer_curve(framer, &server, plaintext);
    begin(end, accept(listener, NULL, NULL), framer);
}

/* --- libzmq ----------------------------------------------------------------------------- */

static void set_int(void *socket, int option, int value)
{
    assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

static void set_key(void *socket, int option, const uint8_t *key)
{
    assert_int_equal(zmq_setsockopt(socket, option, key, CW_CURVE_KEY_N), 0);
}

static void *open_socket(int type)
{
    void *socket = zmq_socket(context, type);
    assert_non_null(socket);
    set_int(socket, ZMQ_LINGER, 0);
    set_int(socket, ZMQ_RCVTIMEO, PATIENCE_MS);
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE_MS);
    return socket;
}

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

static void close_socket(void *socket)
{
    if (monitored == socket) {
        zmq_socket_monitor(socket, NULL, 0);
        zmq_close(monitor);
        monitored = NULL;
    }
    zmq_close(socket);
}

static void assert_zmq_hears(void *socket, const void *body, size_t n)
{
    static uint8_t is[2 * LONG_N];
    assert_int_equal(zmq_recv(socket, is, sizeof is, 0), (int)n);
    assert_memory_equal(is, body, n);
}

static void assert_end_hears(struct end *end, const void *body, size_t n)
{
    unsigned before = end->messages;
    UNTIL(end, end->messages > before);
    assert_int_equal(end->messages, before + 1);
    assert_int_equal(end->body.n, n);
    assert_memory_equal(end->body.p, body, n);
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
        say(end, cw_slice_of(bytes + 2 * i, sizes[i]));
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
    finish(&end);
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
    finish(&end);
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
    finish(&end);
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
    finish(&end);
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
    finish(&end);
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
        finish(&end);
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
    finish(&end);
    assert_event(ZMQ_EVENT_CONNECT_RETRIED, 0);
    accept_end(&end, true, false);
    assert_refused(&end, "HELLO does not open: the peer has another server key");
    finish(&end);
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
    finish(&end);
    close_socket(dealer);
}

static void curve_where_there_is_none(void **state)
{
    (void)state;
    struct end end;
    void *dealer = connected(ZMQ_DEALER, server.key.public_key);
    accept_end(&end, false, false);
    while (!end.closed)
        turn(&end);
    assert_event(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
    finish(&end);
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
    finish(&end);
    close_socket(push);
}

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
    begin(end, fd, framer);
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
        say(&end, cw_slice_of(bytes, sizes[i]));
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
    finish(&end);
    close_socket(router);
}

/* libzmq closes without an error message, in the second case before its greeting is complete. */
static void assert_turned_away(void *router, uint16_t port, const uint8_t *server_key)
{
    struct end end;
    connect_end(&end, port, server_key);
    while (!end.closed)
        turn(&end);
    assert_false(end.ready);
    finish(&end);
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

static void open_listener(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&at, sizeof at);
    listen(listener, 8);
    getsockname(listener, (struct sockaddr *)&at, &n);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", ntohs(at.sin_port));
}

/* libzmq reconnects by itself at an unknown time, so each test has a port of its own. */
static int setup(void **state)
{
    (void)state;
    open_listener();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return close(listener);
}

static void make_keys(void)
{
    server = (struct cw_curve_server){
        .random = randombytes_buf, .may_begin = may_begin, .old_key_opens = true};
    cw_curve_key_make(&server.key, randombytes_buf);
    cw_curve_key_make(&server.old_key, randombytes_buf);
    client = (struct cw_curve_client){.random = randombytes_buf};
    cw_curve_key_make(&client.key, randombytes_buf);
    cw_curve_key_make(&zmq_keys, randombytes_buf);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

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
        TEST(our_client_and_a_router),
        TEST(our_client_with_another_key),
        TEST(our_client_speaks_no_null),
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
