/* test_websocket.c - the WebSocket framer, byte for byte.
 *
 * Names and comments quote RFC 6455. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "frame/websocket.h"
#include "frame/websocket_accept.h"
#include "framer_play.h"

#define MESSAGE_MAX 300
/* A masking key, and the keys that a client takes in these tests. */
#define MASK "37fa213d"
#define ZERO "00000000"

struct run {
    struct cw_framer *framer;
    struct cw_buf out, events;
};

/* Not random: 37fa213d, 37fa213e, ... */
static uint8_t key_last;

static void take_key(void *bytes, size_t n)
{
    uint8_t key[4] = {0x37, 0xfa, 0x21, key_last++};
    assert_int_equal(n, sizeof key);
    memcpy(bytes, key, sizeof key);
}

static void start(struct run *run, enum cw_framer_role role)
{
    *run = (struct run){.framer = cw_websocket_create(role, MESSAGE_MAX, take_key)};
    key_last = 0x3d;
    cw_framer_start(run->framer, &run->out);
}

static void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

static void feed(struct run *run, const uint8_t *p, size_t n)
{
    play_bytes(run->framer, p, n, &run->out, &run->events);
}

static void feed_hex(struct run *run, const char *vector)
{
    struct cw_buf bytes = parse(vector);
    feed(run, bytes.p, bytes.n);
    cw_buf_finish(&bytes);
}

__attribute__((unused)) static void feed_zeros(struct run *run, size_t n)
{
    uint8_t *zeros = calloc(1, n);
    assert_non_null(zeros);
    feed(run, zeros, n);
    free(zeros);
}

/* A server after READY. */
__attribute__((unused)) static void start_traffic(struct run *run)
{
    start(run, CW_FRAMER_SERVER);
    feed(run, NULL, 0);
    assert_noted(&run->events, "READY\n");
}

/* The first piece has `first` octets, the others at most `rest`. */
static void play(enum cw_framer_role role, struct cw_slice in, size_t first, size_t rest,
                 const char *events, const char *out)
{
    struct run run;
    size_t told = strlen("READY\n") + strlen(events);
    start(&run, role);
    feed(&run, NULL, 0);
    for (size_t at = 0, n = first; at < in.n; at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed(&run, in.p + at, n);
        if (run.framer->partial.capacity != 0)
            assert_true(run.framer->partial.capacity <= 2 * run.framer->partial.n + 64);
        bool ends = strstr(events, "FAILED") != NULL || strstr(events, "CLOSED") != NULL;
        if (ends && run.events.n == told)
            break; /* final: nobody feeds it more */
    }
    run.events.n -= strlen("READY\n");
    memmove(run.events.p, run.events.p + strlen("READY\n"), run.events.n);
    assert_noted(&run.events, events);
    assert_answered(&run.out, out);
    stop(&run);
}

/* Plays a vector cut in two at every place, octet by octet, and in small pieces: events and
 * answers must be the same. */
static void expect(enum cw_framer_role role, const char *vector, const char *events,
                   const char *out)
{
    struct cw_buf in = parse(vector);
    for (size_t cut = 1; cut <= in.n; cut++)
        play(role, cw_buf_slice(&in), cut, in.n, events, out);
    play(role, cw_buf_slice(&in), 1, 1, events, out);
    play(role, cw_buf_slice(&in), 5, 3, events, out);
    cw_buf_finish(&in);
}

#define EXPECT(vector, events, out)        expect(CW_FRAMER_SERVER, vector, events, out)
#define EXPECT_CLIENT(vector, events, out) expect(CW_FRAMER_CLIENT, vector, events, out)

/* --- 5.7. Examples ------------------------------------------------------------------ */

static void a_single_frame_unmasked_text_message(void **state)
{
    (void)state;
    EXPECT_CLIENT("81 05 48 65 6c 6c 6f", "MESSAGE text 48656c6c6f\n", "");
}

static void a_single_frame_masked_text_message(void **state)
{
    (void)state;
    EXPECT("81 85 37 fa 21 3d 7f 9f 4d 51 58", "MESSAGE text 48656c6c6f\n", "");
}

static void a_fragmented_unmasked_text_message(void **state)
{
    (void)state;
    EXPECT_CLIENT("01 03 48 65 6c 80 02 6c 6f", "MESSAGE text 48656c6c6f\n", "");
}

static void unmasked_ping_request_and_masked_ping_response(void **state)
{
    (void)state;
    struct run run;
    EXPECT_CLIENT("89 05 48 65 6c 6c 6f", "PING\n", "8a 05 48 65 6c 6c 6f");
    start(&run, CW_FRAMER_CLIENT);
    feed_hex(&run, "89 05 48 65 6c 6c 6f");
    struct cw_buf sealed = {0};
    struct cw_slice plain = cw_buf_slice(&run.out);
    cw_framer_seal(run.framer, &plain, 1, &sealed);
    assert_answered(&sealed, "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
    cw_buf_finish(&sealed);
    stop(&run);
}

static void header_of(struct run *run, uint64_t n, const char *expected)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t header_n = cw_framer_header(run->framer, end, n, false);
    struct cw_buf header = {0};
    cw_buf_append(&header, end - header_n, header_n);
    assert_answered(&header, expected);
    cw_buf_finish(&header);
}

static void binary_messages_in_a_single_unmasked_frame(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    header_of(&run, 0, "82 00");
    header_of(&run, 125, "82 7d");
    header_of(&run, 126, "82 7e 00 7e");
    header_of(&run, 256, "82 7e 01 00");
    header_of(&run, 65535, "82 7e ff ff");
    header_of(&run, 65536, "82 7f 00 00 00 00 00 01 00 00");
    header_of(&run, UINT64_C(1) << 40, "82 7f 00 00 01 00 00 00 00 00");
    cw_framer_put(run.framer, cw_slice_str("hi"), &run.out);
    assert_answered(&run.out, "82 02 'hi'");
    stop(&run);
}

/* --- 1.3. Opening Handshake ------------------------------------------------------------ */

static void the_header_field_of_the_example(void **state)
{
    (void)state;
    char accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    cw_websocket_accept(cw_slice_str("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_frame_unmasked_text_message),
        cmocka_unit_test(a_single_frame_masked_text_message),
        cmocka_unit_test(a_fragmented_unmasked_text_message),
        cmocka_unit_test(unmasked_ping_request_and_masked_ping_response),
        cmocka_unit_test(binary_messages_in_a_single_unmasked_frame),
        cmocka_unit_test(the_header_field_of_the_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
