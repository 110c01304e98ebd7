/* place_link.c - see place_link.h. */
#include "place_link.h"

#include <stdio.h>
#include <string.h>

/* An invitation is a UUID (RFC 4122): no group has such a name by chance. */
#define CODE_N 36

static const char *scheme_of(const char *text)
{
    static const char *const schemes[] = {"chinwag://", "wss://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
            return schemes[i];
    return NULL;
}

/* Where "/#" or "/@" and the name begin; NULL: there is none. */
static const char *find_place(const char *text)
{
    const char *scheme = scheme_of(text);
    const char *slash = scheme == NULL ? NULL : strchr(text + strlen(scheme), '/');
    return slash != NULL && (slash[1] == '#' || slash[1] == '@') ? slash : NULL;
}

static bool is_code(const char *text, size_t n)
{
    if (n != CODE_N)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
            return false;
    }
    return true;
}

bool place_link_is(const char *text)
{
    const char *place = find_place(text);
    return place != NULL && !(place[1] == '#' && is_code(place + 2, strcspn(place + 2, ",")));
}

/* --- names in links ------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF",
               *at = c == 0 ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)((at - digits) % 16);
}

/* False: it is too long, or badly escaped. */
static bool unescape(const char *text, size_t n, char *out, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_digit(text[i + 2]);
            if (low < 0 || high * 16 + low == 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (length + 1 >= size)
            return false;
        out[length++] = c;
    }
    out[length] = 0;
    return true;
}

/* What a link may have as it is (RFC 3986, "unreserved"); all else is escaped. */
static bool is_plain_in_link(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static size_t escape(const char *text, char *out)
{
    size_t n = 0;
    for (; *text != 0; text++)
        if (is_plain_in_link(*text))
            out[n++] = *text;
        else
            n += (size_t)sprintf(out + n, "%%%02X", (unsigned char)*text);
    out[n] = 0;
    return n;
}

/* --- links ------------------------------------------------------------------------------------ */

/* The part before the place, n characters. */
static bool read_place_server(const char *text, size_t n, char server[JOIN_SERVER_MAX])
{
    char written[JOIN_SERVER_MAX];
    struct chinwag_address address;
    int length = snprintf(written, sizeof written, "%.*s", (int)n, text);
    if (n >= sizeof written || length != (int)n || !chinwag_read_address(written, &address))
        return false;
    join_link_server(&address, server);
    return true;
}

const char *place_link_read(const char *text, struct place_link *link)
{
    const char *place = find_place(text);
    size_t n = place == NULL ? 0 : strcspn(place + 2, ",");
    if (place == NULL || !read_place_server(text, (size_t)(place - text), link->server))
        return "the part before the name is not chinwag://HOST:PORT/ or wss://HOST:PORT/";
    if (n == 0 || !unescape(place + 1, n + 1, link->place, sizeof link->place))
        return "the name in it is missing, too long, or badly escaped";
    const char *key = place[2 + n] == 0 ? "" : place + 3 + n;
    if (place[2 + n] != 0 && !known_servers_is_key(KNOWN_CURVE, key))
        return "the key behind the comma was changed: copy the link again";
    snprintf(link->key, sizeof link->key, "%s", key);
    return NULL;
}

void place_link_write(const struct chinwag_address *address, const char *place, const char *key,
                      char link[PLACE_LINK_MAX])
{
    char name[KNOWN_NAME_MAX], escaped[3 * PLACE_MAX + 1];
    known_servers_name(address, name);
    escape(place + 1, escaped);
    snprintf(link, PLACE_LINK_MAX, "%s%s/%c%s%s%s",
             address->transport == CHINWAG_WSS ? "wss://" : "chinwag://", name, place[0], escaped,
             key[0] == 0 ? "" : ",", key);
}
