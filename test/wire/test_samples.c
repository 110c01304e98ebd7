/* test_samples.c - lists of samples: every value, every width, both ends of the
 * range, and lists that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "test_wire.h"
#include "text.h"

static struct cw_samples scan_text(const char *text, bool *good)
{
    struct cw_buf bytes = {0};
    struct cw_samples samples = {.count = 0};
    assert_true(bytes_of_text(text, &bytes));
    uint8_t *copy = malloc(bytes.n + 1);
    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n);
    *good = cw_samples_scan(cw_slice_of(copy, bytes.n), &samples);
    cw_buf_finish(&bytes);
    free(copy);
    return samples;
}

static void test_scan_takes(void **state)
{
    static const struct {
        const char *text;
        uint32_t count;
        size_t length;
    } lists[] = {
        {"90", 0, 1},
        {"91 00", 1, 2},
        {"92 7f e0 # and more: 01 02", 2, 3},
        {"92 7f e0 c1", 2, 3}, /* what follows is not its affair */
        {"dc 00 01 05", 1, 4},
        {"dc 00 00", 0, 3},
        {"dd 00 00 00 02 05 06", 2, 7},
        {"91 cc ff", 1, 3},
        {"91 cd 7f ff", 1, 4},
        {"91 ce 00 00 7f ff", 1, 6},
        {"91 cf 00 00 00 00 00 00 7f ff", 1, 10},
        {"91 d0 80", 1, 3},
        {"91 d1 80 00", 1, 4},
        {"91 d2 ff ff 80 00", 1, 6},
        {"91 d2 00 00 7f ff", 1, 6},
        {"91 d3 ff ff ff ff ff ff 80 00", 1, 10},
        {"91 d3 00 00 00 00 00 00 7f ff", 1, 10},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        bool good;
        const struct cw_samples samples = scan_text(lists[i].text, &good);
        if (!good || samples.count != lists[i].count || samples.encoded.n != lists[i].length)
            fail_msg("%s: %d, %u samples in %zu bytes", lists[i].text, good, samples.count,
                     samples.encoded.n);
    }
}

static void test_scan_refuses(void **state)
{
    static const char *const lists[] = {
        "",
        "00",
        "80",
        "a1 00",
        "c4 01 00",
        "91",
        "9f 00*14",
        "dc",
        "dc 00",
        "dc 00 02 01",
        "dd 00 00 00",
        "dd 00 00 00 01",
        "dd ff ff ff ff 00*100",
        "91 cc",
        "91 cd 00",
        "91 d1 00",
        "91 ce 00 00 00",
        "91 cf 00*7",
        "91 d3 00*7",
        "91 cd 80 00",
        "91 cd ff ff",
        "91 ce 00 00 80 00",
        "91 ce 00 01 00 00",
        "91 cf 00 00 00 00 00 00 80 00",
        "91 cf 01 00 00 00 00 00 00 00",
        "91 cf ff*8",
        "91 d2 00 00 80 00",
        "91 d2 ff ff 7f ff",
        "91 d2 80 00 00 00",
        "91 d3 ff ff ff ff ff ff 7f ff",
        "91 d3 80 00*7",
        "91 d3 ff fe ff ff ff ff ff ff",
        "91 d3 7f ff*7",
        "91 c0",
        "91 c1",
        "91 c2",
        "91 ca 00*4",
        "91 cb 00*8",
        "91 90",
        "91 80",
        "91 a0",
        "91 c4 00",
        "91 c7 00 01",
        "91 d4 01 00",
        "91 dc 00 00",
        "93 01 cd 80 00 01",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        bool good;
        scan_text(lists[i], &good);
        if (good)
            fail_msg("%s is taken", lists[i]);
    }
}

/* The shortest form of each value, by the table in MessagePack's spec.md. */
static size_t shortest(int value)
{
    if (value >= -32 && value <= 127)
        return 1;
    return value >= -128 && value <= 255 ? 2 : 3;
}

static void test_every_value(void **state)
{
    (void)state;
    for (int value = INT16_MIN; value <= INT16_MAX; value++) {
        const int16_t sample = (int16_t)value;
        int16_t back = 1;
        struct cw_buf bytes = {0};
        struct cw_samples samples;
        cw_samples_encode(&sample, 1, &bytes);
        assert_int_equal(bytes.n, 1 + shortest(value));
        assert_true(cw_samples_scan(cw_buf_slice(&bytes), &samples));
        cw_samples_decode(samples, &back);
        assert_int_equal(back, value);
        cw_buf_finish(&bytes);
    }
}

static void test_widths_decode_alike(void **state)
{
    static const char text[] = "dc 00 0a d3 ff*7 fb d2 ff*3 fb d1 ff fb d0 fb fb"
                               "cf 00*7 05 ce 00*3 05 cd 00 05 cc 05 05";
    int16_t values[10];
    struct cw_buf bytes = {0};
    struct cw_samples samples;
    (void)state;
    assert_true(bytes_of_text(text, &bytes));
    assert_true(cw_samples_scan(cw_buf_slice(&bytes), &samples));
    assert_int_equal(samples.encoded.n, bytes.n);
    cw_samples_decode(samples, values);
    for (int i = 0; i < 10; i++)
        assert_int_equal(values[i], i < 5 ? -5 : 5);
    cw_buf_finish(&bytes);
}

static void test_lengths_of_lists(void **state)
{
    static const struct {
        uint32_t count;
        size_t head;
    } lists[] = {{0, 1}, {15, 1}, {16, 3}, {65535, 3}, {65536, 5}};
    int16_t *zeros = calloc(65536, sizeof *zeros);
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct cw_buf bytes = {0};
        struct cw_samples samples;
        cw_samples_encode(zeros, lists[i].count, &bytes);
        assert_int_equal(bytes.n, lists[i].head + lists[i].count);
        assert_true(cw_samples_scan(cw_buf_slice(&bytes), &samples));
        assert_int_equal(samples.count, lists[i].count);
        cw_buf_finish(&bytes);
    }
    free(zeros);
}

int run_samples(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_takes),       cmocka_unit_test(test_scan_refuses),
        cmocka_unit_test(test_every_value),      cmocka_unit_test(test_widths_decode_alike),
        cmocka_unit_test(test_lengths_of_lists),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
