/* libzmq_play.c - see libzmq_play.h. */
#include "libzmq_play.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>
#include <zmq.h>

void *context, *monitor, *monitored;
struct cw_curve_server server;
struct cw_curve_client client;
struct cw_curve_key zmq_keys;
int listener;
char endpoint[64];

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

void turn_end(struct end *end)
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

void say_end(struct end *end, struct cw_slice body)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *room_end = room + sizeof room;
    size_t n = cw_framer_header(end->framer, room_end, body.n, end->envelope);
    cw_buf_append(&end->out, room_end - n, n);
    cw_buf_append(&end->out, body.p, body.n);
    flush(end);
}

void begin_end(struct end *end, int fd, struct cw_framer *framer)
{
    *end = (struct end){.fd = fd, .framer = framer};
    assert_true(fd >= 0);
    cw_framer_start(framer, &end->out);
}

void finish_end(struct end *end)
{
    hang_up(end);
    cw_framer_destroy(end->framer);
    cw_buf_finish(&end->out);
    cw_buf_finish(&end->body);
}

void set_int(void *socket, int option, int value)
{
    assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

void set_key(void *socket, int option, const uint8_t *key)
{
    assert_int_equal(zmq_setsockopt(socket, option, key, CW_CURVE_KEY_N), 0);
}

void *open_socket(int type)
{
    void *socket = zmq_socket(context, type);
    assert_non_null(socket);
    set_int(socket, ZMQ_LINGER, 0);
    set_int(socket, ZMQ_RCVTIMEO, PATIENCE_MS);
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE_MS);
    return socket;
}

void close_socket(void *socket)
{
    if (monitored == socket) {
        zmq_socket_monitor(socket, NULL, 0);
        zmq_close(monitor);
        monitored = NULL;
    }
    zmq_close(socket);
}

void assert_end_hears(struct end *end, const void *body, size_t n)
{
    unsigned before = end->messages;
    UNTIL(end, end->messages > before);
    assert_int_equal(end->messages, before + 1);
    assert_int_equal(end->body.n, n);
    assert_memory_equal(end->body.p, body, n);
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

int setup(void **state)
{
    (void)state;
    open_listener();
    return 0;
}

int teardown(void **state)
{
    (void)state;
    return close(listener);
}

void make_keys(void)
{
    server = (struct cw_curve_server){
        .random = randombytes_buf, .may_begin = may_begin, .old_key_opens = true};
    cw_curve_key_make(&server.key, randombytes_buf);
    cw_curve_key_make(&server.old_key, randombytes_buf);
    client = (struct cw_curve_client){.random = randombytes_buf};
    cw_curve_key_make(&client.key, randombytes_buf);
    cw_curve_key_make(&zmq_keys, randombytes_buf);
}
