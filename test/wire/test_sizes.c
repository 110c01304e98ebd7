/* test_sizes.c - the limits of limits.h on the size of a message, each at the
 * limit and one past it, and that the shape is judged before the size. What
 * fits on a line is in vectors/hostile.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "test_wire.h"
#include "text.h"

#define TOKEN "d9 24 \"3f2b8c1e-9d4a-4f6b-8e21-7a5c0d9b6e13\" "

/* Decodes a frame in the notation of text.h. */
static int decode(const char *text, struct cw_msg *msg)
{
    struct cw_buf bytes = {0};
    assert_true(bytes_of_text(text, &bytes));
    const int code = cw_msg_decode(CW_READER_SERVER, cw_buf_slice(&bytes), msg);
    cw_buf_finish(&bytes);
    return code;
}

/* The code of a whisper whose content is n times the item, then `rest`. */
static int whisper(const char *item, size_t item_length, size_t n, const char *rest)
{
    char text[512];
    struct cw_msg msg;
    snprintf(text, sizeof text,
             "a7 \"request\" a7 \"whisper\" a5 \"alice\"" TOKEN "a3 \"bob\" db %08zx %s*%zu %s",
             item_length * n, item, n, rest);
    const int code = decode(text, &msg);
    assert_int_equal(msg.kind, CW_REQUEST);
    assert_int_equal(msg.action, CW_WHISPER);
    return code;
}

static void test_content(void **state)
{
    (void)state;
    assert_int_equal(whisper("61", 1, CW_CONTENT_CODE_POINTS_MAX, ""), CW_SUCCESS);
    assert_int_equal(whisper("61", 1, CW_CONTENT_CODE_POINTS_MAX + 1, ""), CW_TOO_LARGE);
    /* Four bytes each: the limit on code points is met first ... */
    assert_int_equal(whisper("\"\U0001F44B\"", 4, 4000, ""), CW_SUCCESS);
    assert_int_equal(whisper("\"\U0001F44B\"", 4, 4001, ""), CW_TOO_LARGE);
    assert_int_equal(whisper("61", 1, CW_CONTENT_BYTES_MAX + 1, ""), CW_TOO_LARGE);
    /* ... but the shape before either. */
    assert_int_equal(whisper("61", 1, 5000, "81 a5 \"since\" c0"), CW_BAD_REQUEST);
}

/* A whisper with trailing bytes to make a frame of n bytes. */
static int whisper_of_size(size_t n)
{
    char text[512];
    struct cw_msg msg;
    const size_t drawn = 8 + 8 + 6 + 38 + 4 + 3;
    snprintf(text, sizeof text,
             "a7 \"request\" a7 \"whisper\" a5 \"alice\"" TOKEN
             "a3 \"bob\" a2 \"hi\" c6 %08zx 00*%zu",
             n - drawn - 5, n - drawn - 5);
    return decode(text, &msg);
}

static void test_whole_message(void **state)
{
    (void)state;
    assert_int_equal(whisper_of_size(CW_MESSAGE_MAX), CW_SUCCESS);
    assert_int_equal(whisper_of_size(CW_MESSAGE_MAX + 1), CW_TOO_LARGE);
}

/* A call_data whose frame has n bytes. */
static int call_data_of_size(size_t n)
{
    char text[512];
    struct cw_msg msg;
    const size_t head = 7 + 10 + 6 + 38 + 6 + 3;
    snprintf(text, sizeof text,
             "a6 \"update\" a9 \"call_data\" a5 \"alice\"" TOKEN "a5 \"cooks\" dc %04zx 00*%zu",
             n - head, n - head);
    const int code = decode(text, &msg);
    assert_int_equal(msg.kind, CW_CLIENT_UPDATE);
    assert_int_equal(msg.action, CW_CALL_DATA);
    return code;
}

static void test_call_data(void **state)
{
    (void)state;
    assert_int_equal(call_data_of_size(CW_CALL_DATA_MAX), CW_SUCCESS);
    assert_int_equal(call_data_of_size(CW_CALL_DATA_MAX + 1), CW_TOO_LARGE);
}

/* A voice message at a rate, of n samples of 1 byte, and what follows. */
static int voice(unsigned channels, unsigned rate, size_t n, const char *rest)
{
    char text[512];
    struct cw_msg msg;
    snprintf(text, sizeof text,
             "a9 \"voice_msg\" a5 \"alice\"" TOKEN "a3 \"bob\" %02x cd %04x dd %08zx 00*%zu %s",
             channels, rate, n, n, rest);
    const int code = decode(text, &msg);
    assert_int_equal(msg.action, CW_VOICE_MSG);
    return code;
}

static void test_voice(void **state)
{
    const size_t longest = CW_VOICE_SECONDS_MAX * CW_VOICE_RATE_MIN;
    (void)state;
    assert_int_equal(voice(1, CW_VOICE_RATE_MIN, longest, ""), CW_SUCCESS);
    assert_int_equal(voice(1, CW_VOICE_RATE_MIN, longest + 1, ""), CW_TOO_LARGE);
    assert_int_equal(voice(2, CW_VOICE_RATE_MIN, 2 * longest, ""), CW_SUCCESS);
    assert_int_equal(voice(2, CW_VOICE_RATE_MIN, 2 * longest + 2, ""), CW_TOO_LARGE);
    assert_int_equal(voice(1, CW_VOICE_RATE_MIN, longest + 1, "81 a2 \"id\" c0"), CW_BAD_REQUEST);
}

/* ... with a trailing string that makes it a frame of n bytes. */
static int voice_of_size(size_t n)
{
    char rest[64];
    const size_t drawn = 10 + 6 + 38 + 4 + 1 + 3 + 5 + 1;
    snprintf(rest, sizeof rest, "c6 %08zx 00*%zu", n - drawn - 5, n - drawn - 5);
    return voice(1, 8000, 1, rest);
}

static void test_voice_message(void **state)
{
    (void)state;
    assert_int_equal(voice_of_size(CW_VOICE_MESSAGE_MAX), CW_SUCCESS);
    assert_int_equal(voice_of_size(CW_VOICE_MESSAGE_MAX + 1), CW_TOO_LARGE);
}

/* An upload_chunk of n bytes. */
static int chunk(size_t n, struct cw_msg *msg)
{
    char text[512];
    snprintf(text, sizeof text, "ac \"upload_chunk\" a5 \"alice\"" TOKEN "01 01 00 c6 %08zx 00*%zu",
             n, n);
    const int code = decode(text, msg);
    assert_int_equal(msg->action, CW_UPLOAD_CHUNK);
    return code;
}

static void test_chunk(void **state)
{
    (void)state;
    struct cw_msg msg;
    assert_int_equal(chunk(CW_FILE_CHUNK_MAX, &msg), CW_SUCCESS);
    assert_int_equal(chunk(CW_FILE_CHUNK_MAX + 1, &msg), CW_TOO_LARGE);
    assert_string_equal(cw_rule_identifier(msg.fault.rule), "chunk_too_large");
    assert_int_equal(msg.fault.limit, CW_FILE_CHUNK_MAX);
}

/* An add_thumbnail of n bytes. */
static int thumbnail(size_t n, struct cw_msg *msg)
{
    char text[512];
    snprintf(text, sizeof text, "ad \"add_thumbnail\" a5 \"alice\"" TOKEN "01 c6 %08zx 00*%zu", n,
             n);
    return decode(text, msg);
}

static void test_thumbnail(void **state)
{
    (void)state;
    struct cw_msg msg;
    assert_int_equal(thumbnail(CW_THUMBNAIL_MAX, &msg), CW_SUCCESS);
    assert_int_equal(thumbnail(CW_THUMBNAIL_MAX + 1, &msg), CW_TOO_LARGE);
    assert_string_equal(cw_rule_identifier(msg.fault.rule), "thumbnail_too_large");
    assert_int_equal(msg.fault.limit, CW_THUMBNAIL_MAX);
}

int run_sizes(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content),       cmocka_unit_test(test_whole_message),
        cmocka_unit_test(test_call_data),     cmocka_unit_test(test_voice),
        cmocka_unit_test(test_voice_message), cmocka_unit_test(test_chunk),
        cmocka_unit_test(test_thumbnail),
    };
    return cmocka_run_group_tests_name("sizes", tests, NULL, NULL);
}
