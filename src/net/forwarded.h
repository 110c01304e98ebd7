/* forwarded.h - the client's address in the header of an HTTP proxy, such as X-Forwarded-For: a
 * list to which each proxy on the way appends the address that it was connected from. Clients write
 * what they like into its beginning, so it is read from its end, past the proxies that are trusted.
 *
 * Callers: accept.c, and src/server, which reads the trusted proxies from its settings. */
#ifndef CW_NET_FORWARDED_H
#define CW_NET_FORWARDED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* An address: of IPv6, or of IPv4 as ::ffff:0:0/96 has it. */
#define CW_ADDRESS_N 16

/* Addresses that begin with the same bits. */
struct cw_network {
    uint8_t address[CW_ADDRESS_N];
    unsigned bits;
};

/* Reads "192.0.2.1", "192.0.2.0/24", "2001:db8::/32". false: it is none, has bits behind its
 * length, or has all addresses. */
bool cw_network_read(struct cw_network *network, const char *text);

/* The rightmost address of the list that is in none of the networks; if all of them are, the first
 * one. An address may have a port ("192.0.2.1:80", "[2001:db8::1]:443"). false: what stands in that
 * place is no address. */
bool cw_forwarded_client(struct cw_slice list, const struct cw_network trusted[], unsigned count,
                         uint8_t address[CW_ADDRESS_N]);

#endif
