/* listen.c - see listen.h. */
#include "server/listen.h"

#include <stdio.h>
#include <string.h>

#include "net/net.h"

static bool take_attribute(struct cw_listen *listen, const char *word, size_t n, char error[256])
{
    static const char plaintext[] = "plaintext", header[] = "proxy=v2", http[] = "proxy";
    static const char metrics[] = "metrics";
    bool *attribute = NULL;
    if (n == sizeof plaintext - 1 && memcmp(word, plaintext, n) == 0)
        attribute = &listen->plaintext;
    else if (n == sizeof header - 1 && memcmp(word, header, n) == 0)
        attribute = &listen->proxy_header;
    else if (n == sizeof http - 1 && memcmp(word, http, n) == 0)
        attribute = &listen->forwarded;
    else if (n == sizeof metrics - 1 && memcmp(word, metrics, n) == 0)
        attribute = &listen->metrics;
    if (attribute == NULL || *attribute) {
        snprintf(error, 256,
                 "behind the address of listen stands '%.*s': plaintext, and proxy or proxy=v2, "
                 "can, once, or metrics alone",
                 n > 40 ? 40 : (int)n, word);
        return false;
    }
    *attribute = true;
    return true;
}

bool cw_listen_parse(struct cw_listen *listen, const char *text, char error[256])
{
    static const char blanks[] = " \t";
    size_t n = strcspn(text, blanks);
    *listen = (struct cw_listen){.plaintext = false};
    snprintf(listen->address, sizeof listen->address, "%.*s", (int)n, text);
    if (n >= sizeof listen->address || !cw_net_address_good(listen->address)) {
        snprintf(error, 256,
                 "'%.63s' is a bad address: write HOST:PORT with a number as HOST and a PORT up "
                 "to 65535, as 127.0.0.1:4242 or [::1]:4242",
                 listen->address);
        return false;
    }
    for (text += n; *(text += strspn(text, blanks)) != 0; text += n) {
        n = strcspn(text, blanks);
        if (!take_attribute(listen, text, n, error))
            return false;
    }
    if (listen->forwarded && listen->proxy_header) {
        snprintf(error, 256, "of a listener's proxy and proxy=v2 only one can be true");
        return false;
    }
    if (listen->metrics && (listen->plaintext || listen->forwarded || listen->proxy_header)) {
        snprintf(error, 256, "a listener for metrics has no other attribute: users are not there");
        return false;
    }
    return true;
}

bool cw_listen_is_local(const struct cw_listen *listen)
{
    return cw_net_address_is_loopback(listen->address) && !listen->proxy_header &&
           !listen->forwarded;
}

bool cw_listen_allows_plaintext(const struct cw_listen *listen)
{
    return listen->plaintext || cw_listen_is_local(listen);
}

bool cw_listen_is_wildcard(const struct cw_listen *listen)
{
    return strncmp(listen->address, "0.0.0.0:", 8) == 0 ||
           strncmp(listen->address, "[::]:", 5) == 0;
}

void cw_listen_name_here(const struct cw_listen *listen, char server[80])
{
    const char *loopback = listen->address[0] == '[' ? "[::1]" : "127.0.0.1";
    if (cw_listen_is_wildcard(listen))
        snprintf(server, 80, "%s%s", loopback, strrchr(listen->address, ':'));
    else
        snprintf(server, 80, "%.63s", listen->address);
}
