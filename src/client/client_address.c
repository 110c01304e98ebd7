/* client_address.c - see client_address.h. */
#include "client/client_address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const struct scheme {
    const char *begin; /* of the address */
    enum chinwag_transport transport;
    const char *port; /* unless the address has one */
    const char *path; /* that may stand behind host and port, besides "/" */
} schemes[] = {
    {"chinwag://", CHINWAG_TCP, CW_PORT_DEFAULT, "/"},
    {"tcp://", CHINWAG_TCP, CW_PORT_DEFAULT, "/"}, /* as ZeroMQ writes it */
    {"wss://", CHINWAG_WSS, CW_PORT_HTTPS, CW_WEBSOCKET_PATH},
    {"ws://", CHINWAG_WS, CW_PORT_HTTP, CW_WEBSOCKET_PATH},
    {"", CHINWAG_TCP, CW_PORT_DEFAULT, ""},
};

static const struct scheme *scheme_of(const char *text)
{
    const struct scheme *scheme = schemes;
    while (strncmp(text, scheme->begin, strlen(scheme->begin)) != 0)
        scheme++;
    return scheme;
}

/* What ends a host in a URL, or has no place in a line of text, is in no host. */
static bool is_host_char(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && strchr("/?#@[]\"\\", c) == NULL;
}

static bool copy_host(const char *from, size_t n, struct chinwag_address *address)
{
    if (n == 0 || n > CHINWAG_HOST_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = from[i];
        if (!is_host_char(c))
            return false;
        address->host[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    address->host[n] = 0;
    return true;
}

static bool copy_port(const char *port, size_t n, struct chinwag_address *address)
{
    if (n == 0 || n > 5 || strspn(port, "0123456789") < n)
        return false;
    long number = strtol(port, NULL, 10);
    if (number < 1 || number > 65535)
        return false;
    memcpy(address->port, port, n);
    address->port[n] = 0;
    return true;
}

/* Judged by its text, since names are looked up by others. */
static bool is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return memcmp(&v6, &in6addr_loopback, sizeof v6) == 0;
    return strcmp(host, "localhost") == 0;
}

/* `text` is all but the scheme and the path: n characters. */
static bool read_host_and_port(const char *text, size_t n, const char *usual_port,
                               struct chinwag_address *address)
{
    const char *end = text + n, *host = text, *rest = memchr(text, ':', n);
    size_t host_n = rest == NULL ? n : (size_t)(rest - text);
    if (n != 0 && text[0] == '[') {
        const char *bracket = memchr(text, ']', n);
        if (bracket == NULL)
            return false;
        host = text + 1;
        host_n = (size_t)(bracket - host);
        rest = bracket + 1;
    } else if (rest == NULL || memchr(rest + 1, ':', (size_t)(end - rest) - 1) != NULL) {
        host_n = n; /* no port, or a bare IPv6 address */
        rest = end;
    }
    if (!copy_host(host, host_n, address))
        return false;
    if (rest == end)
        return copy_port(usual_port, strlen(usual_port), address);
    return *rest == ':' && copy_port(rest + 1, (size_t)(end - rest) - 1, address);
}

bool chinwag_read_address(const char *server, struct chinwag_address *address)
{
    const struct scheme *scheme = scheme_of(server);
    const char *text = server + strlen(scheme->begin);
    size_t n = strcspn(text, scheme->begin[0] == 0 ? "" : "/");
    const char *path = text + n;
    if (path[0] != 0 && strcmp(path, "/") != 0 && strcmp(path, scheme->path) != 0)
        return false;
    address->transport = scheme->transport;
    if (!read_host_and_port(text, n, scheme->port, address))
        return false;
    address->local = is_loopback(address->host);
    return true;
}
