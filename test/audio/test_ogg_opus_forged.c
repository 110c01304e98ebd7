/* test_ogg_opus_forged.c - Ogg Opus files that were cut, flipped or forged are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ogg/ogg.h>

#include "audio/ogg_opus_read.h"
#include "ogg_play.h"
#include "support.h"

/* --- what others send ------------------------------------------------------------------- */

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, SECOND);
    struct cw_buf file = written(48000, 1, 30000, 30000);
    for (size_t n = 0; n < file.n; n++) {
        uint8_t *part = malloc(n + 1); /* of just its size, for ASan; never 0 */
        memcpy(part, file.p, n);
        if (cw_ogg_opus_info(cw_slice_of(part, n), &info) == CW_OGG_GOOD ||
            cw_ogg_opus_decode(cw_slice_of(part, n), decoded, ROOM, &info) == CW_OGG_GOOD)
            fail_msg("%zu of %zu bytes are good", n, file.n);
        free(part);
    }
    cw_buf_finish(&file);
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, SECOND);
    struct cw_buf file = written(48000, 1, 20000, 20000);
    for (size_t i = 0; i < file.n * 8; i++) {
        file.p[i / 8] ^= (uint8_t)(1 << i % 8);
        if (info_of(&file, &info) == CW_OGG_GOOD)
            fail_msg("bit %zu of %zu", i, file.n * 8);
        file.p[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
    cw_buf_finish(&file);
}

static void assert_forged(const struct cw_buf *original, enum cw_ogg_result expected, size_t at,
                          int64_t more)
{
    struct cw_ogg_info info;
    struct cw_buf file = {0};
    cw_buf_append(&file, original->p, original->n);
    add_to_granule(&file, at, more);
    assert_int_equal(info_of(&file, &info), expected);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), expected);
    cw_buf_finish(&file);
}

static void a_granule_may_not_claim_what_the_packets_do_not_hold(void **state)
{
    (void)state;
    make_speech(pcm, 3 * SECOND);
    /* 3 s and the pre-skip are 151 packets, the last of them trimmed by 648. */
    struct cw_buf file = written(48000, 1, 3 * SECOND, 3 * SECOND);
    size_t last = last_page(&file), third = page_size(&file, 0);
    third += page_size(&file, third);
    assert_forged(&file, CW_OGG_GOOD, last, 0);
    assert_forged(&file, CW_OGG_GOOD, last, 648);
    assert_forged(&file, CW_OGG_DISHONEST, last, 649);
    assert_forged(&file, CW_OGG_GOOD, last, -312); /* all of the last page trimmed */
    assert_forged(&file, CW_OGG_DISHONEST, last, -313);
    assert_forged(&file, CW_OGG_DISHONEST, last, 60 * SECOND);
    assert_forged(&file, CW_OGG_DISHONEST, last, -4 * SECOND);
    assert_forged(&file, CW_OGG_DISHONEST, third, 1);
    assert_forged(&file, CW_OGG_DISHONEST, third, -1);
    assert_forged(&file, CW_OGG_DISHONEST, third, INT64_MIN);
    cw_buf_finish(&file);
}

/* Changes one byte of OpusHead, at its offset in the packet. */
static void assert_head(size_t offset, uint8_t value, enum cw_ogg_result expected)
{
    struct cw_ogg_info info;
    struct cw_buf file = written(48000, 1, 4800, 4800);
    file.p[28 + offset] = value;
    sign(&file, 0);
    assert_int_equal(info_of(&file, &info), expected);
    cw_buf_finish(&file);
}

static void the_head_must_be_plain_opus(void **state)
{
    (void)state;
    make_speech(pcm, SECOND);
    assert_head(0, 'O', CW_OGG_GOOD);
    assert_head(0, 'o', CW_OGG_NOT_OPUS);
    assert_head(8, 2, CW_OGG_GOOD);        /* a minor version that we do not know */
    assert_head(8, 0x10, CW_OGG_NOT_OPUS); /* a major one */
    assert_head(9, 0, CW_OGG_NOT_OPUS);
    assert_head(9, 2, CW_OGG_GOOD); /* the packets are mono, the output stereo */
    assert_head(9, 3, CW_OGG_NOT_OPUS);
    assert_head(11, 0xff, CW_OGG_DISHONEST); /* more pre-skip than there is */
    assert_head(18, 1, CW_OGG_NOT_OPUS);     /* mapping family 1 */
    assert_head(18, 255, CW_OGG_NOT_OPUS);
}

static void joined_and_mixed_streams_are_refused(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, SECOND);
    struct cw_buf one = written(48000, 1, 4800, 4800), two = {0};
    cw_buf_append(&two, one.p, one.n);
    cw_buf_append(&two, one.p, one.n); /* chained, RFC 3533 4 */
    assert_int_equal(info_of(&two, &info), CW_OGG_NOT_OPUS);
    two.n = one.n;
    two.p[page_size(&two, 0) + 14] ^= 1; /* OpusTags of another stream */
    sign(&two, page_size(&two, 0));
    assert_int_equal(info_of(&two, &info), CW_OGG_NOT_OPUS);
    two.n = 0;
    cw_buf_append(&two, one.p, one.n);
    cw_buf_append(&two, "x", 1); /* something behind it */
    assert_int_equal(info_of(&two, &info), CW_OGG_MALFORMED);
    two.n = 0;
    cw_buf_append(&two, "x", 1);
    cw_buf_append(&two, one.p, one.n);
    assert_int_equal(info_of(&two, &info), CW_OGG_MALFORMED);
    cw_buf_finish(&one);
    cw_buf_finish(&two);
}

static void nothing_comes_after_the_end(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, 3 * SECOND);
    struct cw_buf file = written(48000, 1, 3 * SECOND, 3 * SECOND);
    size_t at = page_size(&file, 0);
    at += page_size(&file, at);
    file.p[at + 5] |= 4; /* the first page of sound says that it is the last */
    sign(&file, at);
    assert_int_equal(info_of(&file, &info), CW_OGG_NOT_OPUS);
    cw_buf_finish(&file);
}

/* --- what other programs write ---------------------------------------------------------- */

/* A stream of honest granules made by hand: `count` packets of 20 ms. */
static struct cw_buf by_hand(long count, ogg_int64_t last_granule, const char *packet_bytes,
                             long packet_n)
{
    static unsigned char head[] = "OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0",
                         tags[] = "OpusTags\0\0\0\0\0\0\0\0";
    struct cw_buf file = {0};
    ogg_stream_state stream;
    ogg_page page;
    ogg_stream_init(&stream, 5);
    for (long i = 0; i < count + 2; i++) {
        ogg_packet packet = {.packet = (unsigned char *)(uintptr_t)packet_bytes,
                             .bytes = packet_n,
                             .packetno = i,
                             .b_o_s = i == 0,
                             .e_o_s = i == count + 1,
                             .granulepos = i < 2 ? 0 : (i - 1) * 960};
        if (i < 2) {
            packet.packet = i == 0 ? head : tags;
            packet.bytes = i == 0 ? 19 : 16;
        }
        if (i == count + 1)
            packet.granulepos = last_granule;
        ogg_stream_packetin(&stream, &packet);
        if (i > 1 && i % 50 != 0 && i != count + 1)
            continue;
        while (ogg_stream_flush(&stream, &page)) {
            cw_buf_append(&file, page.header, (size_t)page.header_len);
            cw_buf_append(&file, page.body, (size_t)page.body_len);
        }
    }
    ogg_stream_clear(&stream);
    return file;
}

static void assert_by_hand(long count, ogg_int64_t last, const char *packet, long n,
                           enum cw_ogg_result info_result, enum cw_ogg_result decode_result)
{
    struct cw_ogg_info info;
    struct cw_buf file = by_hand(count, last, packet, n);
    assert_int_equal(info_of(&file, &info), info_result);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), decode_result);
    cw_buf_finish(&file);
}

static void two_minutes_are_enough(void **state)
{
    (void)state;
    assert_by_hand(6000, 6000 * 960, "\x48", 1, CW_OGG_GOOD, CW_OGG_GOOD);
    assert_by_hand(6001, 6000 * 960, "\x48", 1, CW_OGG_GOOD, CW_OGG_GOOD);
    assert_by_hand(6001, 6000 * 960 + 1, "\x48", 1, CW_OGG_TOO_LONG, CW_OGG_TOO_LONG);
    assert_by_hand(6050, 6050 * 960, "\x48", 1, CW_OGG_TOO_LONG, CW_OGG_TOO_LONG); /* 121 s */
    assert_by_hand(200000, 200000 * 960, "\x48", 1, CW_OGG_TOO_LONG, CW_OGG_TOO_LONG);
}

static void packets_must_be_opus(void **state)
{
    (void)state;
    assert_by_hand(1, 960, "\x48", 1, CW_OGG_GOOD, CW_OGG_GOOD);
    assert_by_hand(1, 960, "", 0, CW_OGG_NOT_OPUS, CW_OGG_NOT_OPUS);
    assert_by_hand(1, 960, "\x4b", 1, CW_OGG_NOT_OPUS, CW_OGG_NOT_OPUS);
    assert_by_hand(0, 0, "\x48", 1, CW_OGG_DISHONEST, CW_OGG_DISHONEST); /* no sound at all */
}

static void garbage_is_refused(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    uint64_t seed = 42;
    uint8_t *bytes = calloc(1, CW_OGG_OPUS_FILE_MAX + 1);
    assert_int_equal(cw_ogg_opus_info(cw_slice_of(NULL, 0), &info), CW_OGG_MALFORMED);
    assert_int_equal(cw_ogg_opus_info(cw_slice_of(bytes, CW_OGG_OPUS_FILE_MAX + 1), &info),
                     CW_OGG_TOO_LARGE);
    assert_int_equal(cw_ogg_opus_info(cw_slice_of(bytes, CW_OGG_OPUS_FILE_MAX), &info),
                     CW_OGG_MALFORMED);
    for (int i = 0; i < 2000; i++) {
        size_t n = random_next(&seed) % 300;
        for (size_t k = 0; k < n; k++)
            bytes[k] = (uint8_t)random_next(&seed);
        memcpy(bytes, "OggS", 5);
        assert_int_not_equal(cw_ogg_opus_info(cw_slice_of(bytes, n), &info), CW_OGG_GOOD);
    }
    free(bytes);
}

static void not_a_sample_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, SECOND);
    struct cw_buf file = written(48000, 2, 5000, 5000);
    int16_t *exact = malloc(10000 * sizeof *exact);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), exact, 10000, &info), CW_OGG_GOOD);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), exact, 9999, &info), CW_OGG_TOO_LONG);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), NULL, 0, &info), CW_OGG_TOO_LONG);
    free(exact);
    cw_buf_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_granule_may_not_claim_what_the_packets_do_not_hold),
        cmocka_unit_test(the_head_must_be_plain_opus),
        cmocka_unit_test(joined_and_mixed_streams_are_refused),
        cmocka_unit_test(nothing_comes_after_the_end),
        cmocka_unit_test(two_minutes_are_enough),
        cmocka_unit_test(packets_must_be_opus),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(not_a_sample_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
