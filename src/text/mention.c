/* mention.c - see mention.h. Called by the core when a text is sent or edited. */
#include "text/mention.h"

#include <string.h>

#include <utf8proc.h>

#include "base/limits.h"
#include "text/unicode.h"

/* A longer run of backticks is text. */
#define CODE_RUN_MAX 8

static int32_t point_at(struct cw_slice text, size_t at, size_t *n)
{
    utf8proc_int32_t c;
    *n = (size_t)utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.n - at), &c);
    return c;
}

/* No name has it. */
static bool ends_name(int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
        return true;
    default:
        return false;
    }
}

/* Is an '@' behind it in the middle of a word, an address or a link? */
static bool joins(int32_t c)
{
    static const char before[] = " \t\n\r([{<>\"',;:!?*~|`";
    if (c < 0x80)
        return memchr(before, c, sizeof before - 1) == NULL;
    return !ends_name(c) && !cw_unicode_is_punctuation(c) && !cw_unicode_is_unspaced(c) &&
           !cw_unicode_is_picture(c);
}

/* --- code spans ------------------------------------------------------------------------ */

static size_t run_of_backticks(struct cw_slice text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] == '`')
        n++;
    return n;
}

/* Behind the next run of `run` backticks; 0: there is none. */
static size_t find_close(struct cw_slice text, size_t run)
{
    for (size_t at = 0; at < text.n;) {
        const uint8_t *next = memchr(text.p + at, '`', text.n - at);
        if (next == NULL)
            return 0;
        at = (size_t)(next - text.p);
        size_t n = run_of_backticks(cw_slice_of(next, text.n - at));
        at += n;
        if (n == run)
            return at;
    }
    return 0;
}

static void drop(struct cw_mention_scan *scan, size_t n)
{
    scan->rest = cw_slice_of(scan->rest.p + n, scan->rest.n - n);
}

/* The rest begins with a backtick. */
static void pass_code(struct cw_mention_scan *scan)
{
    size_t run = run_of_backticks(scan->rest);
    drop(scan, run);
    scan->joined = false;
    if (run > CODE_RUN_MAX || (scan->unclosed >> run & 1) != 0)
        return;
    size_t close = find_close(scan->rest, run);
    if (close == 0)
        scan->unclosed |= 1u << run;
    else
        drop(scan, close);
}

/* --- words ------------------------------------------------------------------------------ */

/* The characters of a name at the head of the text. Of a longer word the beginning. */
static struct cw_slice word_at(struct cw_slice text)
{
    size_t to = 0, n;
    while (to < text.n && !ends_name(point_at(text, to, &n)) && to + n <= CW_NAME_MAX)
        to += n;
    return cw_slice_of(text.p, to);
}

/* The rest begins with an '@'. */
static bool take_word(struct cw_mention_scan *scan, struct cw_slice *word)
{
    bool counts = !scan->joined;
    drop(scan, 1);
    scan->joined = true;
    *word = word_at(scan->rest);
    return counts && word->n != 0;
}

bool cw_mention_next(struct cw_mention_scan *scan, struct cw_slice *word)
{
    while (scan->rest.n != 0) {
        size_t n;
        if (scan->rest.p[0] == '`') {
            pass_code(scan);
            continue;
        }
        if (scan->rest.p[0] == '@') {
            if (take_word(scan, word))
                return true;
            continue;
        }
        scan->joined = joins(point_at(scan->rest, 0, &n));
        drop(scan, n);
    }
    return false;
}

/* Punctuation, and the signs of ASCII that texts are marked up with: `~~@bob~~`. */
static bool is_sign(int32_t c)
{
    bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return c < 0x80 ? !word : cw_unicode_is_punctuation(c);
}

/* May a name end before this character, which is not its first? */
static bool cuts(int32_t before, int32_t c)
{
    if (is_sign(c))
        return !is_sign(before);
    return cw_unicode_is_unspaced(c) && !cw_unicode_is_unspaced(before);
}

bool cw_mention_shorten(struct cw_slice *word)
{
    size_t cut = 0, n = 0;
    int32_t before = 0;
    for (size_t at = 0; at < word->n; at += n) {
        int32_t c = point_at(*word, at, &n);
        if (at != 0 && cuts(before, c))
            cut = at;
        before = c;
    }
    word->n = cut;
    return cut != 0;
}
