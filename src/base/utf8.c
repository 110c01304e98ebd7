/* utf8.c - see utf8.h. */
#include "base/utf8.h"

/* Length of the sequence at s[0..n), or 0. RFC 3629, section 4 is the table. *cut: it is 0 only
 * because the sequence goes on behind s[n - 1]. */
static size_t sequence(const uint8_t *s, size_t n, bool *cut)
{
    uint8_t lead = s[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead > 0xf4 || length == 0)
        return 0;
    for (size_t i = 1; i < length && i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if (n > 1) {
        bool overlong = (lead == 0xe0 && s[1] < 0xa0) || (lead == 0xf0 && s[1] < 0x90);
        bool surrogate = lead == 0xed && s[1] > 0x9f;
        bool beyond = lead == 0xf4 && s[1] > 0x8f;
        if (overlong || surrogate || beyond)
            return 0;
    }
    *cut = n < length;
    return *cut ? 0 : length;
}

size_t cw_utf8_valid_prefix(struct cw_slice s, bool *cut)
{
    size_t i = 0;
    *cut = false;
    while (i < s.n) {
        uint64_t word;
        /* The last bytes, fewer than eight, are examined together with bytes before them. */
        size_t from = s.n - i >= 8 || s.n < 8 ? i : s.n - 8;
        if (s.n >= 8 && (memcpy(&word, s.p + from, 8), (word & 0x8080808080808080u) == 0)) {
            i = from + 8;
            continue;
        }
        if (s.p[i] < 0x80) {
            i++;
            continue;
        }
        size_t length = sequence(s.p + i, s.n - i, cut);
        if (length == 0)
            break;
        i += length;
    }
    return i;
}

/* Eight octets at a time; the last ones, fewer than eight, together with octets before them. */
static bool is_ascii(struct cw_slice s)
{
    uint64_t word, all = 0;
    if (s.n < 8) {
        for (size_t i = 0; i < s.n; i++)
            all |= s.p[i];
    } else {
        for (size_t i = 0; i < s.n - 8; i += 8) {
            memcpy(&word, s.p + i, 8);
            all |= word;
        }
        memcpy(&word, s.p + s.n - 8, 8);
        all |= word;
    }
    return (all & 0x8080808080808080u) == 0;
}

bool cw_utf8_valid(struct cw_slice s)
{
    bool cut;
    /* Most strings are short and ASCII; without this test they cost a third more. */
    return is_ascii(s) || cw_utf8_valid_prefix(s, &cut) == s.n;
}

/* Continuation octets (10xxxxxx) in eight octets. */
static unsigned continuations(uint64_t word)
{
    uint64_t marks = (word >> 7) & ~(word >> 6) & 0x0101010101010101u;
    return (unsigned)(marks * 0x0101010101010101u >> 56);
}

size_t cw_utf8_count(struct cw_slice s)
{
    size_t count = s.n, i = 0;
    uint64_t word;
    for (; s.n - i >= 8; i += 8) {
        memcpy(&word, s.p + i, 8);
        count -= continuations(word);
    }
    for (; i < s.n; i++)
        count -= (s.p[i] & 0xc0) == 0x80;
    return count;
}
