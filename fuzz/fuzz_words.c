/* fuzz_words.c - any bytes as a text: its tokens are bounded and as FTS5 takes them,
 * they are their own tokens where nothing is in pairs, and a text finds itself. */
#include "base/utf8.h"
#include "fuzz.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_slice text = cw_slice_of(data, size);
    struct cw_buf tokens = {0}, terms = {0};
    cw_words(text, &tokens);
    cw_words_query(text, &terms);
    check_tokens(cw_buf_slice(&tokens));
    expect((tokens.n == 0) == (terms.n == 0));
    expect(tokens.n <= 40 * size); /* U+FDFA: 18 letters of 3 bytes at most become pairs */
    if (size <= 512 && terms.n != 0)
        expect(cw_words_match(cw_buf_slice(&tokens), cw_buf_slice(&terms)));
    cw_buf_finish(&tokens);
    cw_buf_finish(&terms);
    return 0;
}
