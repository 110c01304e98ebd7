/* link.c - see link.h. */
#include "screen/link.h"

#include <string.h>

#include "text/url.h"

static bool begins_at(struct cw_slice text, size_t at, const char *begin)
{
    size_t n = strlen(begin);
    return at + n <= text.n && memcmp(text.p + at, begin, n) == 0;
}

static bool is_of_word(uint8_t c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_of_link(uint8_t c)
{
    return c > ' ' && c < 0x7f && memchr("<>\"`{}|\\^", c, 9) == NULL;
}

static size_t count_of(const uint8_t *p, size_t n, uint8_t c)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += p[i] == c;
    return count;
}

/* "(see https://example.org/a_(b))." ends behind "(b)". */
static size_t without_sentence_end(const uint8_t *p, size_t n)
{
    const size_t round = count_of(p, n, '('), square = count_of(p, n, '[');
    size_t rounds = count_of(p, n, ')'), squares = count_of(p, n, ']');
    for (; n > 0; n--) {
        const uint8_t last = p[n - 1];
        if (last == ')'   ? round >= rounds
            : last == ']' ? square >= squares
                          : memchr(".,;:!?'*_~", last, 10) == NULL)
            break;
        rounds -= last == ')';
        squares -= last == ']';
    }
    return n;
}

/* *run: how much was looked at, where no other link begins; 0: none begins here. */
static bool link_at(struct cw_slice text, size_t at, struct cw_slice *link, size_t *run)
{
    struct cw_url url;
    size_t n = 0;
    if ((!begins_at(text, at, "http://") && !begins_at(text, at, "https://")) ||
        (at > 0 && is_of_word(text.p[at - 1])))
        return false;
    while (at + n < text.n && is_of_link(text.p[at + n]))
        n++;
    *run = n;
    n = without_sentence_end(text.p + at, n);
    *link = cw_slice_of(text.p + at, n);
    return n > 0 && n <= CW_LINK_MAX && cw_url_read(*link, &url);
}

bool cw_link_next(struct cw_slice text, size_t at, struct cw_slice *link)
{
    for (size_t run = 0; at < text.n; at += run == 0 ? 1 : run, run = 0)
        if (text.p[at] == 'h' && link_at(text, at, link, &run))
            return true;
    return false;
}
