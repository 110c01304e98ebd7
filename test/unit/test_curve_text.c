/* test_curve_text.c - public keys of CURVE as text, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "frame/curve_text.h"

/* The bytes 0 to 31, and those of which all bits are set; the texts are of Python's base64. */
#define COUNTED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define ONES    "__________________________________________8"

static void counted(uint8_t key[CW_CURVE_KEY_N])
{
    for (uint8_t i = 0; i < CW_CURVE_KEY_N; i++)
        key[i] = i;
}

static void keys_become_text(void **state)
{
    (void)state;
    uint8_t key[CW_CURVE_KEY_N];
    char text[CW_CURVE_KEY_TEXT];
    counted(key);
    cw_curve_key_text(key, text);
    assert_string_equal(text, COUNTED);
    memset(key, 0xff, sizeof key);
    cw_curve_key_text(key, text);
    assert_string_equal(text, ONES);
}

static void text_becomes_keys(void **state)
{
    (void)state;
    uint8_t key[CW_CURVE_KEY_N], expected[CW_CURVE_KEY_N];
    counted(expected);
    assert_true(cw_curve_key_parse(cw_slice_str(COUNTED), key));
    assert_memory_equal(key, expected, sizeof key);
    memset(expected, 0xff, sizeof expected);
    assert_true(cw_curve_key_parse(cw_slice_str(ONES), key));
    assert_memory_equal(key, expected, sizeof key);
}

static void other_text_is_no_key(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",   /* a character less, */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", /* padding, */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",  /* bits that are left over, */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+",  /* the other alphabet's */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh/",  /* ... */
        " AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    };
    uint8_t key[CW_CURVE_KEY_N] = {7}, before[CW_CURVE_KEY_N] = {7};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(cw_curve_key_parse(cw_slice_str(wrong[i]), key));
    assert_false(
        cw_curve_key_parse(cw_slice_of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\0", 43), key));
    assert_memory_equal(key, before, sizeof key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_become_text),
        cmocka_unit_test(text_becomes_keys),
        cmocka_unit_test(other_text_is_no_key),
    };
    return cmocka_run_group_tests_name("curve_text", tests, NULL, NULL);
}
