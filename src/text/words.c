/* words.c - see words.h. ASCII, which is most text, has a fast path.
 *
 * Terms of a query are written one after another, each token with a blank behind it,
 * each term ended by '*' (a prefix matches) or '.'. */
#include "text/words.h"

#include <stdio.h>

#include <utf8proc.h>

#include "text/unicode.h"

/* The longest decomposition has 18. */
#define POINTS_MAX 32
#define UNIT_MAX   32 /* bytes of a character with its marks */

enum run { NOTHING, WORD, UNITS };

struct writer {
    struct cw_buf *out;
    bool query;
    enum run run;
    uint8_t word[CW_WORD_MAX];
    size_t word_n;
    /* Of a run without spaces: the last two characters, each with its marks. */
    uint8_t before[UNIT_MAX], unit[UNIT_MAX];
    size_t before_n, unit_n, units;
    utf8proc_int32_t hangul; /* the last one, while a jamo may join it */
    utf8proc_int32_t flag;   /* half of one */
};

/* --- tokens out ------------------------------------------------------------------------ */

static void put_token(struct writer *w, struct cw_slice a, struct cw_slice b)
{
    if (!w->query && w->out->n != 0)
        cw_buf_append_byte(w->out, ' ');
    cw_buf_append(w->out, a.p, a.n);
    if (b.n != 0)
        cw_buf_append(w->out, b.p, b.n);
    if (w->query)
        cw_buf_append_byte(w->out, ' ');
}

static void end_term(struct writer *w, bool begins)
{
    if (w->query)
        cw_buf_append_byte(w->out, begins ? '*' : '.');
}

static void put_pair(struct writer *w)
{
    if (w->before_n != 0)
        put_token(w, cw_slice_of(w->before, w->before_n), cw_slice_of(w->unit, w->unit_n));
}

/* A query has only the pairs. A text has the last character alone, too, so that each of its
 * characters is the prefix of a token. */
static void end_units(struct writer *w)
{
    put_pair(w);
    if (!w->query || w->before_n == 0)
        put_token(w, cw_slice_of(w->unit, w->unit_n), (struct cw_slice){0});
    end_term(w, w->before_n == 0);
}

static void end_run(struct writer *w)
{
    if (w->run == WORD) {
        put_token(w, cw_slice_of(w->word, w->word_n), (struct cw_slice){0});
        end_term(w, false);
    } else if (w->run == UNITS) {
        end_units(w);
    }
    w->run = NOTHING;
    w->word_n = w->before_n = w->unit_n = 0;
    w->hangul = w->flag = 0;
}

/* --- characters in ---------------------------------------------------------------------- */

/* A mark that does not make another letter of it: an accent, a vowel point, an enclosing ring. */
static bool is_accent(utf8proc_int32_t c)
{
    static const utf8proc_int32_t accents[][2] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5c7},   {0x610, 0x61a},
        {0x64b, 0x65f},   {0x670, 0x670},   {0x6d6, 0x6ed},   {0x1ab0, 0x1aff},
        {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}};
    for (size_t i = 0; i < sizeof accents / sizeof accents[0] && c >= accents[i][0]; i++)
        if (c <= accents[i][1])
            return true;
    return false;
}

static void append(uint8_t *to, size_t *n, size_t most, utf8proc_int32_t c)
{
    uint8_t bytes[4];
    size_t length = (size_t)utf8proc_encode_char(c, bytes);
    if (*n + length > most) /* no half of a character */
        return;
    memcpy(to + *n, bytes, length);
    *n += length;
}

static void put_letter(struct writer *w, utf8proc_int32_t c)
{
    if (w->run != WORD)
        end_run(w);
    w->run = WORD;
    append(w->word, &w->word_n, CW_WORD_MAX, c);
}

static void put_unit(struct writer *w, utf8proc_int32_t c)
{
    if (w->run != UNITS)
        end_run(w);
    if (w->unit_n != 0) {
        put_pair(w);
        memcpy(w->before, w->unit, w->unit_n);
        w->before_n = w->unit_n;
        w->unit_n = 0;
    }
    w->run = UNITS;
    append(w->unit, &w->unit_n, UNIT_MAX, c);
}

/* Composes Korean letters to their syllable, the form in which they are mostly written. */
static bool join_hangul(struct writer *w, utf8proc_int32_t c)
{
    enum { L = 0x1100, V = 0x1161, T = 0x11a7, S = 0xac00, VS = 21, TS = 28, LS = 19 };
    utf8proc_int32_t last = w->hangul;
    if (last >= L && last < L + LS && c >= V && c < V + VS)
        w->hangul = S + ((last - L) * VS + (c - V)) * TS;
    else if (last >= S && (last - S) % TS == 0 && c > T && c < T + TS)
        w->hangul = last + (c - T);
    else
        return false;
    w->unit_n = 0;
    append(w->unit, &w->unit_n, UNIT_MAX, w->hangul);
    return true;
}

static bool is_hangul(utf8proc_int32_t c)
{
    return (c >= 0x1100 && c <= 0x11ff) || (c >= 0xac00 && c <= 0xd7a3);
}

static void put_mark(struct writer *w, utf8proc_int32_t c)
{
    if (w->run == WORD)
        append(w->word, &w->word_n, CW_WORD_MAX, c);
    else if (w->run == UNITS)
        append(w->unit, &w->unit_n, UNIT_MAX, c);
}

/* A character that is decomposed and folded. */
static void words_put_point(struct writer *w, utf8proc_int32_t c)
{
    if (cw_unicode_is_invisible(c) || is_accent(c))
        return;
    utf8proc_category_t category = utf8proc_category(c);
    if (cw_unicode_is_mark(c)) {
        put_mark(w, c);
    } else if ((category < UTF8PROC_CATEGORY_LU || category > UTF8PROC_CATEGORY_NO) &&
               category != UTF8PROC_CATEGORY_CO) {
        end_run(w);
    } else if (!cw_unicode_is_unspaced(c)) {
        put_letter(w, c);
    } else if (w->run != UNITS || !join_hangul(w, c)) {
        put_unit(w, c);
        w->hangul = is_hangul(c) ? c : 0;
    }
}

static void put_picture(struct writer *w, utf8proc_int32_t c)
{
    uint8_t bytes[8];
    size_t n = 0;
    bool half = c >= 0x1f1e6 && c <= 0x1f1ff;
    utf8proc_int32_t first = half ? w->flag : 0;
    end_run(w);
    if (half && first == 0) {
        w->flag = c;
        return;
    }
    if (first != 0)
        append(bytes, &n, sizeof bytes, first);
    append(bytes, &n, sizeof bytes, c);
    put_token(w, cw_slice_of(bytes, n), (struct cw_slice){0});
    end_term(w, false);
}

static void put_any(struct writer *w, utf8proc_int32_t c)
{
    utf8proc_int32_t points[POINTS_MAX];
    int boundary = 0;
    if (is_accent(c)) /* a skin-tone modifier is a pictograph, too */
        return;
    if (cw_unicode_is_picture(c)) {
        put_picture(w, c);
        return;
    }
    if (is_hangul(c)) {
        words_put_point(w, c);
        return;
    }
    utf8proc_ssize_t n = utf8proc_decompose_char(
        c, points, POINTS_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && n <= POINTS_MAX; i++)
        words_put_point(w, points[i]);
}

/* --- the fast path ------------------------------------------------------------------------ */

static uint8_t ascii_of_word(uint8_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return c;
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : 0;
}

static void put_ascii(struct writer *w, uint8_t c)
{
    c = ascii_of_word(c);
    if (c == 0) {
        end_run(w);
        return;
    }
    if (w->run != WORD)
        end_run(w);
    w->run = WORD;
    if (w->word_n < CW_WORD_MAX)
        w->word[w->word_n++] = c;
}

static void write_all(struct cw_slice text, struct writer *w)
{
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        if (text.p[i] < 0x80) {
            put_ascii(w, text.p[i++]);
            continue;
        }
        utf8proc_ssize_t length = utf8proc_iterate(text.p + i, (utf8proc_ssize_t)(text.n - i), &c);
        if (length <= 0) { /* invalid UTF-8 counts as a blank */
            end_run(w);
            length = 1;
        } else {
            put_any(w, c);
        }
        i += (size_t)length;
    }
    end_run(w);
}

void cw_words(struct cw_slice text, struct cw_buf *out)
{
    struct writer w = {.out = out};
    out->n = 0;
    write_all(text, &w);
}

/* --- queries ------------------------------------------------------------------------------- */

void cw_words_query(struct cw_slice query, struct cw_buf *out)
{
    struct writer w = {.out = out, .query = true};
    out->n = 0;
    write_all(query, &w);
    if (out->n != 0) /* a prefix matches for the last word of the query */
        out->p[out->n - 1] = '*';
}

bool cw_words_next(struct cw_slice *terms, struct cw_words_term *term)
{
    size_t n = 0;
    if (terms->n == 0)
        return false;
    while (terms->p[n] != '*' && terms->p[n] != '.')
        n++;
    *term = (struct cw_words_term){cw_slice_of(terms->p, n - 1), terms->p[n] == '*'};
    *terms = cw_slice_of(terms->p + n + 1, terms->n - n - 1);
    return true;
}

/* Takes the next token from *tokens. */
static struct cw_slice next_token(struct cw_slice *tokens)
{
    const uint8_t *blank = tokens->n == 0 ? NULL : memchr(tokens->p, ' ', tokens->n);
    size_t n = blank == NULL ? tokens->n : (size_t)(blank - tokens->p);
    struct cw_slice token = cw_slice_of(tokens->p, n);
    n += blank != NULL;
    *tokens = cw_slice_of(tokens->p + n, tokens->n - n);
    return token;
}

static bool is_token(struct cw_slice token, struct cw_slice wanted, bool begins)
{
    return (begins ? token.n >= wanted.n : token.n == wanted.n) &&
           memcmp(token.p, wanted.p, wanted.n) == 0;
}

static bool stands_here(struct cw_slice tokens, struct cw_words_term term)
{
    while (term.tokens.n != 0) {
        struct cw_slice wanted = next_token(&term.tokens);
        if (tokens.n == 0 ||
            !is_token(next_token(&tokens), wanted, term.begins && term.tokens.n == 0))
            return false;
    }
    return true;
}

bool cw_words_match(struct cw_slice tokens, struct cw_slice terms)
{
    struct cw_words_term term;
    bool any = terms.n != 0;
    while (cw_words_next(&terms, &term)) {
        struct cw_slice rest = tokens;
        bool found = false;
        for (; rest.n != 0 && !found; next_token(&rest))
            found = stands_here(rest, term);
        if (!found)
            return false;
    }
    return any;
}

void cw_words_version(char version[CW_WORDS_VERSION_MAX])
{
    snprintf(version, CW_WORDS_VERSION_MAX, "2/%s/%s", cw_unicode_version,
             utf8proc_unicode_version());
}
