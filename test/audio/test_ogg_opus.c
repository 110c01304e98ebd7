/* test_ogg_opus.c - voice messages as files: what we write, others can play, to
 * the sample; and what strangers send is what it claims, or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ogg/ogg.h>
#include <opusfile.h>

#include "audio/level.h"
#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "base/alloc.h"
#include "support.h"

#define SECOND 48000

static int16_t pcm[121 * SECOND];
static int16_t decoded[2 * 120 * SECOND];
#define ROOM (sizeof decoded / sizeof decoded[0])

/* A file of n frames of pcm, pushed in pieces. */
static struct cw_buf written(unsigned rate, unsigned channels, size_t n, size_t piece)
{
    struct cw_buf file = {0};
    struct cw_ogg_writer *writer = cw_ogg_writer_create(rate, channels, 0xfedcba98);
    for (size_t used = 0; used < n; used += piece) {
        size_t now = piece < n - used ? piece : n - used;
        assert_int_equal(cw_ogg_writer_push(writer, pcm + used * channels, now), now);
    }
    assert_true(cw_ogg_writer_finish(writer));
    struct cw_buf *out = cw_ogg_writer_output(writer);
    cw_buf_append(&file, out->p, out->n);
    cw_ogg_writer_destroy(writer);
    return file;
}

static enum cw_ogg_result info_of(const struct cw_buf *file, struct cw_ogg_info *info)
{
    return cw_ogg_opus_info(cw_buf_slice(file), info);
}

/* --- what we write ------------------------------------------------------------------- */

/* opusfile's opinion: its duration, channels and samples. */
static void assert_others_play(const struct cw_buf *file, unsigned channels, uint64_t frames)
{
    int error, n, link;
    uint64_t heard = 0;
    OggOpusFile *other = op_open_memory(file->p, file->n, &error);
    assert_non_null(other);
    assert_int_equal(op_pcm_total(other, -1), frames);
    assert_int_equal(op_channel_count(other, -1), channels);
    assert_int_equal(op_link_count(other), 1);
    while ((n = op_read(other, decoded, (int)ROOM, &link)) > 0)
        heard += (uint64_t)n;
    assert_int_equal(n, 0);
    assert_int_equal(heard, frames);
    op_free(other);
}

static void a_file_is_as_long_as_the_recording_at_any_rate(void **state)
{
    (void)state;
    static const unsigned rates[] = {8000, 11025, 16000, 22050, 44100, 47999, 48000};
    make_speech(pcm, 2 * SECOND);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        for (unsigned channels = 1; channels <= 2; channels++)
            for (size_t n = 1; n < 48000; n = n * 7 + 3) {
                struct cw_buf file = written(rates[i], channels, n, 441);
                struct cw_ogg_info info;
                uint64_t frames = (n * SECOND + rates[i] - 1) / rates[i];
                assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
                assert_int_equal(info.frames, frames);
                assert_int_equal(info.channels, channels);
                assert_int_equal(info.input_rate, rates[i]);
                assert_int_equal(info.pre_skip, 312);
                assert_int_equal(info.duration_ms, (frames + 24) / 48);
                assert_others_play(&file, channels, frames);
                cw_buf_finish(&file);
            }
}

static void speech_sounds_as_it_was_and_where_it_was(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    double correlation;
    make_speech(pcm, 5 * SECOND);
    struct cw_buf file = written(48000, 1, 5 * SECOND, 480);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), CW_OGG_GOOD);
    assert_int_equal(info.frames, 5 * SECOND);
    size_t lag = best_lag(pcm + SECOND, decoded + SECOND, SECOND / 4, 100, &correlation);
    assert_true(lag <= 40);
    assert_true(correlation > 0.95);
    assert_in_range(file.n, 5 * 3000, 5 * 5000);
    cw_buf_finish(&file);
}

static void our_decoder_and_opusfile_hear_the_same(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    int16_t *ours = cw_alloc(sizeof *ours * 3 * SECOND);
    make_speech(pcm, 3 * SECOND);
    struct cw_buf file = written(44100, 2, 50000, 1000);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), ours, 3 * SECOND, &info), CW_OGG_GOOD);
    assert_others_play(&file, 2, info.frames);
    OggOpusFile *other = op_open_memory(file.p, file.n, NULL);
    op_set_dither_enabled(other, 0);
    size_t at = 0;
    for (int n; (n = op_read(other, decoded + at * 2, (int)(ROOM - at * 2), NULL)) > 0;)
        at += (size_t)n;
    assert_int_equal(at, info.frames);
    assert_true(snr_db(decoded, ours, at * 2) > 60); /* float and integer rounding */
    op_free(other);
    free(ours);
    cw_buf_finish(&file);
}

static void pages_come_while_it_is_spoken(void **state)
{
    (void)state;
    struct cw_ogg_writer *writer = cw_ogg_writer_create(48000, 1, 1);
    struct cw_buf *out = cw_ogg_writer_output(writer), file = {0};
    make_speech(pcm, 5 * SECOND);
    size_t most = 0;
    for (int i = 0; i < 500; i++) { /* 10 ms at a time; what is there is taken away */
        cw_ogg_writer_push(writer, pcm + i * 480, 480);
        most = out->n > most ? out->n : most;
        cw_buf_append(&file, out->p, out->n);
        cw_buf_consume(out, out->n);
    }
    assert_int_equal(cw_ogg_writer_frames(writer), 5 * SECOND);
    assert_true(cw_ogg_writer_finish(writer));
    cw_buf_append(&file, out->p, out->n);
    struct cw_buf at_once = written(48000, 1, 5 * SECOND, 5 * SECOND);
    assert_int_equal(file.n, at_once.n);
    assert_true(most <= 6000); /* a page holds 1 s */
    struct cw_ogg_info info;
    assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
    cw_buf_finish(&file);
    cw_buf_finish(&at_once);
    cw_ogg_writer_destroy(writer);
}

static void the_writer_stops_at_two_minutes(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    struct cw_ogg_writer *writer = cw_ogg_writer_create(8000, 1, 1);
    make_tone(pcm, 121 * 8000, 440, 8000, 8000, 0);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 119 * 8000), 119 * 8000);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 2 * 8000), 8000);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 1), 0);
    assert_true(cw_ogg_writer_finish(writer));
    assert_int_equal(info_of(cw_ogg_writer_output(writer), &info), CW_OGG_GOOD);
    assert_int_equal(info.duration_ms, 120000);
    cw_ogg_writer_destroy(writer);
}

static void the_longest_recordings_fit_into_a_message(void **state)
{
    (void)state;
    uint64_t seed = 3;
    struct cw_ogg_info info;
    make_noise(pcm, 120 * SECOND, 20000, &seed); /* the worst there is to encode */
    struct cw_buf file = written(24000, 2, 60 * SECOND, 60 * SECOND);
    assert_true(file.n < CW_OGG_OPUS_FILE_MAX);
    assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
    assert_int_equal(info.duration_ms, 120000);
    cw_buf_finish(&file);
}

static void bad_recordings_are_refused(void **state)
{
    (void)state;
    assert_null(cw_ogg_writer_create(7999, 1, 1));
    assert_null(cw_ogg_writer_create(48001, 1, 1));
    assert_null(cw_ogg_writer_create(48000, 0, 1));
    assert_null(cw_ogg_writer_create(48000, 3, 1));
    struct cw_ogg_writer *writer = cw_ogg_writer_create(48000, 1, 1);
    assert_false(cw_ogg_writer_finish(writer)); /* nothing was said */
    cw_ogg_writer_destroy(writer);
    cw_ogg_writer_destroy(NULL);
}

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

/* The page that begins at `at`; it points into the file. */
static ogg_page page_at(struct cw_buf *file, size_t at)
{
    ogg_page page = {.header = file->p + at, .header_len = 27 + file->p[at + 26]};
    for (int i = 0; i < file->p[at + 26]; i++)
        page.body_len += file->p[at + 27 + (size_t)i];
    page.body = page.header + page.header_len;
    return page;
}

static size_t page_size(struct cw_buf *file, size_t at)
{
    ogg_page page = page_at(file, at);
    return (size_t)(page.header_len + page.body_len);
}

static size_t last_page(struct cw_buf *file)
{
    size_t at = 0;
    while (at + page_size(file, at) < file->n)
        at += page_size(file, at);
    return at;
}

/* Writes an honest checksum under a forged page. */
static void sign(struct cw_buf *file, size_t at)
{
    ogg_page page = page_at(file, at);
    ogg_page_checksum_set(&page);
}

static void add_to_granule(struct cw_buf *file, size_t at, int64_t more)
{
    uint64_t granule = 0;
    for (int i = 7; i >= 0; i--)
        granule = granule << 8 | file->p[at + 6 + (size_t)i];
    granule += (uint64_t)more;
    for (int i = 0; i < 8; i++)
        file->p[at + 6 + (size_t)i] = (uint8_t)(granule >> (8 * i));
    sign(file, at);
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

/* 3 s in three audio pages, as the page-wise changes below expect it. */
static struct cw_buf three_seconds(void)
{
    make_speech(pcm, 3 * SECOND);
    return written(48000, 1, 3 * SECOND - 15000, 3 * SECOND);
}

static void each_page(struct cw_buf *file, void (*change)(struct cw_buf *file, size_t at, int page))
{
    int page = 0;
    for (size_t at = 0; at < file->n; at += page_size(file, at)) {
        change(file, at, page++);
        sign(file, at);
    }
}

static void begin_at_five(struct cw_buf *file, size_t at, int page)
{
    file->p[at + 18] = (uint8_t)(page + 5);
}

static void begin_at_ten_seconds(struct cw_buf *file, size_t at, int page)
{
    if (page >= 2)
        add_to_granule(file, at, 10 * SECOND);
}

static void forget_the_end(struct cw_buf *file, size_t at, int page)
{
    (void)page;
    file->p[at + 5] &= (uint8_t)~4u;
}

static void append_zeros(struct cw_buf *file)
{
    static const uint8_t zeros[4096];
    cw_buf_append(file, zeros, sizeof zeros);
}

/* The end flag on a page of its own, with the position of the last one, or none. */
static void append_empty_page(struct cw_buf *file, bool position)
{
    uint8_t head[27];
    size_t last = last_page(file);
    memcpy(head, file->p + last, sizeof head);
    file->p[last + 5] &= (uint8_t)~4u;
    sign(file, last);
    head[5] = 4;
    head[18]++;
    head[26] = 0;
    if (!position)
        memset(head + 6, 0xff, 8);
    cw_buf_append(file, head, sizeof head);
    sign(file, file->n - sizeof head);
}

/* It is played as the original is, and cleaned it is the original. */
static void assert_same_recording(struct cw_buf *file, const struct cw_buf *original)
{
    struct cw_ogg_info info, expected;
    assert_int_equal(info_of(original, &expected), CW_OGG_GOOD);
    assert_int_equal(info_of(file, &info), CW_OGG_GOOD);
    assert_int_equal(info.frames, expected.frames);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(file), decoded, ROOM, &info), CW_OGG_GOOD);
    struct cw_buf clean = {0};
    cw_buf_append(&clean, original->p, original->n);
    size_t clean_n = cw_ogg_opus_clean(clean.p, clean.n);
    size_t n = cw_ogg_opus_clean(file->p, file->n);
    assert_int_equal(n, clean_n);
    assert_memory_equal(file->p, clean.p, n);
    cw_buf_finish(&clean);
    cw_buf_finish(file);
}

static void recordings_of_other_programs_are_played(void **state)
{
    (void)state;
    struct cw_buf original = three_seconds(), file;
    file = three_seconds();
    each_page(&file, forget_the_end); /* AOSP's OggWriter */
    assert_same_recording(&file, &original);
    file = three_seconds();
    each_page(&file, begin_at_five);
    assert_same_recording(&file, &original);
    file = three_seconds();
    each_page(&file, begin_at_ten_seconds);
    assert_same_recording(&file, &original);
    file = three_seconds();
    append_zeros(&file);
    assert_same_recording(&file, &original);
    for (int position = 0; position < 2; position++) {
        file = three_seconds();
        append_empty_page(&file, position != 0);
        assert_same_recording(&file, &original);
    }
    file = three_seconds(); /* all of it at once */
    append_empty_page(&file, false);
    each_page(&file, begin_at_five);
    each_page(&file, forget_the_end);
    append_zeros(&file);
    assert_same_recording(&file, &original);
    cw_buf_finish(&original);
}

static void assert_changed_is(enum cw_ogg_result expected, void (*change)(struct cw_buf *file))
{
    struct cw_ogg_info info;
    struct cw_buf file = three_seconds();
    change(&file);
    assert_int_equal(info_of(&file, &info), expected);
    assert_int_equal(cw_ogg_opus_clean(file.p, file.n), 0);
    cw_buf_finish(&file);
}

static void append_zeros_and_more(struct cw_buf *file)
{
    append_zeros(file);
    cw_buf_append(file, "x", 1);
}

static void trim_on_an_empty_page_too_much(struct cw_buf *file)
{
    append_empty_page(file, true);
    add_to_granule(file, file->n - 27, -3 * SECOND);
}

static void claim_more_on_an_empty_page(struct cw_buf *file)
{
    append_empty_page(file, true);
    add_to_granule(file, file->n - 27, 40000);
}

static void trim_in_the_middle(struct cw_buf *file)
{
    size_t at = page_size(file, 0);
    at += page_size(file, at);
    add_to_granule(file, at, -960);
}

static void jump_in_the_middle(struct cw_buf *file)
{
    size_t at = page_size(file, 0);
    at += page_size(file, at);
    at += page_size(file, at);
    add_to_granule(file, at, SECOND);
}

static void end_inside_a_packet(struct cw_buf *file)
{
    size_t at = last_page(file);
    ogg_page page = page_at(file, at);
    page.header[page.header_len - 1] = 255;
    uint8_t more[255] = {0};
    size_t missing = (size_t)(page_at(file, at).header_len + page_at(file, at).body_len) + at;
    cw_buf_append(file, more, missing - file->n);
    sign(file, at);
}

static void dishonest_recordings_of_other_programs_are_refused(void **state)
{
    (void)state;
    assert_changed_is(CW_OGG_MALFORMED, append_zeros_and_more);
    assert_changed_is(CW_OGG_DISHONEST, trim_on_an_empty_page_too_much);
    assert_changed_is(CW_OGG_DISHONEST, claim_more_on_an_empty_page);
    assert_changed_is(CW_OGG_DISHONEST, trim_in_the_middle);
    assert_changed_is(CW_OGG_DISHONEST, jump_in_the_middle);
    assert_changed_is(CW_OGG_DISHONEST, end_inside_a_packet);
}

/* The tags page of `file` is replaced by one with a comment of n bytes. */
static struct cw_buf with_comment(const struct cw_buf *file, size_t n)
{
    struct cw_buf out = {0}, packet = {0};
    ogg_stream_state stream;
    ogg_page page;
    size_t first = page_size((struct cw_buf *)(uintptr_t)file, 0);
    size_t second = page_size((struct cw_buf *)(uintptr_t)file, first);
    const uint8_t counts[] = {1, 0, 0, 0, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), 0};
    cw_buf_append(&packet, "OpusTags\4\0\0\0some", 16);
    cw_buf_append(&packet, counts, sizeof counts);
    for (size_t i = 0; i < n; i++)
        cw_buf_append(&packet, &"SECRET"[i % 6], 1);
    cw_buf_append(&out, file->p, first);
    ogg_stream_init(&stream, (int)0xfedcba98);
    ogg_packet tags = {.packet = packet.p, .bytes = (long)packet.n, .packetno = 1};
    stream.pageno = 1;
    stream.b_o_s = 1;
    ogg_stream_packetin(&stream, &tags);
    long pages = 1;
    for (; ogg_stream_flush(&stream, &page); pages++) {
        cw_buf_append(&out, page.header, (size_t)page.header_len);
        cw_buf_append(&out, page.body, (size_t)page.body_len);
    }
    ogg_stream_clear(&stream);
    size_t audio = out.n;
    cw_buf_append(&out, file->p + first + second, file->n - first - second);
    for (; audio < out.n; audio += page_size(&out, audio), pages++) {
        out.p[audio + 18] = (uint8_t)pages;
        sign(&out, audio);
    }
    cw_buf_finish(&packet);
    return out;
}

static void comments_are_gone_after_cleaning(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 5, 200, 60000, 300000};
    struct cw_buf original = three_seconds();
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct cw_buf file = with_comment(&original, lengths[i]);
        assert_same_recording(&file, &original);
    }
    struct cw_ogg_info info;
    size_t n = cw_ogg_opus_clean(original.p, original.n);
    assert_memory_equal(original.p + page_size(&original, 0) + 28, "OpusTags\0\0\0\0\0\0\0\0", 16);
    original.n = n;
    assert_int_equal(info_of(&original, &info), CW_OGG_GOOD);
    assert_others_play(&original, 1, info.frames);
    cw_buf_finish(&original);
}

static void the_gain_of_the_head_is_heard(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, SECOND);
    struct cw_buf file = written(48000, 1, SECOND, SECOND);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), CW_OGG_GOOD);
    double before = power_db(decoded, SECOND);
    file.p[28 + 17] = 0xf4; /* -12 dB, RFC 7845 5.1: Q7.8 */
    sign(&file, 0);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), CW_OGG_GOOD);
    assert_int_equal(info.gain, -12 * 256);
    assert_float_equal(power_db(decoded, SECOND), before - 12, 0.1);
    cw_buf_finish(&file);
}

static void a_missing_page_is_refused(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    make_speech(pcm, 3 * SECOND);
    struct cw_buf file = written(48000, 1, 3 * SECOND, 3 * SECOND);
    size_t at = page_size(&file, 0);
    at += page_size(&file, at);
    size_t n = page_size(&file, at);
    memmove(file.p + at, file.p + at + n, file.n - at - n);
    file.n -= n;
    assert_int_equal(info_of(&file, &info), CW_OGG_NOT_OPUS);
    cw_buf_finish(&file);
}

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

/* --- pictures ----------------------------------------------------------------------------- */

static void a_waveform_has_the_peak_of_each_part(void **state)
{
    (void)state;
    uint8_t levels[CW_WAVEFORM_LEVELS];
    memset(pcm, 0, sizeof pcm);
    pcm[0] = 32767;
    pcm[2 * 1000 + 1] = -32768; /* frame 1000 of 6400, right: part 10 */
    pcm[2 * 6399] = 12900;
    cw_waveform(pcm, 6400, 2, levels);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS; i++)
        assert_int_equal(levels[i], i == 0 || i == 10 ? 255 : i == 63 ? 100 : 0);
    cw_waveform(pcm, 1, 1, levels);
    assert_int_equal(levels[0], 255);
    assert_int_equal(levels[63], 255);
    cw_waveform(NULL, 0, 1, levels);
    assert_int_equal(levels[0], 0);
    assert_int_equal(cw_duration_ms(44100, 44100), 1000);
    assert_int_equal(cw_duration_ms(23, 48000), 0);
    assert_int_equal(cw_duration_ms(24, 48000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_as_long_as_the_recording_at_any_rate),
        cmocka_unit_test(speech_sounds_as_it_was_and_where_it_was),
        cmocka_unit_test(our_decoder_and_opusfile_hear_the_same),
        cmocka_unit_test(pages_come_while_it_is_spoken),
        cmocka_unit_test(the_writer_stops_at_two_minutes),
        cmocka_unit_test(the_longest_recordings_fit_into_a_message),
        cmocka_unit_test(bad_recordings_are_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_granule_may_not_claim_what_the_packets_do_not_hold),
        cmocka_unit_test(the_head_must_be_plain_opus),
        cmocka_unit_test(joined_and_mixed_streams_are_refused),
        cmocka_unit_test(nothing_comes_after_the_end),
        cmocka_unit_test(recordings_of_other_programs_are_played),
        cmocka_unit_test(dishonest_recordings_of_other_programs_are_refused),
        cmocka_unit_test(comments_are_gone_after_cleaning),
        cmocka_unit_test(the_gain_of_the_head_is_heard),
        cmocka_unit_test(a_missing_page_is_refused),
        cmocka_unit_test(two_minutes_are_enough),
        cmocka_unit_test(packets_must_be_opus),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(not_a_sample_more_than_there_is_room_for),
        cmocka_unit_test(a_waveform_has_the_peak_of_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
