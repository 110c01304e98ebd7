/* test_words.c - which words a text has, and what a query finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "text/words.h"

static void assert_tokens(const char *text, const char *wanted)
{
    struct cw_buf tokens = {0};
    cw_words(cw_slice_str(text), &tokens);
    cw_buf_append_byte(&tokens, 0);
    assert_string_equal((const char *)tokens.p, wanted);
    cw_buf_finish(&tokens);
}

static void assert_terms(const char *text, const char *wanted)
{
    struct cw_buf terms = {0};
    cw_words_query(cw_slice_str(text), &terms);
    cw_buf_append_byte(&terms, 0);
    assert_string_equal((const char *)terms.p, wanted);
    cw_buf_finish(&terms);
}

static bool finds(const char *query, const char *text)
{
    struct cw_buf terms = {0}, tokens = {0};
    cw_words_query(cw_slice_str(query), &terms);
    cw_words(cw_slice_str(text), &tokens);
    bool found = cw_words_match(cw_buf_slice(&tokens), cw_buf_slice(&terms));
    cw_buf_finish(&terms);
    cw_buf_finish(&tokens);
    return found;
}

#define FINDS(query, text)                                                                         \
    do {                                                                                           \
        if (!finds((query), (text)))                                                               \
            fail_msg("%s is not found in %s", (query), (text));                                    \
    } while (0)
#define MISSES(query, text)                                                                        \
    do {                                                                                           \
        if (finds((query), (text)))                                                                \
            fail_msg("%s is found in %s", (query), (text));                                        \
    } while (0)

static void letters_and_digits_make_words(void **state)
{
    (void)state;
    assert_tokens("", "");
    assert_tokens(" .,!-\n", "");
    assert_tokens("Hello, World! a_b 42nd", "hello world a b 42nd");
    assert_tokens("caf\u00e9\u2014bar", "cafe bar");
    assert_tokens("ПРИВЕТ", "привет");
    assert_tokens("a\xff"
                  "b",
                  "a b"); /* no UTF-8 */
    assert_terms("", "");
    assert_terms("?! \u2026", "");
    assert_terms("Hello wor", "hello .wor *");
}

static void case_and_accents_go(void **state)
{
    (void)state;
    FINDS("GRÜSSE", "viele Grüße");
    FINDS("grusse", "viele Grüße");
    FINDS("strasse", "Straße");
    FINDS("STRASSE", "Straße");
    FINDS("straße", "STRASSE");
    FINDS("ẞ", "SS");
    FINDS("u\u0308ber", "\u00dcBER");
    FINDS("istanbul", "\u0130stanbul");
    FINDS("οδος", "ΟΔΌΣ"); /* a final sigma; an accent */
    FINDS("еще", "Ещё");
    FINDS("fifty", "\ufb01fty");
    FINDS("abc1", "\uff21\uff22\uff23\u2460");
    FINDS("naive", "naïve");
    FINDS("שלום", "שָׁלוֹם"); /* points */
    FINDS("محمد", "مُحَمَّد");
    FINDS("coop", "co\u00adop"); /* a soft hyphen */
    MISSES("cafe", "caf");
}

static void the_last_word_may_be_a_beginning(void **state)
{
    (void)state;
    FINDS("hel", "hello world");
    FINDS("hello wor", "hello world");
    FINDS("world hel", "hello world");
    MISSES("hel world", "hello world");
    MISSES("hellos", "hello world");
    MISSES("ello", "hello world");
}

static void scripts_without_spaces_become_pairs(void **state)
{
    (void)state;
    assert_tokens("東京都", "東京 京都 都");
    assert_tokens("都", "都");
    assert_terms("東京都", "東京 京都 *");
    assert_terms("都 x", "都 *x *");
    assert_tokens("2023年tower", "2023 年 tower");
    FINDS("東京", "私は東京都に住んでいます");
    FINDS("住", "私は東京都に住んでいます");
    FINDS("に", "私は東京都に");
    FINDS("東京 住", "私は東京都に住んでいます");
    MISSES("京東", "私は東京都に住んでいます");
    MISSES("東都", "東京都");
    FINDS("中国", "我爱中国人");
    FINDS("がっこう", "ここはがっこうです");
    MISSES("かっこう", "ここはがっこうです");
    FINDS("か\u3099っこう", "ここはがっこうです"); /* decomposed */
    FINDS("ガス", "\uff76\uff9e\uff7d");           /* of half width */
    FINDS("กิน", "ฉันกินข้าว");
    FINDS("ข้าว", "ฉันกินข้าว");
    MISSES("นกิ", "ฉันกน");
    FINDS("한국", "나는한국어를");
    FINDS("국어", "나는 한국어를");
    FINDS("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"); /* jamo */
    FINDS("ເຂົ້າ", "ຂ້ອຍກິນເຂົ້າ");
    FINDS("បាយ", "ខ្ញុំញ៉ាំបាយ");
    FINDS("ထမင်း", "ငါထမင်းစားတယ်");
}

static void emoji_are_words(void **state)
{
    (void)state;
    assert_tokens("ok\U0001f600\U0001f600", "ok \U0001f600 \U0001f600");
    FINDS("\U0001f44d", "great\U0001f44d\U0001f3fd!"); /* whatever the skin */
    FINDS("\U0001f44d\U0001f3fb", "\U0001f44d");
    FINDS("\u2764\ufe0f", "\u2764");
    FINDS("\u2764", "I \u2764\ufe0f you");
    FINDS("\U0001f469", "\U0001f469\u200d\U0001f52c"); /* joined by ZWJ */
    FINDS("\U0001f1e9\U0001f1ea", "in \U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea");
    MISSES("\U0001f1f7\U0001f1e9", "in \U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea");
    MISSES("\U0001f600", "\U0001f601");
}

static void what_is_long_is_bounded(void **state)
{
    (void)state;
    char text[4096];
    struct cw_buf tokens = {0};
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    cw_words(cw_slice_str(text), &tokens);
    assert_int_equal(tokens.n, CW_WORD_MAX);
    FINDS(text, text);
    for (size_t i = 0; i + 3 < sizeof text; i += 3) /* one letter with many marks */
        memcpy(text + i, i == 0 ? "\u0e01" : "\u0e47", 3);
    cw_words(cw_slice_of(text, 3000), &tokens);
    assert_int_equal(tokens.n, 30); /* UNIT_MAX, in whole characters */
    cw_buf_finish(&tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_and_digits_make_words),
        cmocka_unit_test(case_and_accents_go),
        cmocka_unit_test(the_last_word_may_be_a_beginning),
        cmocka_unit_test(scripts_without_spaces_become_pairs),
        cmocka_unit_test(emoji_are_words),
        cmocka_unit_test(what_is_long_is_bounded),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
