/* link.c - see link.h. A link is
 * "/f/FILE?u=USER&s=SESSION&g=GENERATION&t=THUMBNAIL&e=END&m=SIGNATURE": numbers in decimal, the
 * signature in hexadecimal. The order is fixed, so that a link has one spelling. */
#include "core/link.h"

#include <assert.h>
#include <stdio.h>

#include "base/hex.h"

#define SIGNATURE "&m="

void cw_link_write(const struct link_to_file *link, struct cw_buf *text)
{
    char line[CW_FILE_LINK_MAX];
    int n = snprintf(line, sizeof line, "/f/%llu?u=%llu&s=%llu&g=%llu&t=%d&e=%llu",
                     (unsigned long long)link->file_id, (unsigned long long)link->user_id,
                     (unsigned long long)link->session_id, (unsigned long long)link->generation,
                     link->thumbnail, (unsigned long long)link->end_s);
    assert(n > 0 && (size_t)n < sizeof line);
    cw_buf_append(text, line, (size_t)n);
}

void cw_link_sign(struct cw_slice mac, struct cw_buf *text)
{
    char digits[2 * CW_FILE_LINK_MAC_N];
    assert(mac.n == CW_FILE_LINK_MAC_N); /* cw_link_read takes no other */
    cw_hex_write(mac, digits);
    cw_buf_append_str(text, SIGNATURE);
    cw_buf_append(text, digits, sizeof digits);
}

static bool take_text(struct cw_slice *s, const char *text)
{
    size_t n = strlen(text);
    if (s->n < n || memcmp(s->p, text, n) != 0)
        return false;
    *s = cw_slice_of(s->p + n, s->n - n);
    return true;
}

/* The text before it, and a number as cw_link_write writes it. */
static bool take_link_number(struct cw_slice *s, const char *before, uint64_t *number)
{
    if (!take_text(s, before) || s->n == 0 || (s->p[0] == '0' && s->n > 1 && s->p[1] != '&'))
        return false;
    size_t i = 0;
    for (*number = 0; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(s->p[i] - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    *s = cw_slice_of(s->p + i, s->n - i);
    return i != 0;
}

static bool take_mac(struct cw_slice *s, uint8_t mac[CW_FILE_LINK_MAC_N])
{
    return take_text(s, SIGNATURE) && cw_hex_read(*s, mac, CW_FILE_LINK_MAC_N);
}

bool cw_link_read(struct cw_slice text, struct link_to_file *link)
{
    struct cw_slice rest = text;
    uint64_t thumbnail = 0;
    bool good = text.n <= CW_FILE_LINK_MAX && take_link_number(&rest, "/f/", &link->file_id) &&
                take_link_number(&rest, "?u=", &link->user_id) &&
                take_link_number(&rest, "&s=", &link->session_id) &&
                take_link_number(&rest, "&g=", &link->generation) &&
                take_link_number(&rest, "&t=", &thumbnail) &&
                take_link_number(&rest, "&e=", &link->end_s);
    if (!good || thumbnail > 1)
        return false;
    link->thumbnail = thumbnail == 1;
    assert(rest.p >= text.p && rest.p + rest.n == text.p + text.n);
    link->text = cw_slice_of(text.p, (size_t)(rest.p - text.p));
    return take_mac(&rest, link->mac);
}
