/* query.c - see query.h. */
#include "text/query.h"

#define DAY_MS    (UINT64_C(24) * 3600 * 1000)
#define MINUTE_MS (UINT64_C(60) * 1000)

/* --- dates ------------------------------------------------------------------------------ */

/* n digits from *at on; false: there are none. */
static bool take_digits(struct cw_slice *at, size_t n, unsigned *value)
{
    *value = 0;
    if (at->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (at->p[i] < '0' || at->p[i] > '9')
            return false;
        *value = *value * 10 + (unsigned)(at->p[i] - '0');
    }
    *at = cw_slice_of(at->p + n, at->n - n);
    return true;
}

static bool take_mark(struct cw_slice *at, char mark)
{
    if (at->n == 0 || at->p[0] != (uint8_t)mark)
        return false;
    *at = cw_slice_of(at->p + 1, at->n - 1);
    return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    uint64_t days = day - 1;
    for (unsigned m = 1; m < month; m++)
        days += days_in(year, m);
    unsigned before = year - 1;
    uint64_t leaps = before / 4 - before / 100 + before / 400;
    return days + (year - 1970) * UINT64_C(365) + leaps - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* "2026-12-24" or "2026-12-24T18:00" */
static bool read_date(struct cw_slice text, uint64_t *ms)
{
    unsigned year, month, day, hour = 0, minute = 0;
    bool good = take_digits(&text, 4, &year) && take_mark(&text, '-') &&
                take_digits(&text, 2, &month) && take_mark(&text, '-') &&
                take_digits(&text, 2, &day);
    if (good && take_mark(&text, 'T'))
        good =
            take_digits(&text, 2, &hour) && take_mark(&text, ':') && take_digits(&text, 2, &minute);
    if (!good || text.n != 0 || year < 1971 || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month) || hour > 23 || minute > 59)
        return false;
    *ms = days_since_1970(year, month, day) * DAY_MS + (hour * 60 + minute) * MINUTE_MS;
    return true;
}

/* --- filters ------------------------------------------------------------------------------ */

static enum cw_rule take_name(struct cw_slice *place, struct cw_slice value)
{
    if (place->n != 0)
        return CW_RULE_FILTER_TWICE;
    bool marked = value.n != 0 && value.p[0] == '@';
    *place = cw_slice_of(value.p + marked, value.n - marked);
    bool bare = place->n == 0 || (place->n == 1 && place->p[0] == '#');
    return bare ? CW_RULE_FILTER_NAME : CW_RULE_NONE;
}

static enum cw_rule take_date(uint64_t *place, struct cw_slice value)
{
    if (*place != 0)
        return CW_RULE_FILTER_TWICE;
    return read_date(value, place) ? CW_RULE_NONE : CW_RULE_FILTER_DATE;
}

static enum cw_rule take_has(unsigned *has, struct cw_slice value)
{
    static const char *const names[] = {"file", "voice", "link"}; /* in the order of the bits */
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (cw_slice_eq(value, cw_slice_str(names[i]))) {
            *has |= 1u << i;
            return CW_RULE_NONE;
        }
    return CW_RULE_FILTER_HAS;
}

/* False: it is no filter, but words. */
static bool take_filter(struct cw_slice token, struct cw_query *query, enum cw_rule *rule)
{
    static const char *const names[] = {"from:", "in:", "before:", "after:", "has:"};
    size_t i = 0, count = sizeof names / sizeof names[0], n = 0;
    for (; i < count; i++) {
        n = strlen(names[i]);
        if (token.n >= n && memcmp(token.p, names[i], n) == 0)
            break;
    }
    if (i == count)
        return false;
    struct cw_slice value = cw_slice_of(token.p + n, token.n - n);
    *rule = i == 0   ? take_name(&query->from, value)
            : i == 1 ? take_name(&query->in, value)
            : i == 2 ? take_date(&query->before_ms, value)
            : i == 3 ? take_date(&query->from_ms, value)
                     : take_has(&query->has, value);
    return true;
}

static bool is_blank(uint8_t c)
{
    return c <= ' ';
}

/* Up to the next blank, or the mark that ends a quotation. */
static struct cw_slice take_token(struct cw_slice *rest)
{
    bool quoted = rest->p[0] == '"';
    size_t n = 1;
    while (n < rest->n && (quoted ? rest->p[n] != '"' : !is_blank(rest->p[n])))
        n++;
    n += quoted && n < rest->n;
    struct cw_slice token = cw_slice_of(rest->p, n);
    *rest = cw_slice_of(rest->p + n, rest->n - n);
    return token;
}

enum cw_rule cw_query_read(struct cw_slice text, struct cw_query *query, struct cw_buf *words)
{
    enum cw_rule rule = CW_RULE_NONE;
    *query = (struct cw_query){0};
    words->n = 0;
    while (text.n != 0 && rule == CW_RULE_NONE) {
        if (is_blank(text.p[0])) {
            text = cw_slice_of(text.p + 1, text.n - 1);
            continue;
        }
        struct cw_slice token = take_token(&text);
        if (take_filter(token, query, &rule))
            continue;
        cw_buf_append(words, token.p, token.n);
        cw_buf_append_byte(words, ' ');
    }
    return rule;
}

bool cw_text_has_link(struct cw_slice text)
{
    static const char *const schemes[] = {"http://", "https://", "chinwag://"};
    for (size_t i = 0; i + 7 < text.n; i++)
        for (size_t j = 0; j < sizeof schemes / sizeof schemes[0]; j++) {
            size_t n = strlen(schemes[j]);
            if (text.p[i] == (uint8_t)schemes[j][0] && text.n - i > n &&
                memcmp(text.p + i, schemes[j], n) == 0 && !is_blank(text.p[i + n]))
                return true;
        }
    return false;
}
