/* test_packer.c - packets joined into longer ones, and how the pace follows the network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "audio/opus_stream.h"
#include "audio/packer.h"

#define FRAME       (20 * CW_AUDIO_PER_MS)
#define PI          3.14159265358979
#define HEAD_OF_WAY 62 /* IP, UDP, datagram.h's head and tag, and what it is */

struct play {
    struct cw_opus_encoder *encoder;
    struct cw_packer *packer;
    uint32_t sequence, timestamp;
    uint32_t next_sequence, next_timestamp;
    unsigned packets, samples;
    size_t bytes;
};

static void play_begin(struct play *play, unsigned frames)
{
    struct cw_opus_options options = cw_opus_options_default;
    options.dtx = false;
    options.bitrate = 31000; /* for speech alone: it changes its mode a few times only */
    *play = (struct play){.sequence = 1000, .timestamp = UINT32_MAX - 100};
    play->encoder = cw_opus_encoder_create(&options);
    play->packer = cw_packer_create();
    play->next_sequence = play->sequence;
    play->next_timestamp = play->timestamp;
    cw_packer_set_frames(play->packer, frames);
}

static void play_end(struct play *play)
{
    cw_opus_encoder_destroy(play->encoder);
    cw_packer_destroy(play->packer);
}

/* Whatever comes out is a packet in sequence that goes on where the one before ended. */
static void check(struct play *play)
{
    uint8_t out[CW_CALL_PACKET_MAX];
    struct cw_call_packet packet;
    size_t n;
    while ((n = cw_packer_next(play->packer, out)) != 0) {
        assert_int_equal(cw_call_packet_take(cw_slice_of(out, n), &packet), CW_OPUS_GOOD);
        assert_int_equal(packet.sequence, play->next_sequence++);
        assert_int_equal(packet.timestamp, play->next_timestamp);
        play->next_timestamp += packet.samples;
        play->samples += packet.samples;
        play->bytes += n + HEAD_OF_WAY;
        play->packets++;
    }
}

static void put(struct play *play, const uint8_t *packet, size_t n)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    cw_call_packet_put(payload, play->sequence++, play->timestamp);
    memcpy(payload + CW_CALL_PACKET_HEADER, packet, n);
    cw_packer_take(play->packer, cw_slice_of(payload, CW_CALL_PACKET_HEADER + n));
    play->timestamp += FRAME;
    check(play);
}

static void say(struct play *play, unsigned count)
{
    int16_t pcm[FRAME];
    uint8_t packet[CW_OPUS_PACKET_MAX];
    for (unsigned k = 0; k < count; k++) {
        for (unsigned i = 0; i < FRAME; i++)
            pcm[i] = (int16_t)lrint(9000 * sin(2 * PI * 300 * i / CW_AUDIO_RATE) +
                                    (k * 7919 + i * 31) % 3000);
        put(play, packet, cw_opus_encode(play->encoder, pcm, packet));
    }
}

static void packets_are_joined(void **state)
{
    (void)state;
    for (unsigned frames = 1; frames <= CW_PACKER_FRAMES_MAX; frames++) {
        struct play play;
        play_begin(&play, frames);
        say(&play, 300);
        assert_int_equal(play.samples, 300 * FRAME);
        /* The codec changes its mode a few times at the beginning. */
        assert_in_range(play.packets, 300 / frames, 300 / frames + 4);
        print_message("%u frames a packet: %.1f kbit/s on the way\n", frames,
                      (double)play.bytes * 8 / 6000);
        play_end(&play);
    }
}

static void silence_and_a_gap_end_a_packet(void **state)
{
    struct play play;
    static const uint8_t silence[] = {0x48};
    (void)state;
    play_begin(&play, 3);
    say(&play, 9);
    unsigned before = play.packets;
    say(&play, 2); /* is kept */
    assert_int_equal(play.packets, before);
    put(&play, silence, sizeof silence);
    assert_int_equal(play.packets, before + 2); /* the two, and the silence at once */
    play.timestamp += 5 * FRAME;                /* nothing was said */
    play.next_timestamp = play.timestamp;
    say(&play, 1);
    play.timestamp += FRAME;
    assert_int_equal(play.packets, before + 2);
    say(&play, 1); /* cannot be joined to the one before the gap, which leaves alone */
    assert_int_equal(play.packets, before + 3);
    play_end(&play);
}

static void fewer_frames_send_what_is_kept(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, 3);
    say(&play, 9);
    say(&play, 2);
    cw_packer_set_frames(play.packer, 1);
    say(&play, 4);
    assert_int_equal(play.samples, 15 * FRAME);
    play_end(&play);
}

/* Two long ones at once, and at the end of a spurt what there is. */
static void packets_come_in_pairs(void **state)
{
    struct play play;
    static const uint8_t silence[] = {0x48};
    (void)state;
    play_begin(&play, 3);
    say(&play, 300); /* the codec has its mode */
    put(&play, silence, sizeof silence);
    unsigned before = play.packets;
    cw_packer_set_pairs(play.packer, true);
    say(&play, 5);
    assert_int_equal(play.packets, before);
    say(&play, 1);
    assert_int_equal(play.packets, before + 2);
    say(&play, 5);
    put(&play, silence, sizeof silence);
    assert_int_equal(play.packets, before + 5); /* three frames, two, and the silence */
    say(&play, 4);
    cw_packer_set_pairs(play.packer, false);
    say(&play, 1);
    assert_int_equal(play.packets, before + 6);
    assert_int_equal(play.samples, 316 * FRAME); /* of 318 */
    play_end(&play);
}

static void what_is_no_packet_is_not_taken(void **state)
{
    struct play play;
    uint8_t wrong[CW_CALL_PACKET_HEADER + 2] = {0};
    (void)state;
    play_begin(&play, 2);
    cw_packer_take(play.packer, cw_slice_of(wrong, CW_CALL_PACKET_HEADER));
    wrong[CW_CALL_PACKET_HEADER] = 0x1b;
    wrong[CW_CALL_PACKET_HEADER + 1] = 0x06;
    cw_packer_take(play.packer, cw_slice_of(wrong, sizeof wrong));
    check(&play);
    assert_int_equal(play.packets, 0);
    play_end(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_joined),
        cmocka_unit_test(silence_and_a_gap_end_a_packet),
        cmocka_unit_test(fewer_frames_send_what_is_kept),
        cmocka_unit_test(packets_come_in_pairs),
        cmocka_unit_test(what_is_no_packet_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
