/* name.c - see name.h. ASCII, which is nearly every name, has a fast path with the same rules. */
#include "text/name.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "text/unicode.h"

/* NFKC can turn one code point into 18 (U+FDFA). */
#define CODE_POINTS_MAX (CW_NAME_MAX * 18)

/* Folding can produce characters that compose again, so it is repeated until the result is stable:
 * Unicode's own closure needs two rounds, and one more shows that it is stable. */
#define ROUNDS_MAX 4

static bool fold_ascii(struct cw_slice name, struct cw_name_key *key, bool *ascii)
{
    *ascii = true;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        if (c >= 0x80) {
            *ascii = false;
            return false;
        }
        if (c <= ' ' || c == 0x7f)
            return false;
        key->p[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
    }
    key->n = name.n;
    return true;
}

static bool is_allowed_in_name(utf8proc_int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CN: /* unassigned */
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

static bool all_allowed(struct cw_slice s)
{
    utf8proc_int32_t c;
    for (size_t i = 0; i < s.n;) {
        utf8proc_ssize_t length = utf8proc_iterate(s.p + i, (utf8proc_ssize_t)(s.n - i), &c);
        if (length <= 0 || !is_allowed_in_name(c))
            return false;
        i += (size_t)length;
    }
    return true;
}

/* NFKC, after case folding when asked, from `in` into *key. */
static bool normalise(struct cw_slice in, bool fold, struct cw_name_key *key)
{
    utf8proc_int32_t points[CODE_POINTS_MAX + 1];
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    if (fold)
        options |= UTF8PROC_CASEFOLD;
    utf8proc_ssize_t count =
        utf8proc_decompose(in.p, (utf8proc_ssize_t)in.n, points, CODE_POINTS_MAX, options);
    if (count < 0 || count > CODE_POINTS_MAX)
        return false;
    count = utf8proc_normalize_utf32(points, count, options);
    key->n = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        uint8_t bytes[4];
        size_t length = (size_t)utf8proc_encode_char(points[i], bytes);
        if (length == 0 || key->n + length > sizeof key->p)
            return false;
        memcpy(key->p + key->n, bytes, length);
        key->n += length;
    }
    return true;
}

static bool fold_unicode(struct cw_slice name, struct cw_name_key *key)
{
    /* Marks must stand in their order before they fold: U+0345 becomes a letter,
     * and marks do not move across letters. */
    if (!cw_utf8_valid(name) || !all_allowed(name) || !normalise(name, false, key))
        return false;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct cw_name_key again;
        if (!normalise(cw_name_key_slice(key), true, &again))
            return false;
        if (cw_slice_eq(cw_name_key_slice(key), cw_name_key_slice(&again)))
            return all_allowed(cw_name_key_slice(key));
        *key = again;
    }
    return false;
}

bool cw_name_fold_whole(struct cw_slice name, struct cw_name_key *key)
{
    if (name.n == 0 || name.n > CW_NAME_MAX)
        return false;
    bool ascii;
    if (!fold_ascii(name, key, &ascii) && (ascii || !fold_unicode(name, key)))
        return false;
    /* '@' and '#' say in clients, and in voice_msg, what kind of name follows. */
    return key->n != 0 && key->p[0] != '@' && key->p[0] != '#';
}

/* --- punctuation at the ends ---------------------------------------------------------- */

struct cw_slice cw_name_trim(struct cw_slice text)
{
    size_t from = 0, to = 0;
    bool in_punctuation = false;
    utf8proc_int32_t c;
    for (size_t i = 0, length; i < text.n; i += length) {
        length = (size_t)utf8proc_iterate(text.p + i, (utf8proc_ssize_t)(text.n - i), &c);
        if (cw_unicode_is_punctuation(c))
            in_punctuation = true;
        else if (!in_punctuation || !cw_unicode_is_mark(c)) {
            in_punctuation = false;
            from = to == 0 ? i : from;
            to = i + length;
        }
    }
    return to == 0 ? text : cw_slice_of(text.p + from, to - from);
}

static bool is_plain_end(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool cw_name_fold(struct cw_slice name, struct cw_name_key *key)
{
    if (!cw_name_fold_whole(name, key))
        return false;
    if (is_plain_end(key->p[0]) && is_plain_end(key->p[key->n - 1]))
        return true;
    struct cw_slice trimmed = cw_name_trim(cw_name_key_slice(key));
    memmove(key->p, trimmed.p, trimmed.n);
    key->n = trimmed.n;
    return true;
}

/* --- what a new name must be ---------------------------------------------------------- */

/* Which kinds of characters a name has, in one of its forms. */
struct census {
    bool ignorable, private_use, visible, marks_first, many_marks;
};

static void count(struct census *census, const utf8proc_int32_t *points, size_t n)
{
    unsigned marks = 0;
    for (size_t i = 0; i < n; i++) {
        utf8proc_int32_t c = points[i];
        bool mark = cw_unicode_is_mark(c);
        census->ignorable |= cw_unicode_is_invisible(c);
        census->private_use |= utf8proc_category(c) == UTF8PROC_CATEGORY_CO;
        census->visible |= !mark && !cw_unicode_is_punctuation(c);
        census->marks_first |= mark && i == 0;
        if (!mark) /* spacing marks do not pile up */
            marks = 0;
        else if (utf8proc_category(c) != UTF8PROC_CATEGORY_MC)
            census->many_marks |= ++marks > CW_NAME_MARKS_MAX;
    }
}

/* Decomposed, so that it does not matter how the name is written. */
static struct census take_census(struct cw_slice name)
{
    static const utf8proc_option_t forms[] = {UTF8PROC_DECOMPOSE,
                                              UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT};
    struct census census = {0};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        utf8proc_int32_t points[CODE_POINTS_MAX];
        utf8proc_ssize_t n = utf8proc_decompose(name.p, (utf8proc_ssize_t)name.n, points,
                                                CODE_POINTS_MAX, UTF8PROC_STABLE | forms[i]);
        if (n > 0 && n <= CODE_POINTS_MAX)
            count(&census, points, (size_t)n);
    }
    return census;
}

enum cw_rule cw_name_fault(struct cw_slice name)
{
    struct cw_name_key key;
    if (!cw_name_fold_whole(name, &key))
        return CW_RULE_NAME;
    struct census census = take_census(name);
    if (census.ignorable)
        return CW_RULE_NAME_INVISIBLE;
    if (census.private_use)
        return CW_RULE_NAME_PRIVATE;
    if (census.marks_first)
        return CW_RULE_NAME_MARK_FIRST;
    if (census.many_marks)
        return CW_RULE_NAME_MARKS;
    if (!census.visible)
        return CW_RULE_NAME_NO_LETTER;
    if (key.p[0] == '-')
        return CW_RULE_NAME_HYPHEN;
    if (memchr(key.p, '/', key.n) != NULL)
        return CW_RULE_NAME_SLASH;
    return CW_RULE_NONE;
}
