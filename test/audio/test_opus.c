/* test_opus.c - packets judged by RFC 6716, the header they have in a call, and
 * the live codec: what comes back, what a loss sounds like, what silence costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/opus_packet.h"
#include "audio/opus_stream.h"
#include "support.h"

/* --- packets ------------------------------------------------------------------------- */

#define GOOD(samples) CW_OPUS_GOOD, samples
#define BAD(why)      CW_OPUS_##why, 0

/* `zeros` octets follow the ones written out. TOC: configuration << 3 | stereo
 * << 2 | code; 9 is SILK of 20 ms, 11 of 60 ms, 16 CELT of 2.5 ms. */
static const struct {
    const char *what;
    uint8_t head[4];
    size_t n, zeros;
    enum cw_opus_check check;
    uint32_t samples;
} table[] = {
    {"nothing at all", {0}, 0, 0, BAD(SIZE)},
    {"code 0: a TOC alone is DTX", {9 << 3}, 1, 0, GOOD(960)},
    {"code 0: one frame", {9 << 3}, 1, 100, GOOD(960)},
    {"code 0: 10 ms", {8 << 3}, 1, 100, GOOD(480)},
    {"code 0: 60 ms", {11 << 3}, 1, 100, GOOD(2880)},
    {"code 0: 2.5 ms of CELT", {16 << 3}, 1, 100, GOOD(120)},
    {"code 0: stereo", {9 << 3 | 4}, 1, 100, GOOD(960)},
    {"code 0: the longest packet", {9 << 3}, 1, 1274, GOOD(960)},
    {"code 0: one octet more", {9 << 3}, 1, 1275, BAD(SIZE)},
    {"code 0: garbage of 64 KiB", {9 << 3}, 1, 65535, BAD(SIZE)},
    {"code 1: two equal frames", {9 << 3 | 1}, 1, 100, GOOD(1920)},
    {"code 1: an odd length (R3)", {9 << 3 | 1}, 1, 101, BAD(MALFORMED)},
    {"code 1: two empty frames", {9 << 3 | 1}, 1, 0, GOOD(1920)},
    {"code 1: 2 x 40 ms", {10 << 3 | 1}, 1, 100, BAD(TOO_LONG)},
    {"code 2: two frames", {9 << 3 | 2, 30}, 2, 100, GOOD(1920)},
    {"code 2: the first is all there is", {9 << 3 | 2, 100}, 2, 100, GOOD(1920)},
    {"code 2: the first is longer (R4)", {9 << 3 | 2, 101}, 2, 100, BAD(MALFORMED)},
    {"code 2: no length (R4)", {9 << 3 | 2}, 1, 0, BAD(MALFORMED)},
    {"code 2: half a length (R4)", {9 << 3 | 2, 252}, 2, 0, BAD(MALFORMED)},
    {"code 2: a length of two octets", {9 << 3 | 2, 252, 1}, 3, 300, GOOD(1920)},
    {"code 3: no count (R6, R7)", {9 << 3 | 3}, 1, 0, BAD(MALFORMED)},
    {"code 3: no frames (R5)", {9 << 3 | 3, 0}, 2, 100, BAD(MALFORMED)},
    {"code 3: one frame", {9 << 3 | 3, 1}, 2, 100, GOOD(960)},
    {"code 3: three equal frames", {9 << 3 | 3, 3}, 2, 99, GOOD(2880)},
    {"code 3: not to be divided (R6)", {9 << 3 | 3, 3}, 2, 100, BAD(MALFORMED)},
    {"code 3: 4 x 20 ms", {9 << 3 | 3, 4}, 2, 100, BAD(TOO_LONG)},
    {"code 3: 7 x 20 ms, over 120 (R5)", {9 << 3 | 3, 7}, 2, 70, BAD(MALFORMED)},
    {"code 3: 24 x 2.5 ms", {16 << 3 | 3, 24}, 2, 96, GOOD(2880)},
    {"code 3: 48 x 2.5 ms", {16 << 3 | 3, 48}, 2, 96, BAD(TOO_LONG)},
    {"code 3: 49 frames (R5)", {16 << 3 | 3, 49}, 2, 98, BAD(MALFORMED)},
    {"code 3: padding", {9 << 3 | 3, 0x41, 10}, 3, 100, GOOD(960)},
    {"code 3: padding beyond the end (R6)", {9 << 3 | 3, 0x41, 101}, 3, 100, BAD(MALFORMED)},
    {"code 3: padding of 255 beyond (R6)", {9 << 3 | 3, 0x41, 255, 1}, 4, 200, BAD(MALFORMED)},
    {"code 3: VBR", {9 << 3 | 3, 0x82, 30}, 3, 100, GOOD(1920)},
    {"code 3: VBR, the first too long (R7)", {9 << 3 | 3, 0x82, 101}, 3, 100, BAD(MALFORMED)},
    {"code 3: VBR, no length (R7)", {9 << 3 | 3, 0x82}, 2, 0, BAD(MALFORMED)},
};

static void packets_keep_to_rfc_6716(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t n = table[i].n + table[i].zeros;
        uint8_t *bytes = calloc(1, n == 0 ? 1 : n); /* of just its size, for ASan */
        uint32_t samples = 0;
        memcpy(bytes, table[i].head, table[i].n);
        enum cw_opus_check check = cw_opus_packet_check(cw_slice_of(bytes, n), &samples);
        free(bytes);
        if (check != table[i].check || samples != table[i].samples)
            fail_msg("%s: %d, %u samples", table[i].what, (int)check, samples);
    }
}

static void a_packet_in_a_call_has_a_header_of_8_octets(void **state)
{
    (void)state;
    uint8_t payload[10] = {0};
    static const uint8_t expected[10] = {1, 2, 3, 4, 0xf5, 6, 7, 8, 0x48, 0xaa};
    struct cw_call_packet packet;
    cw_call_packet_put(payload, 0x01020304, 0xf5060708);
    payload[8] = 0x48;
    payload[9] = 0xaa;
    assert_memory_equal(payload, expected, sizeof expected);
    assert_int_equal(cw_call_packet_take(cw_slice_of(payload, 10), &packet), CW_OPUS_GOOD);
    assert_int_equal(packet.sequence, 0x01020304);
    assert_int_equal(packet.timestamp, 0xf5060708);
    assert_ptr_equal(packet.packet.p, payload + 8);
    assert_int_equal(packet.packet.n, 2);
    assert_int_equal(packet.samples, 960);
    for (size_t n = 0; n <= 8; n++)
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, n), &packet), CW_OPUS_SIZE);
    payload[8] = 0x4b;
    payload[9] = 0;
    assert_int_equal(cw_call_packet_take(cw_slice_of(payload, 10), &packet), CW_OPUS_MALFORMED);
}

/* --- the codec ------------------------------------------------------------------------ */

#define FRAMES 150

static int16_t speech[FRAMES * 960 + 4800];
static int16_t heard[FRAMES * 960 + 4800];

struct path {
    struct cw_opus_encoder *encoder;
    struct cw_opus_decoder *decoder;
    uint8_t bytes[FRAMES][CW_OPUS_PACKET_MAX];
    size_t n[FRAMES];
};

static struct path path;

static void encode_speech(const struct cw_opus_options *options)
{
    make_speech(speech, sizeof speech / sizeof speech[0]);
    path.encoder = cw_opus_encoder_create(options);
    path.decoder = cw_opus_decoder_create();
    for (int i = 0; i < FRAMES; i++)
        path.n[i] = cw_opus_encode(path.encoder, speech + i * 960, path.bytes[i]);
}

static struct cw_slice packet(int i)
{
    return cw_slice_of(path.bytes[i], path.n[i]);
}

static void end_path(void)
{
    cw_opus_encoder_destroy(path.encoder);
    cw_opus_decoder_destroy(path.decoder);
}

static void speech_comes_back_after_the_lookahead(void **state)
{
    (void)state;
    double correlation;
    size_t bytes = 0;
    encode_speech(&cw_opus_options_default);
    for (int i = 0; i < FRAMES; i++) {
        uint32_t samples;
        assert_int_equal(cw_opus_packet_check(packet(i), &samples), CW_OPUS_GOOD);
        assert_int_equal(cw_opus_decode(path.decoder, packet(i), heard + i * 960), 960);
        bytes += path.n[i];
    }
    size_t lag = best_lag(speech + 4800, heard + 4800, 9600, 600, &correlation);
    assert_in_range(lag, cw_opus_encoder_lookahead(path.encoder) - 20,
                    cw_opus_encoder_lookahead(path.encoder) + 40);
    assert_true(correlation > 0.95);
    assert_in_range(bytes, 3 * 3000, 3 * 4400); /* 3 s of about 32 kbit/s */
    end_path();
}

/* Every fifth packet is lost: what is heard against what would have been, dB. */
static double concealed_snr(bool fec)
{
    static int16_t whole[FRAMES * 960];
    struct cw_opus_decoder *other = cw_opus_decoder_create();
    struct cw_slice none = {NULL, 0};
    encode_speech(&(struct cw_opus_options){20, 32000, 20, true, false, false});
    for (int i = 0; i < FRAMES; i++) {
        int16_t *pcm = heard + i * 960;
        bool lost = i % 5 == 4 && i + 1 < FRAMES;
        cw_opus_decode(other, packet(i), whole + i * 960);
        if (lost)
            cw_opus_conceal(path.decoder, fec ? packet(i + 1) : none, pcm, 960);
        else
            cw_opus_decode(path.decoder, packet(i), pcm);
    }
    cw_opus_decoder_destroy(other);
    end_path();
    return segmental_snr_db(whole, heard, FRAMES * 960);
}

static void the_next_packet_conceals_better_than_the_last(void **state)
{
    (void)state;
    double guessed = concealed_snr(false), copied = concealed_snr(true);
    print_message("20 %% of loss: %.1f dB made up, %.1f dB with FEC\n", guessed, copied);
    assert_true(guessed > 5);
    assert_true(copied > guessed + 3);
}

static void silence_costs_next_to_nothing_and_stays_silence(void **state)
{
    (void)state;
    static const int16_t silence[960];
    struct cw_opus_encoder *encoder = cw_opus_encoder_create(&cw_opus_options_default);
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    uint8_t bytes[CW_OPUS_PACKET_MAX];
    size_t sent = 0;
    for (int i = 0; i < 250; i++) {
        size_t n = cw_opus_encode(encoder, silence, bytes);
        assert_int_equal(cw_opus_decode(decoder, cw_slice_of(bytes, n), heard), 960);
        for (int k = 0; k < 960; k++)
            assert_in_range(heard[k] + 4, 0, 8);
        if (i >= 50)
            sent += n > 2 ? n : 0;
    }
    assert_true(sent <= 400); /* in 4 s: under 1 kbit/s, 16,000 at full rate */
    cw_opus_encoder_destroy(encoder);
    cw_opus_decoder_destroy(decoder);
}

static void garbage_decodes_or_is_refused_and_never_more(void **state)
{
    (void)state;
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    uint64_t seed = 42;
    int decoded = 0;
    for (int i = 0; i < 3000; i++) {
        uint8_t bytes[200];
        uint32_t samples;
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)random_next(&seed);
        struct cw_slice slice = cw_slice_of(bytes, 1 + random_next(&seed) % sizeof bytes);
        if (cw_opus_packet_check(slice, &samples) != CW_OPUS_GOOD)
            continue;
        int n = cw_opus_decode(decoder, slice, heard);
        assert_true(n == -1 || n == (int)samples);
        decoded += n > 0;
    }
    assert_true(decoded > 100);
    cw_opus_decoder_destroy(decoder);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct cw_opus_options bad[] = {
        {15, 32000, 5, true, true, false},   {20, 5999, 5, true, true, false},
        {20, 128001, 5, true, true, false},  {20, 32000, -1, true, true, false},
        {20, 32000, 101, true, true, false},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(cw_opus_encoder_create(&bad[i]));
    cw_opus_encoder_destroy(NULL);
    cw_opus_decoder_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_keep_to_rfc_6716),
        cmocka_unit_test(a_packet_in_a_call_has_a_header_of_8_octets),
        cmocka_unit_test(speech_comes_back_after_the_lookahead),
        cmocka_unit_test(the_next_packet_conceals_better_than_the_last),
        cmocka_unit_test(silence_costs_next_to_nothing_and_stays_silence),
        cmocka_unit_test(garbage_decodes_or_is_refused_and_never_more),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
