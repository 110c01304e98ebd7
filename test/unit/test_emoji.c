/* test_emoji.c - what is one emoji, and how it is spelled (UTS 51). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "text/emoji.h"

#define VS     "\xef\xb8\x8f"     /* U+FE0F */
#define ZWJ    "\xe2\x80\x8d"     /* U+200D */
#define CAP    "\xe2\x83\xa3"     /* U+20E3 */
#define TONE   "\xf0\x9f\x8f\xbd" /* U+1F3FD */
#define MAN    "\xf0\x9f\x91\xa8"
#define BOY    "\xf0\x9f\x91\xa6"
#define THUMB  "\xf0\x9f\x91\x8d"
#define HEART  "\xe2\x9d\xa4"     /* a text unless U+FE0F follows */
#define BLACK  "\xf0\x9f\x8f\xb4" /* the black flag */
#define RI_D   "\xf0\x9f\x87\xa9"
#define RI_E   "\xf0\x9f\x87\xaa"
#define TAG(x) "\xf3\xa0\x81" x
#define END    "\xf3\xa0\x81\xbf"

/* `expected` NULL: it is none. */
static void expect(struct cw_slice text, const char *expected)
{
    struct cw_emoji emoji;
    bool is_one = cw_emoji_read(text, &emoji);
    assert_int_equal(is_one, expected != NULL);
    if (expected == NULL)
        return;
    assert_int_equal(emoji.n, strlen(expected));
    assert_memory_equal(emoji.p, expected, emoji.n);
}

static void one_emoji_is_kept(void **state)
{
    (void)state;
    static const char *const good[] = {
        THUMB,
        THUMB TONE,
        TONE,
        HEART VS,
        "\xc2\xa9" VS, /* copyright */
        "1" VS CAP,
        "#" VS CAP,
        RI_D RI_E,
        RI_D RI_D, /* no country, but well formed */
        BLACK TAG("\xa7") TAG("\xa2") TAG("\xa5") TAG("\xae") TAG("\xa7") END, /* England */
        BLACK ZWJ "\xe2\x98\xa0" VS,                                           /* pirates */
        MAN ZWJ MAN ZWJ BOY ZWJ BOY,
        MAN TONE ZWJ HEART VS ZWJ "\xf0\x9f\x92\x8b" ZWJ MAN TONE, /* the longest: 35 bytes */
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        expect(cw_slice_str(good[i]), good[i]);
}

static void spellings_become_one(void **state)
{
    (void)state;
    expect(cw_slice_str(HEART), HEART VS);
    expect(cw_slice_str(THUMB VS), THUMB);
    expect(cw_slice_str("1" CAP), "1" VS CAP);
    expect(cw_slice_str(BLACK ZWJ "\xe2\x98\xa0"), BLACK ZWJ "\xe2\x98\xa0" VS);
}

static void other_texts_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "a",
        "1",
        "#" VS,
        "+1",
        ":+1:",
        VS,
        ZWJ,
        CAP,
        THUMB " ",
        " " THUMB,
        THUMB THUMB,
        THUMB ZWJ,
        ZWJ THUMB,
        THUMB VS VS,
        THUMB TONE TONE,
        THUMB TONE VS,
        HEART TONE, /* it takes none */
        RI_D,
        RI_D RI_E RI_D,
        RI_D ZWJ RI_E,
        BLACK TAG("\xa7"), /* without an end */
        BLACK END,
        BLACK TAG("\xa7") END TAG("\xa7") END, /* something behind it */
        THUMB TAG("\xa7") END,                 /* no flag */
        "1" VS CAP ZWJ THUMB,
        MAN ZWJ MAN ZWJ MAN ZWJ MAN ZWJ MAN,
        "\xe2\x80\xae" THUMB, /* U+202E */
        "\xce\xb1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect(cw_slice_str(bad[i]), NULL);
    expect(cw_slice_of("\0", 1), NULL);
    expect(cw_slice_of(THUMB "\0", 5), NULL);
}

/* No text is read beyond its end, none written beyond the limit, however long it is. */
static void long_texts_are_none(void **state)
{
    (void)state;
    static char text[1024 * 1024];
    for (size_t i = 0; i + 7 <= sizeof text; i += 7)
        memcpy(text + i, MAN ZWJ, 7);
    for (size_t n = 26; n < 300; n++) /* four of them are 25 bytes */
        expect(cw_slice_of(text, n), NULL);
    expect(cw_slice_of(text, sizeof text), NULL);
    /* Two dozen tags: over the limit of bytes. */
    size_t n = 0;
    memcpy(text, BLACK, 4);
    for (n = 4; n < 4 + 24 * 4; n += 4)
        memcpy(text + n, TAG("\xa7"), 4);
    memcpy(text + n, END, 4);
    expect(cw_slice_of(text, n + 4), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_emoji_is_kept),
        cmocka_unit_test(spellings_become_one),
        cmocka_unit_test(other_texts_are_none),
        cmocka_unit_test(long_texts_are_none),
    };
    return cmocka_run_group_tests_name("emoji", tests, NULL, NULL);
}
