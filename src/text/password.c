/* password.c - see password.h. */
#include "text/password.h"

#include <utf8proc.h>

#include "base/utf8.h"

/* NFC decomposes one code point into 4 at most; each takes a byte or more. */
#define CODE_POINTS_MAX (CW_PASSWORD_MAX * 4)
#define ZWNJ            0x200c
#define ZWJ             0x200d
#define VIRAMA          9 /* combining class */

static bool is_old_jamo(utf8proc_int32_t c)
{
    return (c >= 0x1100 && c <= 0x11ff) || (c >= 0xa960 && c <= 0xa97c) ||
           (c >= 0xd7b0 && c <= 0xd7fb);
}

/* The FreeformClass of RFC 8264. Of its contextual rules only that of the joiners is here: they are
 * allowed after a virama. */
static bool is_allowed_in_password(utf8proc_int32_t before, utf8proc_int32_t c)
{
    const utf8proc_property_t *about = utf8proc_get_property(c);
    if (c == ZWNJ || c == ZWJ)
        return before != 0 && utf8proc_get_property(before)->combining_class == VIRAMA;
    switch (about->category) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return !about->ignorable && !is_old_jamo(c);
    }
}

/* Writes the decomposed code points, each space as U+0020, and returns their number; negative: the
 * password is not UTF-8. */
static utf8proc_ssize_t password_decompose(struct cw_slice password,
                                           utf8proc_int32_t points[CODE_POINTS_MAX + 1])
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    uint8_t spaced[CW_PASSWORD_MAX];
    size_t n = 0;
    utf8proc_int32_t c;
    for (size_t i = 0; i < password.n;) {
        utf8proc_ssize_t length =
            utf8proc_iterate(password.p + i, (utf8proc_ssize_t)(password.n - i), &c);
        if (length <= 0)
            return -1;
        if (utf8proc_category(c) == UTF8PROC_CATEGORY_ZS)
            c = ' ';
        n += (size_t)utf8proc_encode_char(c, spaced + n);
        i += (size_t)length;
    }
    utf8proc_ssize_t count =
        utf8proc_decompose(spaced, (utf8proc_ssize_t)n, points, CODE_POINTS_MAX, options);
    if (count < 0 || count > CODE_POINTS_MAX)
        return -1;
    return utf8proc_normalize_utf32(points, count, options);
}

enum cw_rule cw_password_prepare(struct cw_slice password, struct cw_password *prepared)
{
    utf8proc_int32_t points[CODE_POINTS_MAX + 1], before = 0;
    prepared->n = 0;
    if (password.n == 0 || password.n > CW_PASSWORD_MAX)
        return CW_RULE_PASSWORD_COMPOSED;
    utf8proc_ssize_t count = cw_utf8_valid(password) ? password_decompose(password, points) : -1;
    if (count <= 0)
        return CW_RULE_PASSWORD_CHARACTER;
    for (utf8proc_ssize_t i = 0; i < count; before = points[i++]) {
        uint8_t bytes[4];
        size_t length = (size_t)utf8proc_encode_char(points[i], bytes);
        if (length == 0 || !is_allowed_in_password(before, points[i]))
            return CW_RULE_PASSWORD_CHARACTER;
        if (prepared->n + length > sizeof prepared->p)
            return CW_RULE_PASSWORD_COMPOSED;
        memcpy(prepared->p + prepared->n, bytes, length);
        prepared->n += length;
    }
    return CW_RULE_NONE;
}
