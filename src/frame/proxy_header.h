/* proxy_header.h - the header in which a proxy sends the address of its client.
 *
 * Specification: HAProxy's "The PROXY protocol", version 2 (binary). Version 1 is refused.
 * Pure. Caller: port.c. */
#ifndef CW_FRAME_PROXY_HEADER_H
#define CW_FRAME_PROXY_HEADER_H

#include "base/slice.h"

/* Signature, version and command, family, length. */
#define CW_PROXY_FIXED_N 16

/* Checks the first CW_PROXY_FIXED_N bytes, or as many as have arrived. Returns what is wrong, or
 * NULL. */
const char *cw_proxy_header_check(struct cw_slice begin);

/* The length of the whole header, whose first CW_PROXY_FIXED_N bytes were checked. */
size_t cw_proxy_header_length(const uint8_t *fixed);

/* The client's address in a complete, checked header, 4 or 16 bytes; empty when the connection is
 * the proxy's own (a health check). */
struct cw_slice cw_proxy_header_address(const uint8_t *header);

#endif
