/* subnet.h - networks of IPv4 and IPv6 addresses as bans know them: as bytes (how many bits, then
 * the address, 4 bytes or of IPv6 the first 8), and as text ("192.0.2.0/24", "2001:db8::/32").
 *
 * Pure. Callers: the core, which compares each new connection, and what lists bans. */
#ifndef CW_BASE_SUBNET_H
#define CW_BASE_SUBNET_H

#include "base/limits.h"
#include "base/slice.h"

#define CW_SUBNET_TEXT_MAX 32

/* Reads an address or a network; of IPv6 an address is its /64, and more bits are refused, since
 * the server does not know them. Bits behind the network are 0 in the result. Returns how many
 * bytes `network` has, 5 or CW_NETWORK_N; 0: it is none. */
size_t cw_subnet_read(struct cw_slice text, uint8_t network[CW_NETWORK_N]);

/* An address of 4 bytes as "192.0.2.7"; of 8 as "2001:db8:0:0::", which is its network of 64 bits.
 * Returns the length, less than CW_SUBNET_TEXT_MAX - 4. */
size_t cw_subnet_write_address(struct cw_slice address, char *text);

/* Such an address, and the number of bits. Returns the length. */
size_t cw_subnet_write(struct cw_slice network, char text[CW_SUBNET_TEXT_MAX]);

/* Does the address (4 bytes, or 8) lie in the network? */
bool cw_subnet_has(struct cw_slice network, struct cw_slice address);

#endif
