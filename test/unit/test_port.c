/* test_port.c - the first bytes of a connection: a proxy's header, and the transports that an
 * address accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "frame/port.h"

#define SIGNATURE "\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a"

static struct cw_buf out;

static struct cw_framer_event input(struct cw_framer *framer, struct cw_slice *in)
{
    struct cw_framer_event event = cw_framer_input(framer, in, &out);
    assert_int_equal(out.n, 0); /* nothing is sent before the transport is known */
    return event;
}

/* Gives the bytes one by one, up to the first event. */
static struct cw_framer_event trickle(struct cw_framer *framer, struct cw_slice *bytes)
{
    struct cw_framer_event event = {.type = CW_FRAMER_NEED_MORE};
    while (bytes->n != 0 && event.type == CW_FRAMER_NEED_MORE) {
        struct cw_slice one = cw_slice_of(bytes->p, 1);
        event = input(framer, &one);
        if (one.n == 0)
            *bytes = cw_slice_of(bytes->p + 1, bytes->n - 1);
    }
    return event;
}

static struct cw_framer *create(bool plaintext, bool proxy_header)
{
    static struct cw_port port;
    port = (struct cw_port){.plaintext = plaintext, .proxy_header = proxy_header};
    struct cw_framer *framer = cw_port_create(&port, CW_UNAUTHENTICATED_MESSAGE_MAX);
    cw_framer_start(framer, &out);
    assert_int_equal(out.n, 0);
    return framer;
}

static void zmtp_goes_on_with_all_of_its_bytes(void **state)
{
    (void)state;
    struct cw_framer *framer = create(true, false);
    struct cw_slice in = cw_slice_of("\xff\x00", 2);
    struct cw_slice none = cw_slice_of("", 0);
    assert_int_equal(input(framer, &none).type, CW_FRAMER_NEED_MORE);
    struct cw_framer_event event = input(framer, &in);
    assert_int_equal(event.type, CW_FRAMER_NEXT);
    assert_int_equal(in.n, 2);
    assert_int_equal(event.next->message_max, CW_UNAUTHENTICATED_MESSAGE_MAX);
    cw_framer_destroy(event.next);
    cw_framer_destroy(framer);
}

static void other_first_bytes_are_refused(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 0xff; first++) {
        uint8_t byte = (uint8_t)first;
        struct cw_framer *framer = create(true, false);
        struct cw_slice in = cw_slice_of(&byte, 1);
        struct cw_framer_event event = input(framer, &in);
        assert_int_equal(event.type, CW_FRAMER_FAILED);
        assert_string_equal(event.reason, "the first byte belongs to no protocol of this address");
        cw_framer_destroy(framer);
    }
}

static void what_is_not_encrypted_is_not_spoken_everywhere(void **state)
{
    (void)state;
    struct cw_framer *framer = create(false, false);
    struct cw_slice in = cw_slice_of("\xff\x00", 2);
    struct cw_framer_event event = input(framer, &in);
    assert_int_equal(event.type, CW_FRAMER_FAILED);
    assert_string_equal(event.reason, "this address accepts only encrypted connections");
    assert_int_equal(in.n, 0);
    cw_framer_destroy(framer);
}

/* What is behind the addresses (ports, TLVs) is skipped; the next byte is the client's. */
static void check_address(const char *header, size_t n, const char *address, size_t address_n)
{
    uint8_t bytes[128];
    memcpy(bytes, header, n);
    bytes[n] = 0xff;
    for (int in_pieces = 0; in_pieces < 2; in_pieces++) {
        struct cw_framer *framer = create(true, true);
        struct cw_slice in = cw_slice_of(bytes, n + 1);
        struct cw_framer_event event = in_pieces ? trickle(framer, &in) : input(framer, &in);
        assert_int_equal(event.type, CW_FRAMER_ADDRESS);
        assert_int_equal(event.body.n, address_n);
        assert_memory_equal(event.body.p, address, address_n);
        assert_int_equal(in.n, 1);
        event = input(framer, &in);
        assert_int_equal(event.type, CW_FRAMER_NEXT);
        cw_framer_destroy(event.next);
        cw_framer_destroy(framer);
    }
}

static void a_proxy_names_its_client(void **state)
{
    (void)state;
    check_address(SIGNATURE "\x21\x11\x00\x0c\xc0\x00\x02\x01\x0a\x00\x00\x01\xff\xff\x10\x92", 28,
                  "\xc0\x00\x02\x01", 4);
    check_address(SIGNATURE "\x21\x11\x00\x0f\xc0\x00\x02\x01\x0a\x00\x00\x01\xff\xff\x10\x92"
                            "\x04\x00\x00", /* with a TLV: PP2_TYPE_NOOP */
                  31, "\xc0\x00\x02\x01", 4);
    check_address(SIGNATURE "\x21\x21\x00\x24"
                            "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
                            "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
                            "\xff\xff\x10\x92",
                  52, "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", 16);
    check_address(SIGNATURE "\x20\x00\x00\x00", 16, "", 0);
}

static void check_refused(const char *header, size_t n, const char *reason)
{
    for (int in_pieces = 0; in_pieces < 2; in_pieces++) {
        struct cw_framer *framer = create(true, true);
        struct cw_slice in = cw_slice_of(header, n);
        struct cw_framer_event event = in_pieces ? trickle(framer, &in) : input(framer, &in);
        assert_int_equal(event.type, CW_FRAMER_FAILED);
        assert_string_equal(event.reason, reason);
        assert_int_equal(framer->partial.capacity, 0);
        cw_framer_destroy(framer);
    }
}

static void other_headers_are_refused(void **state)
{
    (void)state;
    const char *missing = "no PROXY header of version 2 came, which this listener needs";
    check_refused("\xff\x00", 2, missing);
    check_refused("PROXY TCP4 192.0.2.1 10.0.0.1 65535 4242\r\n", 42, missing);
    check_refused("\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0d", 12, missing);
    check_refused(SIGNATURE "\x11", 13, "the PROXY header has an unknown version or command");
    check_refused(SIGNATURE "\x22", 13, "the PROXY header has an unknown version or command");
    check_refused(SIGNATURE "\x21\x11\xff\xff", 16, "the PROXY header is too long");
    check_refused(SIGNATURE "\x20\x00\x02\x09", 16, "the PROXY header is too long");
    check_refused(SIGNATURE "\x21\x11\x00\x0b", 16,
                  "the PROXY header is too short for its addresses");
    check_refused(SIGNATURE "\x21\x21\x00\x0c", 16,
                  "the PROXY header is too short for its addresses");
    check_refused(SIGNATURE "\x21\x31\x00\xd8", 16,
                  "the PROXY header has no IP address of a TCP client");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zmtp_goes_on_with_all_of_its_bytes),
        cmocka_unit_test(other_first_bytes_are_refused),
        cmocka_unit_test(what_is_not_encrypted_is_not_spoken_everywhere),
        cmocka_unit_test(a_proxy_names_its_client),
        cmocka_unit_test(other_headers_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cw_buf_finish(&out);
    return failed;
}
