/* test_transcoder.c - packets become lists: how many samples, of which sound, and
 * what is made up for what is missing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audio/opus_packet.h"
#include "audio/opus_stream.h"
#include "server/transcoder.h"
#include "wire/msg.h"

#define FRAME (20 * CW_AUDIO_PER_MS)
#define PI    3.14159265358979

struct speaker {
    struct cw_opus_encoder *encoder;
    uint32_t sequence;
    uint64_t at;
    uint8_t payload[CW_CALL_PACKET_MAX];
};

static struct speaker make_speaker(uint32_t sequence)
{
    return (struct speaker){.encoder = cw_opus_encoder_create(&cw_opus_options_default),
                            .sequence = sequence};
}

/* The next packet of a tone of 440 Hz. */
static struct cw_slice say(struct speaker *speaker)
{
    int16_t pcm[FRAME];
    for (unsigned i = 0; i < FRAME; i++)
        pcm[i] = (int16_t)lrint(12000 * sin(2 * PI * 440 * (double)(speaker->at + i) / 48000));
    cw_call_packet_put(speaker->payload, speaker->sequence++, (uint32_t)speaker->at);
    speaker->at += FRAME;
    return cw_slice_of(
        speaker->payload,
        CW_CALL_PACKET_HEADER +
            cw_opus_encode(speaker->encoder, pcm, speaker->payload + CW_CALL_PACKET_HEADER));
}

static uint32_t push(struct cw_transcoder *t, uint64_t id, struct cw_slice payload, int16_t *pcm)
{
    struct cw_buf list = {0};
    struct cw_samples samples = {0};
    if (cw_transcoder_push(t, id, payload, &list)) {
        assert_true(cw_samples_scan(cw_buf_slice(&list), &samples));
        assert_int_equal(samples.encoded.n, list.n);
        if (pcm != NULL)
            cw_samples_decode(samples, pcm);
    }
    cw_buf_finish(&list);
    return samples.count;
}

static void a_tone_stays_what_it_is(void **state)
{
    enum { PACKETS = 100, RATE = 44100 };
    struct cw_transcoder t = {0};
    struct speaker speaker = make_speaker(UINT32_MAX - 10); /* it wraps */
    int16_t *pcm = calloc(PACKETS * FRAME, sizeof *pcm);
    uint32_t n = 0, rises = 0;
    (void)state;
    for (int i = 0; i < PACKETS; i++)
        n += push(&t, 5, say(&speaker), pcm + n);
    /* The resampler holds back a millisecond. */
    assert_in_range(n, PACKETS * 882 - 60, PACKETS * 882);
    int peak = 0;
    for (uint32_t i = n - RATE + 1; i < n; i++) {
        rises += pcm[i - 1] < 0 && pcm[i] >= 0;
        peak = pcm[i] > peak ? pcm[i] : peak;
    }
    assert_in_range(rises, 439, 441);
    assert_in_range(peak, 10000, 14000);
    free(pcm);
    cw_opus_encoder_destroy(speaker.encoder);
    cw_transcoder_finish(&t);
}

/* Samples that come of the packet after `missing` others, with its share of noise. */
static uint32_t after_gap(unsigned missing)
{
    struct cw_transcoder t = {0};
    struct speaker speaker = make_speaker(1);
    for (int i = 0; i < 20; i++)
        push(&t, 1, say(&speaker), NULL);
    for (unsigned i = 0; i < missing; i++)
        say(&speaker);
    uint32_t n = push(&t, 1, say(&speaker), NULL);
    cw_opus_encoder_destroy(speaker.encoder);
    cw_transcoder_finish(&t);
    return n;
}

static void a_short_gap_is_filled(void **state)
{
    (void)state;
    assert_in_range(after_gap(0), 881, 883);
    assert_in_range(after_gap(1), 1763, 1765);
    assert_in_range(after_gap(3), 3527, 3529);
    assert_in_range(after_gap(4), 881, 883); /* too long: silence */
    assert_in_range(after_gap(1000), 881, 883);
}

static void a_packet_that_comes_again_begins_anew(void **state)
{
    struct cw_transcoder t = {0};
    struct speaker speaker = make_speaker(7);
    (void)state;
    struct cw_slice packet = say(&speaker);
    for (int i = 0; i < 5; i++)
        assert_in_range(push(&t, 1, packet, NULL), 820, 883);
    cw_opus_encoder_destroy(speaker.encoder);
    cw_transcoder_finish(&t);
}

static void nonsense_is_as_long_as_it_says(void **state)
{
    struct cw_transcoder t = {0};
    uint8_t payload[CW_CALL_PACKET_MAX];
    uint32_t n = 0;
    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        for (size_t j = 0; j < sizeof payload; j++)
            payload[j] = (uint8_t)(i * 31 + j * 17 + (j * i >> 3));
        cw_call_packet_put(payload, i, 0);
        payload[CW_CALL_PACKET_HEADER] = (uint8_t)(i << 3); /* one frame of any kind */
        struct cw_slice whole = cw_slice_of(payload, sizeof payload - i);
        struct cw_call_packet packet;
        assert_int_equal(cw_call_packet_take(whole, &packet), CW_OPUS_GOOD);
        n = push(&t, 1, whole, NULL);
        assert_in_range(n, i == 0 ? 0 : packet.samples * 44100 / 48000 - 1,
                        packet.samples * 44100 / 48000 + 1);
    }
    assert_int_equal(push(&t, 1, cw_slice_of(payload, 8), NULL), 0);
    cw_transcoder_finish(&t);
}

static void speakers_are_apart(void **state)
{
    struct cw_transcoder t = {0};
    struct speaker speaker = make_speaker(1);
    const uint64_t once = 3, again = once | UINT64_C(1) << 32; /* its slot was used again */
    (void)state;
    cw_transcoder_remove(&t, once); /* nobody there yet */
    for (int i = 0; i < 3; i++)
        push(&t, once, say(&speaker), NULL);
    say(&speaker);
    assert_in_range(push(&t, 900, say(&speaker), NULL), 820, 883); /* without the gap */
    assert_in_range(push(&t, again, say(&speaker), NULL), 820, 883);
    cw_transcoder_remove(&t, once); /* not there any more */
    say(&speaker);
    assert_in_range(push(&t, again, say(&speaker), NULL), 1763, 1765);
    cw_transcoder_remove(&t, again);
    say(&speaker);
    assert_in_range(push(&t, again, say(&speaker), NULL), 820, 883);
    cw_opus_encoder_destroy(speaker.encoder);
    cw_transcoder_finish(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_stays_what_it_is),
        cmocka_unit_test(a_short_gap_is_filled),
        cmocka_unit_test(a_packet_that_comes_again_begins_anew),
        cmocka_unit_test(nonsense_is_as_long_as_it_says),
        cmocka_unit_test(speakers_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
