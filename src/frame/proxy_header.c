/* proxy_header.c - see proxy_header.h. Quotes are from the specification. */
#include "frame/proxy_header.h"

#include <string.h>

#include "base/limits.h"

/* "\x0D \x0A \x0D \x0A \x00 \x0D \x0A \x51 \x55 \x49 \x54 \x0A" */
static const uint8_t signature[12] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                      0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

/* Offsets. */
enum { VERSION_COMMAND = 12, FAMILY = 13, LENGTH = 14 };
enum { COMMAND_LOCAL = 0x20, COMMAND_PROXY = 0x21 };
enum { TCP_OVER_IPV4 = 0x11, TCP_OVER_IPV6 = 0x21 };
/* "total [...] length of 12 bytes", "36 bytes": two addresses and two ports. */
enum { IPV4_N = 12, IPV6_N = 36 };

static size_t rest_of(const uint8_t *fixed)
{
    return (size_t)fixed[LENGTH] << 8 | fixed[LENGTH + 1];
}

static const char *check_addresses(const uint8_t *fixed)
{
    size_t n = rest_of(fixed);
    if (CW_PROXY_FIXED_N + n > CW_PROXY_HEADER_MAX)
        return "the PROXY header is too long";
    if (fixed[VERSION_COMMAND] == COMMAND_LOCAL)
        return NULL; /* "must ignore [...] the address family" */
    if (fixed[FAMILY] == TCP_OVER_IPV4)
        return n >= IPV4_N ? NULL : "the PROXY header is too short for its addresses";
    if (fixed[FAMILY] == TCP_OVER_IPV6)
        return n >= IPV6_N ? NULL : "the PROXY header is too short for its addresses";
    return "the PROXY header has no IP address of a TCP client";
}

const char *cw_proxy_header_check(struct cw_slice begin)
{
    size_t n = begin.n < sizeof signature ? begin.n : sizeof signature;
    if (n != 0 && memcmp(begin.p, signature, n) != 0)
        return "no PROXY header of version 2 came, which this listener needs";
    if (begin.n > VERSION_COMMAND && begin.p[VERSION_COMMAND] != COMMAND_LOCAL &&
        begin.p[VERSION_COMMAND] != COMMAND_PROXY)
        return "the PROXY header has an unknown version or command";
    return begin.n < CW_PROXY_FIXED_N ? NULL : check_addresses(begin.p);
}

size_t cw_proxy_header_length(const uint8_t *fixed)
{
    return CW_PROXY_FIXED_N + rest_of(fixed);
}

struct cw_slice cw_proxy_header_address(const uint8_t *header)
{
    if (header[VERSION_COMMAND] == COMMAND_LOCAL)
        return cw_slice_of(header, 0);
    return cw_slice_of(header + CW_PROXY_FIXED_N, header[FAMILY] == TCP_OVER_IPV4 ? 4 : 16);
}
