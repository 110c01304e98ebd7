/* url.c - see url.h. */
#include "text/url.h"

static bool skip_prefix(struct cw_slice *text, const char *what)
{
    size_t n = strlen(what);
    if (text->n < n || memcmp(text->p, what, n) != 0)
        return false;
    *text = cw_slice_of(text->p + n, text->n - n);
    return true;
}

/* How many bytes at the beginning are none of `ends`. */
static size_t span(struct cw_slice text, const char *ends)
{
    size_t n = 0;
    while (n < text.n && memchr(ends, text.p[n], strlen(ends)) == NULL)
        n++;
    return n;
}

static bool is_of_name(uint8_t c, bool ip6)
{
    bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'z', large = c >= 'A' && c <= 'Z';
    return digit || small || large || (ip6 ? c == ':' || c == '.' : c == '-' || c == '.');
}

static bool read_host(struct cw_slice *place, struct cw_url *url)
{
    url->ip6 = skip_prefix(place, "[");
    size_t n = span(*place, url->ip6 ? "]" : ":");
    url->host = cw_slice_of(place->p, n);
    *place = cw_slice_of(place->p + n, place->n - n);
    for (size_t i = 0; i < n; i++)
        if (!is_of_name(url->host.p[i], url->ip6))
            return false;
    return n != 0 && n <= CW_URL_HOST_MAX && (!url->ip6 || skip_prefix(place, "]"));
}

static bool read_port(struct cw_slice place, struct cw_url *url)
{
    uint32_t port = 0;
    url->port = url->https ? 443 : 80;
    if (place.n == 0)
        return true;
    if (!skip_prefix(&place, ":") || place.n == 0 || place.n > 5)
        return false;
    for (size_t i = 0; i < place.n; i++) {
        if (place.p[i] < '0' || place.p[i] > '9')
            return false;
        port = port * 10 + (uint32_t)(place.p[i] - '0');
    }
    url->port = (uint16_t)port;
    return port != 0 && port <= UINT16_MAX;
}

bool cw_url_read(struct cw_slice text, struct cw_url *url)
{
    *url = (struct cw_url){.https = skip_prefix(&text, "https://")};
    if (!url->https && !skip_prefix(&text, "http://"))
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] >= 0x7f || text.p[i] == '\\')
            return false;
    size_t n = span(text, "/?#");
    url->place = cw_slice_of(text.p, n);
    text = cw_slice_of(text.p + n, text.n - n);
    url->path = cw_slice_of(text.p, span(text, "#"));
    struct cw_slice place = url->place;
    return read_host(&place, url) && read_port(place, url);
}
