/* fuzz_words.c - any bytes as a text: its tokens are bounded and as FTS5 takes them,
 * they are their own tokens where nothing is in pairs, and a text finds itself. Any bytes as a
 * query with filters, and as what people say of themselves. */
#include "base/utf8.h"
#include "fuzz.h"
#include "text/profile_text.h"
#include "text/query.h"
#include "text/words.h"

static void expect(bool good)
{
    if (!good)
        abort();
}

/* Tokens with one blank between two, of letters and digits in small, or of UTF-8. */
static void check_tokens(struct cw_slice tokens)
{
    expect(cw_utf8_valid(tokens));
    for (size_t i = 0; i < tokens.n; i++) {
        uint8_t c = tokens.p[i];
        expect(c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (c == ' ' && i != 0 && i + 1 < tokens.n && tokens.p[i - 1] != ' '));
    }
}

static bool lies_in(struct cw_slice part, struct cw_slice text)
{
    return part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n);
}

static void check_query(struct cw_slice text)
{
    struct cw_buf words = {0};
    struct cw_query query;
    enum cw_rule rule = cw_query_read(text, &query, &words);
    expect(rule != CW_RULE_NONE ||
           (lies_in(query.from, text) && lies_in(query.in, text) && words.n <= 2 * text.n));
    cw_buf_finish(&words);
    cw_text_has_link(text);
    cw_zone_is_good(text);
    expect(cw_display_fault(text) != CW_RULE_NONE || cw_status_is_good(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_slice text = cw_slice_of(data, size);
    struct cw_buf tokens = {0}, terms = {0};
    cw_words(text, &tokens);
    cw_words_query(text, &terms);
    check_query(text);
    check_tokens(cw_buf_slice(&tokens));
    expect((tokens.n == 0) == (terms.n == 0));
    expect(tokens.n <= 40 * size); /* U+FDFA: 18 letters of 3 bytes at most become pairs */
    if (size <= 512 && terms.n != 0)
        expect(cw_words_match(cw_buf_slice(&tokens), cw_buf_slice(&terms)));
    cw_buf_finish(&tokens);
    cw_buf_finish(&terms);
    return 0;
}
