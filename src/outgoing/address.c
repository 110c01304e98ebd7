/* address.c - see address.h. The addresses are those of the registries of IANA for
 * special purposes that a request can be misled to. */
#include "outgoing/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "outgoing/lookup.h"

/* --- one address ------------------------------------------------------------------------ */

struct range {
    const char *first;
    unsigned bits;
    bool private; /* allowed where the user allows it; the others never are */
    const char *what;
};

static const struct range ranges4[] = {
    {"0.0.0.0", 8, false, "no address of a machine"},
    {"10.0.0.0", 8, true, "in a private network"},
    {"100.64.0.0", 10, true, "in a provider's network"},
    {"127.0.0.0", 8, true, "this machine"},
    {"169.254.0.0", 16, false, "of the link alone"},
    {"172.16.0.0", 12, true, "in a private network"},
    {"192.0.0.0", 24, false, "reserved"},
    {"192.168.0.0", 16, true, "in a private network"},
    {"198.18.0.0", 15, false, "for measurements"},
    {"224.0.0.0", 4, false, "of many machines"},
    {"240.0.0.0", 4, false, "reserved"}, /* with the broadcast */
};

static const struct range ranges6[] = {
    {"::", 128, false, "no address of a machine"},
    {"::1", 128, true, "this machine"},
    {"::", 96, false, "reserved"},
    {"64:ff9b:1::", 48, false, "translated to an unknown address"},
    {"2001::", 32, false, "a tunnel to an unknown address"},
    {"fc00::", 7, true, "in a private network"},
    {"fe80::", 10, false, "of the link alone"},
    {"fec0::", 10, false, "reserved"},
    {"ff00::", 8, false, "of many machines"},
};

/* IPv6 that carries an IPv4 address, which is judged in its place. */
static const struct {
    const char *first;
    unsigned bits, at;
} carriers[] = {{"::ffff:0:0", 96, 12}, {"64:ff9b::", 96, 12}, {"2002::", 16, 2}};

static bool is_within(int family, const uint8_t *address, const char *first, unsigned bits)
{
    uint8_t range[16];
    unsigned whole = bits / 8, rest = bits % 8;
    if (inet_pton(family, first, range) != 1 || memcmp(address, range, whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ range[whole]) >> (8 - rest) == 0;
}

static const char *refused_by_range(int family, const uint8_t *address, const struct range *ranges,
                                    size_t count, bool allow_private)
{
    for (size_t i = 0; i < count; i++)
        if (is_within(family, address, ranges[i].first, ranges[i].bits))
            return ranges[i].private && allow_private ? NULL : ranges[i].what;
    return NULL;
}

static const char *refused4(const uint8_t *address, bool allow_private)
{
    return refused_by_range(AF_INET, address, ranges4, sizeof ranges4 / sizeof ranges4[0],
                            allow_private);
}

static const char *refused6(const uint8_t *address, bool allow_private)
{
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
        if (is_within(AF_INET6, address, carriers[i].first, carriers[i].bits))
            return refused4(address + carriers[i].at, allow_private);
    return refused_by_range(AF_INET6, address, ranges6, sizeof ranges6 / sizeof ranges6[0],
                            allow_private);
}

const char *cw_outgoing_refused(const struct sockaddr *address, bool allow_private)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in ip4;
        memcpy(&ip4, address, sizeof ip4);
        return refused4((const uint8_t *)&ip4.sin_addr, allow_private);
    }
    if (address->sa_family != AF_INET6)
        return "not of the internet";
    struct sockaddr_in6 ip6;
    memcpy(&ip6, address, sizeof ip6);
    return refused6(ip6.sin6_addr.s6_addr, allow_private);
}

/* --- a name ----------------------------------------------------------------------------- */

static bool is_same(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a == NULL || a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET)
        return memcmp(&((const struct sockaddr_in *)(const void *)a)->sin_addr,
                      &((const struct sockaddr_in *)(const void *)b)->sin_addr, 4) == 0;
    return a->sa_family == AF_INET6 &&
           memcmp(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)(const void *)b)->sin6_addr, 16) == 0;
}

/* An address of this machine leads to what only it can reach, whatever the range. NULL: it is none.
 */
static const char *refused_as_own(const struct sockaddr *address)
{
    struct ifaddrs *own = NULL;
    if (getifaddrs(&own) != 0)
        return "perhaps this machine, whose addresses cannot be read";
    const struct ifaddrs *at = own;
    while (at != NULL && !is_same(at->ifa_addr, address))
        at = at->ifa_next;
    freeifaddrs(own);
    return at != NULL ? "this machine" : NULL;
}

/* Adds the address to `found`; NULL: it may be used. */
static const char *take_address(const struct addrinfo *at, bool allow_private,
                                struct cw_outgoing_addresses *found, char text[INET6_ADDRSTRLEN])
{
    snprintf(text, INET6_ADDRSTRLEN, "?");
    getnameinfo(at->ai_addr, at->ai_addrlen, text, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST);
    const char *refused = cw_outgoing_refused(at->ai_addr, allow_private);
    if (refused == NULL && !allow_private)
        refused = refused_as_own(at->ai_addr);
    if (refused != NULL)
        return refused;
    if (found->count == CW_OUTGOING_ADDRESSES_MAX || at->ai_addrlen > sizeof found->items[0])
        return "one of too many";
    memcpy(&found->items[found->count], at->ai_addr, at->ai_addrlen);
    found->sizes[found->count++] = at->ai_addrlen;
    return NULL;
}

enum cw_outgoing_found cw_outgoing_find(const char *host, bool allow_private, int64_t limit_ms,
                                        struct cw_outgoing_addresses *found, char *why, size_t size)
{
    struct addrinfo *all = NULL;
    char text[INET6_ADDRSTRLEN];
    const char *refused = NULL;
    found->count = 0;
    int error = cw_outgoing_lookup(host, limit_ms, &all);
    if (error != 0) {
        snprintf(why, size, "no address for %.200s: %s", host, gai_strerror(error));
        return CW_OUTGOING_UNKNOWN;
    }
    for (const struct addrinfo *at = all; at != NULL && refused == NULL; at = at->ai_next)
        refused = take_address(at, allow_private, found, text);
    freeaddrinfo(all);
    if (refused == NULL)
        return CW_OUTGOING_FOUND;
    snprintf(why, size, "the address %s of %.200s is %s", text, host, refused);
    return CW_OUTGOING_FORBIDDEN;
}
