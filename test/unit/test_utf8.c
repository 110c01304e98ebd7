/* test_utf8.c - UTF-8, and the table of response codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/codes.h"
#include "base/map.h"
#include "base/utf8.h"

/* --- UTF-8 --------------------------------------------------------------------------- */

static bool valid(const char *bytes, size_t n)
{
    /* Between other text too, at every place of a word that is read at once, in the first word, one
     * between others and the last. */
    static const size_t after[] = {0, 1, 8, 17};
    char text[64];
    bool alone = cw_utf8_valid(cw_slice_of(bytes, n));
    for (size_t before = 0; before <= 17; before++) {
        memset(text, 'a', sizeof text);
        memcpy(text + before, bytes, n);
        for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
            assert_int_equal(cw_utf8_valid(cw_slice_of(text, before + n + after[i])), alone);
    }
    return alone;
}

/* The bytes of a code point by the bit patterns of RFC 3629, section 3, in a
 * sequence of `length`, be it the right one or not. */
static void encode(uint32_t c, int length, char out[4])
{
    static const uint8_t leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (int i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(leads[length] | c);
}

static int length_of(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void every_code_point_but_surrogates_is_valid(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[4];
        int length = length_of(c);
        encode(c, length, bytes);
        struct cw_slice s = cw_slice_of(bytes, (size_t)length);
        if (cw_utf8_valid(s) != (c < 0xd800 || c > 0xdfff))
            fail_msg("U+%04X", (unsigned)c);
        assert_int_equal(cw_utf8_count(s), 1);
    }
}

/* "Implementations of the decoding algorithm MUST protect against decoding
 * invalid sequences" (RFC 3629, section 3). */
static void overlong_forms_are_not_valid(void **state)
{
    (void)state;
    static const uint32_t points[] = {0, '/', 0x7f, 0x80, 0x7ff, 0x800, 0xffff};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        for (int length = length_of(points[i]) + 1; length <= 4; length++) {
            char bytes[4];
            encode(points[i], length, bytes);
            assert_false(valid(bytes, (size_t)length));
        }
    }
    assert_true(valid("\xc2\x80", 2));
    assert_true(valid("\xe0\xa0\x80", 3));
    assert_true(valid("\xf0\x90\x80\x80", 4));
}

static void surrogates_are_not_valid(void **state)
{
    (void)state;
    assert_true(valid("\xed\x9f\xbf", 3));
    assert_false(valid("\xed\xa0\x80", 3));
    assert_false(valid("\xed\xbf\xbf", 3));
    assert_true(valid("\xee\x80\x80", 3));
    assert_false(valid("\xed\xa1\x8c\xed\xbe\xb4", 6)); /* CESU-8 */
}

static void nothing_is_beyond_10ffff(void **state)
{
    (void)state;
    assert_true(valid("\xf4\x8f\xbf\xbf", 4));
    assert_false(valid("\xf4\x90\x80\x80", 4));
    for (unsigned lead = 0xf5; lead <= 0xff; lead++) {
        char bytes[] = {(char)lead, (char)0x80, (char)0x80, (char)0x80, (char)0x80, (char)0x80};
        for (size_t n = 1; n <= sizeof bytes; n++)
            assert_false(valid(bytes, n));
    }
}

static void sequences_cut_short_are_not_valid(void **state)
{
    (void)state;
    static const char *const whole[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(whole[i]);
        assert_true(valid(whole[i], n));
        for (size_t cut = 1; cut < n; cut++) {
            char followed[8];
            assert_false(valid(whole[i], cut));
            memcpy(followed, whole[i], cut);
            memcpy(followed + cut, "abc", 3);
            assert_false(valid(followed, cut + 3));
            memcpy(followed + cut, "\xc3\xa9", 2);
            assert_false(valid(followed, cut + 2));
        }
    }
    for (unsigned byte = 0x80; byte <= 0xbf; byte++)
        assert_false(valid((char[]){(char)byte}, 1));
}

static bool may_follow(const uint8_t head[2])
{
    static const uint8_t tails[][2] = {{0x80, 0x80}, {0xbf, 0xbf}};
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 1; n <= 2; n++) {
            uint8_t whole[4] = {head[0], head[1], tails[i][0], tails[i][1]};
            if (cw_utf8_valid(cw_slice_of(whole, 2 + n)))
                return true;
        }
    return false;
}

/* All pairs of octets, behind others: is it too short, or wrong? */
static void what_is_cut_may_become_valid(void **state)
{
    (void)state;
    bool cut;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t text[13] = "abcdefghijk", *end = text + 11;
        end[0] = (uint8_t)(pair >> 8);
        end[1] = (uint8_t)pair;
        size_t n = cw_utf8_valid_prefix(cw_slice_of(text, 13), &cut);
        if (end[0] < 0x80) { /* the second stands alone */
            assert_int_equal(n, end[1] < 0x80 ? 13 : 12);
            assert_int_equal(cut, end[1] >= 0xc2 && end[1] <= 0xf4);
        } else if (cw_utf8_valid(cw_slice_of(end, 2))) {
            assert_true(n == 13 && !cut);
        } else {
            assert_int_equal(n, 11);
            assert_int_equal(cut, may_follow(end));
        }
    }
    assert_int_equal(cw_utf8_valid_prefix((struct cw_slice){0}, &cut), 0);
    assert_false(cut);
    assert_int_equal(cw_utf8_valid_prefix(cw_slice_str("\xf0\x9f\x98"), &cut), 0);
    assert_true(cut);
    assert_int_equal(cw_utf8_valid_prefix(cw_slice_str("\xf0\x9f\x98z"), &cut), 0);
    assert_false(cut);
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_true(cw_utf8_valid((struct cw_slice){0}));
    assert_int_equal(cw_utf8_count((struct cw_slice){0}), 0);
    assert_true(valid("\0", 1));
    assert_int_equal(cw_utf8_count(cw_slice_str("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z")), 5);
}

/* --- codes ------------------------------------------------------------------------------ */

static void every_code_has_its_name_and_a_text(void **state)
{
    (void)state;
    int count = 0;
#define CW_CODE(name, value, text)                                                                 \
    assert_int_equal(CW_##name, value);                                                            \
    assert_string_equal(cw_code_name(value), #name);                                               \
    assert_string_equal(cw_code_text(value), text);                                                \
    count++;
#include "base/codes.def"
#undef CW_CODE
    assert_int_equal(count, 29);
    assert_string_equal(cw_code_name(514), "USER_DOES_NOT_EXIST");
    assert_string_equal(cw_code_name(2), "UNKNOWN");
    assert_string_equal(cw_code_name(-1), "UNKNOWN");
    assert_non_null(strstr(cw_code_text(2), "does not know"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_but_surrogates_is_valid),
        cmocka_unit_test(overlong_forms_are_not_valid),
        cmocka_unit_test(surrogates_are_not_valid),
        cmocka_unit_test(nothing_is_beyond_10ffff),
        cmocka_unit_test(sequences_cut_short_are_not_valid),
        cmocka_unit_test(what_is_cut_may_become_valid),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(every_code_has_its_name_and_a_text),
    };
    return cmocka_run_group_tests_name("UTF-8 and codes", tests, NULL, NULL);
}
