/* profile_text.c - see profile_text.h. */
#include "text/profile_text.h"

#include <utf8proc.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "text/unicode.h"

/* The longest decomposition has 18. */
#define POINTS_MAX 32

/* Characters that turn the direction of the text around them. */
static bool is_turning(utf8proc_int32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static bool is_no_text(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CN: /* unassigned */
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO: /* for private use */
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return is_turning(c);
    }
}

/* What "Display (name)" is made of, or marks a name: also in its other widths and forms. */
static bool marks_a_name(utf8proc_int32_t c)
{
    utf8proc_int32_t points[POINTS_MAX];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(c, points, POINTS_MAX,
                                                 UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && n <= POINTS_MAX; i++)
        if (points[i] > 0 && points[i] < 0x80 && memchr("()<>@#", (int)points[i], 6) != NULL)
            return true;
    return false;
}

/* What a display name has had so far. */
struct shape {
    bool visible, blank; /* a letter, digit or symbol; the last character is a blank */
    unsigned marks;      /* in a row, up to the last character */
};

/* False: the display name has not the form of one. */
static bool take_point(struct shape *shape, utf8proc_int32_t c, bool first)
{
    bool blank = utf8proc_category(c) == UTF8PROC_CATEGORY_ZS, mark = cw_unicode_is_mark(c);
    if (blank && (first || shape->blank))
        return false;
    shape->marks = mark ? shape->marks + 1 : 0;
    shape->blank = blank;
    shape->visible |= !blank && !mark && !cw_unicode_is_punctuation(c);
    return !(mark && first) && shape->marks <= CW_NAME_MARKS_MAX;
}

enum cw_rule cw_display_fault(struct cw_slice display)
{
    struct shape shape = {0};
    utf8proc_int32_t c;
    if (!cw_utf8_valid(display))
        return CW_RULE_DISPLAY_CHARACTER;
    for (size_t i = 0, n; i < display.n; i += n) {
        n = (size_t)utf8proc_iterate(display.p + i, (utf8proc_ssize_t)(display.n - i), &c);
        if (is_no_text(c) || cw_unicode_is_invisible(c) || marks_a_name(c))
            return CW_RULE_DISPLAY_CHARACTER;
        if (!take_point(&shape, c, i == 0))
            return CW_RULE_DISPLAY_FORM;
    }
    return shape.visible && !shape.blank ? CW_RULE_NONE : CW_RULE_DISPLAY_FORM;
}

bool cw_status_is_good(struct cw_slice status)
{
    utf8proc_int32_t c;
    if (!cw_utf8_valid(status))
        return false;
    for (size_t i = 0, n; i < status.n; i += n) {
        n = (size_t)utf8proc_iterate(status.p + i, (utf8proc_ssize_t)(status.n - i), &c);
        if (is_no_text(c))
            return false;
    }
    return true;
}

/* --- time zones ------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "+HH:MM" or "+HHMM", up to 14 hours: those that there are. */
static bool is_offset(struct cw_slice zone)
{
    uint8_t digits[4];
    size_t n = 0;
    if ((zone.n != 5 && zone.n != 6) || (zone.p[0] != '+' && zone.p[0] != '-'))
        return false;
    for (size_t i = 1; i < zone.n; i++) {
        bool colon = zone.n == 6 && i == 3 && zone.p[i] == ':';
        if (!colon && (!is_digit(zone.p[i]) || n == sizeof digits))
            return false;
        if (!colon)
            digits[n++] = (uint8_t)(zone.p[i] - '0');
    }
    return n == sizeof digits && digits[0] * 10 + digits[1] <= 14 && digits[2] < 6;
}

/* Parts of letters, digits, _, + and -, beginning with a letter, with / between them. */
static bool is_zone_name(struct cw_slice zone)
{
    bool begins = true;
    for (size_t i = 0; i < zone.n; i++) {
        uint8_t c = zone.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool inside = letter || is_digit(c) || c == '_' || c == '+' || c == '-' || c == '/';
        if (begins ? !letter : !inside)
            return false;
        begins = c == '/';
    }
    return zone.n != 0 && !begins;
}

bool cw_zone_is_good(struct cw_slice zone)
{
    return is_offset(zone) || (zone.n <= CW_ZONE_MAX && is_zone_name(zone));
}
