/* look.c - see look.h. */
#include "text/look.h"

#include <utf8proc.h>

#include "text/unicode.h"

#define POINTS_MAX 2048

/* How a text is changed before its skeleton is made. */
enum change { AS_IT_IS, FOLDED, CAPITALS };

struct text {
    uint8_t p[CW_LOOK_MAX];
    size_t n;
};

static struct cw_slice slice_of(const struct text *text)
{
    return cw_slice_of(text->p, text->n);
}

/* False: there is no room. */
static bool put(struct text *text, const uint8_t *bytes, size_t n)
{
    if (text->n + n > sizeof text->p)
        return false;
    memcpy(text->p + text->n, bytes, n);
    text->n += n;
    return true;
}

static bool look_put_point(struct text *text, utf8proc_int32_t c)
{
    uint8_t bytes[4];
    return put(text, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

/* Decomposed (and folded), as far as there is room. */
static struct text look_decompose(struct cw_slice in, enum change change)
{
    utf8proc_int32_t points[POINTS_MAX];
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    struct text out = {.n = 0};
    if (change == FOLDED)
        options |= UTF8PROC_CASEFOLD;
    utf8proc_ssize_t n =
        utf8proc_decompose(in.p, (utf8proc_ssize_t)in.n, points, POINTS_MAX, options);
    for (utf8proc_ssize_t i = 0; i < n && n <= POINTS_MAX; i++)
        if (!look_put_point(&out, change == CAPITALS ? utf8proc_toupper(points[i]) : points[i]))
            break;
    return out;
}

/* Replaces each character by its prototype and leaves out invisible ones. */
static struct text look_at(struct cw_slice in)
{
    struct text out = {.n = 0};
    utf8proc_int32_t c;
    for (size_t i = 0, length; i < in.n; i += length) {
        uint8_t look[CW_LOOK_BYTES_MAX];
        length = (size_t)utf8proc_iterate(in.p + i, (utf8proc_ssize_t)(in.n - i), &c);
        if (cw_unicode_is_invisible(c))
            continue;
        size_t n = cw_unicode_look(c, look);
        if (n == 0 ? !look_put_point(&out, c) : !put(&out, look, n))
            break;
    }
    return out;
}

static struct text skeleton(struct cw_slice in, enum change change)
{
    struct text text = look_decompose(cw_name_trim(in), change);
    text = look_at(slice_of(&text));
    text = look_decompose(slice_of(&text), AS_IT_IS);
    struct cw_slice trimmed = cw_name_trim(slice_of(&text)); /* some letters look like a dot */
    memmove(text.p, trimmed.p, trimmed.n);
    text.n = trimmed.n;
    return text;
}

static void add(struct cw_looks *looks, const struct text *look)
{
    struct cw_slice packed = cw_looks_slice(looks), other;
    if (look->n == 0) /* a name of 0.1.0 that is all invisible */
        return;
    while (cw_looks_next(&packed, &other))
        if (cw_slice_eq(other, slice_of(look)))
            return;
    memcpy(looks->p + looks->n, look->p, look->n);
    looks->p[looks->n + look->n] = 0;
    looks->n += look->n + 1;
}

void cw_name_looks(struct cw_slice name, struct cw_looks *looks)
{
    struct cw_name_key key;
    looks->n = 0;
    if (!cw_name_fold(name, &key))
        return;
    struct text spelled = skeleton(name, AS_IT_IS);
    struct text folded = skeleton(cw_name_key_slice(&key), AS_IT_IS);
    struct text again = skeleton(slice_of(&spelled), FOLDED);
    struct text capitals = skeleton(cw_name_key_slice(&key), CAPITALS);
    add(looks, &spelled);
    add(looks, &folded);
    add(looks, &again);
    add(looks, &capitals);
}

bool cw_looks_next(struct cw_slice *packed, struct cw_slice *look)
{
    if (packed->n == 0)
        return false;
    *look = cw_slice_of(packed->p, strlen((const char *)packed->p));
    packed->p += look->n + 1;
    packed->n -= look->n + 1;
    return true;
}
