/* test_picture.c - the size of pictures, by headers as their specifications have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/picture.h"

#define READ(bytes) cw_picture_read(cw_slice_of(bytes, sizeof bytes - 1))

static void expect(struct cw_picture picture, enum cw_picture_kind kind, uint32_t width,
                   uint32_t height)
{
    assert_int_equal(picture.kind, kind);
    assert_int_equal(picture.width, width);
    assert_int_equal(picture.height, height);
}

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"

static void sizes_of_all_kinds(void **state)
{
    (void)state;
    expect(READ(PNG "\0\0\x01\x40\0\0\0\xf0"), CW_PICTURE_PNG, 320, 240);
    expect(READ("GIF89a\x40\x01\xf0\0"), CW_PICTURE_GIF, 320, 240);
    expect(READ("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\0"),
           CW_PICTURE_WEBP, 320, 240);
    expect(READ("RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x3f\xc1\x3b\0"), CW_PICTURE_WEBP, 320, 240);
    expect(READ("RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0"), CW_PICTURE_WEBP, 320,
           240);
}

static void a_jpegs_size_is_behind_other_segments(void **state)
{
    (void)state;
    expect(READ("\xff\xd8\xff\xe0\0\x04JF\xff\xff\xc4\0\x03x\xff\xc2\0\x11\x08\0\xf0\x01\x40"),
           CW_PICTURE_JPEG, 320, 240);
    expect(READ("\xff\xd8\xff\xe0\0\x04JF\xff\xda\0\x04xx\xff\xc0\0\x11\x08\0\xf0\x01\x40"),
           CW_PICTURE_NONE, 0, 0); /* a scan before any frame */
    expect(READ("\xff\xd8\xff\xe0\0\0\xff\xe0\0\0\xff\xe0"), CW_PICTURE_NONE, 0, 0);
    expect(READ("\xff\xd8\xff\xe0\xff\xff\xff\xe0"), CW_PICTURE_NONE, 0, 0);
}

/* Cut off anywhere, a header has no size, and nothing behind its end is read. */
static void a_header_that_is_cut_off(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } whole[] = {
        {PNG "\0\0\x01\x40\0\0\0\xf0", 24},
        {"GIF89a\x40\x01\xf0\0", 10},
        {"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\xf0\0", 30},
        {"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x3f\xc1\x3b\0", 25},
        {"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0", 30},
        {"\xff\xd8\xff\xe0\0\x04JF\xff\xc2\0\x11\x08\0\xf0\x01\x40", 17},
    };
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        for (size_t n = 0; n <= whole[i].n; n++) {
            uint8_t *block = malloc(n == 0 ? 1 : n);
            memcpy(block, whole[i].bytes, n);
            struct cw_picture picture = cw_picture_read(cw_slice_of(block, n));
            assert_int_equal(picture.kind != CW_PICTURE_NONE, n == whole[i].n);
            free(block);
        }
    }
}

static void nothing_of_no_size(void **state)
{
    (void)state;
    expect(READ(PNG "\0\0\0\0\0\0\0\xf0"), CW_PICTURE_NONE, 0, 0);
    expect(READ("GIF89a\x40\x01\0\0"), CW_PICTURE_NONE, 0, 0);
    expect(READ("<svg width='1' height='1'>"), CW_PICTURE_NONE, 0, 0);
    expect(READ(PNG "\xff\xff\xff\xff\xff\xff\xff\xff"), CW_PICTURE_PNG, UINT32_MAX, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_all_kinds),
        cmocka_unit_test(a_jpegs_size_is_behind_other_segments),
        cmocka_unit_test(a_header_that_is_cut_off),
        cmocka_unit_test(nothing_of_no_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
