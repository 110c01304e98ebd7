/* test_curve_long.c - long frames of CURVE: opened while they arrive, sealed in slices, and the
 * same bytes as a box that is made at once. The other end is curve_manual.c, written from RFC 26
 * with libsodium's boxes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "curve_play.h"
#include "frame/zmtp_curve.h"

#define LONG_N (200u * 1024)
#define HEAD   (9 + 16) /* of a sealed frame, before its box */

/* What was encrypted and decrypted since `begin` or the last look. */
static size_t sealed_n, opened_n;

void __real_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared);
void __wrap_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared);
void __real_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared);
void __wrap_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared);

void __wrap_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared)
{
    sealed_n += n;
    __real_cw_box_seal_part(parts, to, plain, n, shared);
}

void __wrap_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared)
{
    opened_n += n;
    __real_cw_box_open_part(parts, bytes, n, shared);
}

static void begin(struct play *play)
{
    make_keys();
    begin_ready(play, METADATA);
    play->server.framer->message_max = LONG_N;
    sealed_n = opened_n = 0;
}

static uint8_t byte_at(size_t i)
{
    return (uint8_t)('a' + i * 7 + i / 251);
}

static uint8_t *pattern(size_t n)
{
    uint8_t *bytes = cw_alloc(n + 1);
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(i);
    return bytes;
}

static void put(struct play *play, uint8_t flags, size_t n)
{
    uint8_t *bytes = pattern(n);
    manual_message(&play->client, flags, cw_slice_of(bytes, n), &play->in);
    free(bytes);
}

/* --- a box in parts -------------------------------------------------------------------------- */

static void parts_make_the_same_box(void **state)
{
    (void)state;
    static const uint8_t nonce[CW_BOX_NONCE_N] = "a nonce of 24 characters";
    static const uint8_t shared[CW_BOX_KEY_N] = "thirty-two bytes that are secret";
    uint8_t *plain = pattern(400), whole[416], box[416], again[416];
    for (size_t n = 0; n <= 400; n += 1 + n / 40)
        for (size_t part = 1; part <= n + 1; part += 1 + part / 8) {
            struct cw_box_parts parts;
            cw_box_seal(whole, plain, n, nonce, shared);
            cw_box_begin(&parts, nonce, shared);
            for (size_t at = 0; at < n; at += part)
                cw_box_seal_part(&parts, box + 16 + at, plain + at, n - at < part ? n - at : part,
                                 shared);
            cw_box_tag(&parts, box);
            assert_memory_equal(box, whole, 16 + n);
            for (size_t at = 0, some = 0; at < n; at += some) {
                some = n - at < 61 ? n - at : 61;
                cw_box_seal_part(&parts, again + at, plain + at, some, shared);
            }
            assert_memory_equal(again, whole + 16, n);
            cw_box_begin(&parts, nonce, shared);
            for (size_t at = 0; at < n; at += part)
                cw_box_open_part(&parts, box + 16 + at, n - at < part ? n - at : part, shared);
            assert_memory_equal(box + 16, plain, n);
            assert_true(cw_box_verify(&parts, box));
        }
    free(plain);
}

/* --- opening --------------------------------------------------------------------------------- */

static void assert_heard_pattern(struct side *side, size_t n)
{
    const struct cw_buf *events = &side->events;
    assert_int_equal(events->n, 8 + n + 1);
    assert_memory_equal(events->p, "MESSAGE ", 8);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(events->p[8 + i], byte_at(i));
    side->events.n = 0;
}

static void a_long_message_opens_in_any_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 63, 64 * 1024, ALL};
    static const size_t sizes[] = {CW_SEAL_SLICE, CW_SEAL_SLICE + 1, LONG_N};
    struct play play;
    begin(&play);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 3; k++) {
            put(&play, 0, sizes[k]);
            tell_in_pieces(&play, pieces[i]);
            assert_heard_pattern(&play.server, sizes[k]);
            assert_int_equal(play.server.framer->held_kib, 0);
            put(&play, 0, 4);
            tell_in_pieces(&play, pieces[i]);
            assert_heard_pattern(&play.server, 4);
        }
    end_play(&play);
}

/* So the last bytes of 16 MiB cost no more than the others. */
static void what_arrives_is_opened_at_once(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 0, LONG_N);
    size_t at = 0, piece = 10000;
    for (; play.in.n - at > piece; at += piece) {
        hear(&play.server, cw_slice_of(play.in.p + at, piece), ALL);
        assert_int_equal(opened_n, at == 0 ? piece - HEAD - 16 : piece);
        assert_int_equal(play.server.framer->whole, play.in.n);
        assert_int_equal(play.server.framer->held_kib, 1);
        assert_heard(&play.server, "");
        opened_n = 0;
    }
    hear(&play.server, cw_slice_of(play.in.p + at, play.in.n - at), ALL);
    assert_int_equal(opened_n, play.in.n - at);
    assert_int_equal(play.server.framer->whole, 0);
    assert_heard_pattern(&play.server, LONG_N);
    end_play(&play);
}

static void a_changed_bit_anywhere_is_found(void **state)
{
    (void)state;
    for (size_t at = HEAD; at < HEAD + 16 + 1 + LONG_N; at += 1 + at / 3) {
        struct play play;
        begin(&play);
        put(&play, 0, LONG_N);
        play.in.p[at] ^= 0x10;
        tell_in_pieces(&play, 64 * 1024);
        assert_heard(&play.server, "FAILED a MESSAGE does not open\n");
        end_play(&play);
    }
}

/* The flags are octets of the box: they count when all of it has been verified. */
static void flags_of_a_long_box(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 1, LONG_N); /* MORE: a message of two frames */
    put(&play, 0, LONG_N);
    put(&play, 0, 4);
    tell_in_pieces(&play, 64 * 1024);
    assert_heard(&play.server, "REFUSED\nMESSAGE ahov\n");
    play.server.events.n = 0;
    put(&play, 2, LONG_N); /* COMMAND */
    tell_in_pieces(&play, 64 * 1024);
    assert_heard(&play.server, "FAILED a command is too long\n");
    end_play(&play);
}

static void its_memory_is_the_keepers(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 0, LONG_N);
    struct cw_slice in = cw_buf_slice(&play.in);
    struct cw_framer_event event = cw_framer_input(play.server.framer, &in, &play.server.out);
    assert_int_equal(event.type, CW_FRAMER_MESSAGE);
    struct cw_owned kept = cw_framer_keep(play.server.framer, event.body);
    assert_ptr_equal(kept.slice.p, event.body.p);
    end_play(&play);
    for (size_t i = 0; i < LONG_N; i++)
        assert_int_equal(kept.slice.p[i], byte_at(i));
    cw_owned_free(&kept);
}

static void the_connection_ends_in_the_middle(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 0, LONG_N);
    play.in.n /= 2;
    tell_in_pieces(&play, 64 * 1024);
    end_play(&play);
}

/* Its session ends while a frame arrives, and with it the permission for long ones. A frame of
 * which some was opened is completed; a shorter one is skipped, and what follows is understood. */
static void the_limit_falls_in_the_middle(void **state)
{
    (void)state;
    static const size_t sizes[] = {LONG_N, CW_SEAL_SLICE};
    for (size_t i = 0; i < 2; i++) {
        struct play play;
        begin(&play);
        play.server.framer->judged_max = LONG_N;
        put(&play, 0, sizes[i]);
        put(&play, 0, 4);
        hear(&play.server, cw_slice_of(play.in.p, 20000), ALL);
        play.server.framer->message_max = MESSAGE_MAX;
        hear(&play.server, cw_slice_of(play.in.p + 20000, play.in.n - 20000), 5000);
        if (i == 0) {
            play.server.events.n -= 13;
            assert_heard_pattern(&play.server, LONG_N);
        } else {
            assert_heard(&play.server, "REFUSED\nMESSAGE ahov\n");
        }
        end_play(&play);
    }
}

/* --- sealing --------------------------------------------------------------------------------- */

/* In three pieces, of which the first has the header and `own` bytes. Returns how many slices. */
static size_t seal_long(struct play *play, const uint8_t *body, size_t n, bool envelope, size_t own)
{
    uint8_t first[CW_FRAMER_HEADER_MAX + 64], *end = first + CW_FRAMER_HEADER_MAX;
    size_t header = cw_framer_header(play->server.framer, end, n, envelope), calls = 1;
    size_t half = own + (n - own) / 3;
    memcpy(end, body, own);
    const struct cw_slice pieces[3] = {cw_slice_of(end - header, header + own),
                                       cw_slice_of(body + own, half - own),
                                       cw_slice_of(body + half, n - half)};
    while (!cw_framer_seal_slice(play->server.framer, pieces, 3, &play->server.wire)) {
        assert_true(sealed_n <= CW_SEAL_SLICE + 1);
        sealed_n = 0;
        calls++;
    }
    assert_true(sealed_n <= CW_SEAL_SLICE + 1);
    sealed_n = 0;
    return calls;
}

static void slices_make_the_bytes_of_a_whole_box(void **state)
{
    (void)state;
    static const size_t sizes[] = {20000, CW_SEAL_SLICE - 9, CW_SEAL_SLICE, CW_SEAL_SLICE + 31,
                                   LONG_N};
    uint8_t *body = pattern(LONG_N);
    for (size_t i = 0; i < 5; i++)
        for (int envelope = 0; envelope < 2; envelope++) {
            struct play play;
            size_t n = sizes[i];
            begin(&play);
            say_text(&play.server, "before");
            seal(&play.server);
            size_t calls = seal_long(&play, body, n, envelope != 0, envelope != 0 ? 0 : 64);
            size_t once = (n + CW_SEAL_SLICE - 1) / CW_SEAL_SLICE;
            assert_in_range(calls, once == 1 ? 1 : 2 * once, 2 * once + 2);
            say_text(&play.server, "after");
            seal(&play.server);
            assert_says(&play, 0, cw_slice_str("before"));
            if (envelope != 0)
                assert_says(&play, 1, cw_slice_str(""));
            assert_says(&play, 0, cw_slice_of(body, n));
            assert_says(&play, 0, cw_slice_str("after"));
            assert_int_equal(play.server.wire.n, 0);
            end_play(&play);
        }
    free(body);
}

/* The tag comes first, so nothing is appended before all has been encrypted once. */
static void a_frame_ends_between_its_slices(void **state)
{
    (void)state;
    uint8_t *body = pattern(LONG_N);
    for (int slices = 1; slices < 12; slices++) {
        struct play play;
        begin(&play);
        uint8_t header[CW_FRAMER_HEADER_MAX], *end_of = header + sizeof header;
        size_t n = cw_framer_header(play.server.framer, end_of, LONG_N, false);
        const struct cw_slice pieces[2] = {cw_slice_of(end_of - n, n), cw_slice_of(body, LONG_N)};
        for (int i = 0; i < slices; i++)
            assert_false(cw_framer_seal_slice(play.server.framer, pieces, 2, &play.server.wire));
        assert_int_equal(play.server.wire.n != 0, slices > 7);
        end_play(&play);
    }
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_the_same_box),
        cmocka_unit_test(a_long_message_opens_in_any_pieces),
        cmocka_unit_test(what_arrives_is_opened_at_once),
        cmocka_unit_test(a_changed_bit_anywhere_is_found),
        cmocka_unit_test(flags_of_a_long_box),
        cmocka_unit_test(its_memory_is_the_keepers),
        cmocka_unit_test(the_connection_ends_in_the_middle),
        cmocka_unit_test(the_limit_falls_in_the_middle),
        cmocka_unit_test(slices_make_the_bytes_of_a_whole_box),
        cmocka_unit_test(a_frame_ends_between_its_slices),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("curve_long", tests, NULL, NULL);
}
