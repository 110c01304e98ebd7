/* test_ogg_opus_others.c - Ogg Opus files as other programs write them: those that are played, and
 * those that claim more than they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <ogg/ogg.h>

#include "audio/ogg_opus_read.h"
#include "ogg_play.h"
#include "support.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_of_other_programs_are_played),
        cmocka_unit_test(dishonest_recordings_of_other_programs_are_refused),
        cmocka_unit_test(comments_are_gone_after_cleaning),
        cmocka_unit_test(the_gain_of_the_head_is_heard),
        cmocka_unit_test(a_missing_page_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
