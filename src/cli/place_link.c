/* place_link.c - see place_link.h. */
#include "place_link.h"

#include <stdio.h>
#include <string.h>

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

bool place_link_is(const char *text)
{
    const char *place = find_place(text);
    return place != NULL &&
           !(place[1] == '#' &&
             join_link_kind_of(place + 2, strcspn(place + 2, ",")) != JOIN_LINK_NONE);
}

/* --- names in links ------------------------------------------------------------------------- */

/* What a link may have as it is (RFC 3986, "unreserved"); all else is escaped. */
static bool is_plain_in_link(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

/* What stands behind '#' or '@'. Of a group that is named like the secret of an invitation the
 * first character is escaped, too: so the link is none. */
static void escape(const char *place, char *out)
{
    const char *name = place + 1;
    bool secret = place[0] == '#' && join_link_kind_of(name, strlen(name)) != JOIN_LINK_NONE;
    for (size_t i = 0; name[i] != 0; i++)
        if (is_plain_in_link(name[i]) && (i != 0 || !secret))
            *out++ = name[i];
        else
            out += sprintf(out, "%%%02X", (unsigned char)name[i]);
    *out = 0;
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
    if (n == 0 || !join_link_unescape(place + 1, n + 1, link->place, sizeof link->place))
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
    escape(place, escaped);
    snprintf(link, PLACE_LINK_MAX, "%s%s/%c%s%s%s",
             address->transport == CHINWAG_WSS ? "wss://" : "chinwag://", name, place[0], escaped,
             key[0] == 0 ? "" : ",", key);
}
