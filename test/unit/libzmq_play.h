/* libzmq_play.h - a socket of libzmq and an end of ours, connected by CURVE over TCP: for the
 * tests with libzmq. */
#ifndef CW_TEST_UNIT_LIBZMQ_PLAY_H
#define CW_TEST_UNIT_LIBZMQ_PLAY_H

#include <sys/socket.h>
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

extern void *context, *monitor, *monitored;
extern struct cw_curve_server server;
extern struct cw_curve_client client;
extern struct cw_curve_key zmq_keys;
extern int listener;
extern char endpoint[64];

/* Reads once, and handles the events. */
void turn_end(struct end *end);

/* Runs the connection until the condition is true. */
#define UNTIL(end, condition)                                                                      \
    do {                                                                                           \
        for (int turns = 0; !(condition) && !(end)->closed; turns++) {                             \
            assert_true(turns < PATIENCE_MS / 20 * 50);                                            \
            turn_end(end);                                                                         \
        }                                                                                          \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", #condition, (end)->reason);                                         \
    } while (0)

void say_end(struct end *end, struct cw_slice body);
void begin_end(struct end *end, int fd, struct cw_framer *framer);
void finish_end(struct end *end);
void set_int(void *socket, int option, int value);
void set_key(void *socket, int option, const uint8_t *key);
void *open_socket(int type);
void close_socket(void *socket);
void assert_end_hears(struct end *end, const void *body, size_t n);

/* libzmq reconnects by itself at an unknown time, so each test has a port of its own. */
int setup(void **state);
int teardown(void **state);
void make_keys(void);

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
