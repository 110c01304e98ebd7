/* url.c - see url.h. */
#include "bus/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define SCHEME       "nats://"
#define DEFAULT_PORT 4222

static bool refuse(const char *sentence, char error[256])
{
    snprintf(error, 256, "%s", sentence);
    return false;
}

/* Of a part that is [from, from + n): false if it has no room. */
static bool copy_part(const char *from, size_t n, char to[CW_BUS_URL_PART_MAX])
{
    if (n >= CW_BUS_URL_PART_MAX)
        return false;
    memcpy(to, from, n);
    to[n] = '\0';
    return true;
}

static bool take_user(const char *from, size_t n, struct cw_bus_url *url, char error[256])
{
    const char *colon = memchr(from, ':', n);
    size_t user = colon == NULL ? n : (size_t)(colon - from);
    if (colon == NULL || user == 0 || !copy_part(from, user, url->user) ||
        !copy_part(colon + 1, n - user - 1, url->password) || url->password[0] == '\0')
        return refuse("`bus`: before the '@' stand a user, ':' and a password", error);
    return true;
}

/* --- hosts ----------------------------------------------------------------------------------- */

static bool is_port(const char *text, size_t n)
{
    unsigned port = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || n > 5)
            return false;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    return n != 0 && port != 0 && port <= 65535;
}

static bool is_host(const char *text, size_t n)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    bool bracketed = n > 2 && text[0] == '[' && text[n - 1] == ']';
    for (size_t i = bracketed ? 1 : 0; i < n - (bracketed ? 1 : 0); i++)
        if (strchr(bracketed ? "0123456789abcdefABCDEF:." : allowed, text[i]) == NULL)
            return false;
    return n != 0 && n < CW_BUS_URL_PART_MAX;
}

/* 127.0.0.0/8; a name that begins so may be anywhere. */
static bool is_loopback(const char *host, size_t n)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;
    snprintf(text, sizeof text, "%.*s", (int)n, host);
    return n < sizeof text && inet_pton(AF_INET, text, &address) == 1 &&
           ntohl(address.s_addr) >> 24 == 127;
}

static bool is_this_machine(const char *host, size_t n)
{
    static const char *const names[] = {"localhost", "[::1]"};
    if (is_loopback(host, n))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (n == strlen(names[i]) && memcmp(host, names[i], n) == 0)
            return true;
    return false;
}

static bool take_host(const char *from, size_t n, struct cw_bus_url *url, char error[256])
{
    const char *end = n != 0 && from[0] == '[' ? memchr(from, ']', n) : memchr(from, ':', n);
    size_t host = end == NULL ? n : (size_t)(end - from) + (from[0] == '[');
    bool has_port = host < n;
    if (!is_host(from, host) ||
        (has_port && (from[host] != ':' || !is_port(from + host + 1, n - host - 1))))
        return refuse("`bus`: it must name hosts, as nats://HOST:PORT", error);
    if (url->server_count == CW_BUS_URL_SERVERS_MAX)
        return refuse("`bus`: it names more than 8 hosts", error);
    char *server = url->servers[url->server_count++];
    if (has_port)
        snprintf(server, sizeof url->servers[0], SCHEME "%.*s", (int)n, from);
    else
        snprintf(server, sizeof url->servers[0], SCHEME "%.*s:%d", (int)host, from, DEFAULT_PORT);
    url->tls |= !is_this_machine(from, host);
    return true;
}

static bool take_hosts(const char *from, size_t n, struct cw_bus_url *url, char error[256])
{
    for (;;) {
        const char *comma = n == 0 ? NULL : memchr(from, ',', n);
        size_t host = comma == NULL ? n : (size_t)(comma - from);
        if (!take_host(from, host, url, error))
            return false;
        if (comma == NULL)
            return true;
        from += host + 1;
        n -= host + 1;
    }
}

/* --- what follows the '?' ------------------------------------------------------------------------
 */

static bool take_tls(const char *value, size_t n, struct cw_bus_url *url)
{
    bool on = n == 2 && memcmp(value, "on", 2) == 0;
    bool off = n == 3 && memcmp(value, "off", 3) == 0;
    url->tls = on;
    return on || off;
}

static bool take_parameter(const char *from, size_t n, struct cw_bus_url *url)
{
    const struct {
        const char *key;
        char *to;
    } keys[] = {{"ca=", url->ca},
                {"cert=", url->cert},
                {"key=", url->key},
                {"creds=", url->creds},
                {"token=", url->token}};
    if (n > 4 && memcmp(from, "tls=", 4) == 0)
        return take_tls(from + 4, n - 4, url);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t key = strlen(keys[i].key);
        if (n > key && memcmp(from, keys[i].key, key) == 0)
            return copy_part(from + key, n - key, keys[i].to);
    }
    return false;
}

static bool take_parameters(const char *from, struct cw_bus_url *url, char error[256])
{
    for (;;) {
        size_t n = strcspn(from, "&");
        if (!take_parameter(from, n, url))
            return refuse("`bus`: behind '?' stand tls=on or tls=off, ca, cert, key, creds and "
                          "token, with '=FILE', separated by '&'",
                          error);
        if (from[n] == '\0')
            break;
        from += n + 1;
    }
    if ((url->cert[0] == '\0') != (url->key[0] == '\0'))
        return refuse("`bus`: cert and key belong together", error);
    bool has_file = url->ca[0] != '\0' || url->cert[0] != '\0';
    return url->tls || !has_file ||
           refuse("`bus`: ca, cert and key are for TLS: add tls=on", error);
}

bool cw_bus_url_parse(const char *text, struct cw_bus_url *url, char error[256])
{
    memset(url, 0, sizeof *url);
    if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
        return refuse("`bus` must begin with nats://", error);
    text += strlen(SCHEME);
    size_t n = strcspn(text, "?");
    const char *at = n == 0 ? NULL : memchr(text, '@', n);
    size_t user = at == NULL ? 0 : (size_t)(at - text) + 1;
    if (at != NULL && !take_user(text, user - 1, url, error))
        return false;
    if (!take_hosts(text + user, n - user, url, error))
        return false;
    return text[n] == '\0' || take_parameters(text + n + 1, url, error);
}
