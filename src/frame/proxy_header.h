/* proxy_header.h - the header by which a proxy names the client that it speaks for.
 *
 * Specification: HAProxy's "The PROXY protocol", version 2 (binary). Version 1 is not read.
 * Pure. Caller: port.c. */
#ifndef CW_FRAME_PROXY_HEADER_H
#define CW_FRAME_PROXY_HEADER_H

#include "base/slice.h"

/* Signature, version and command, family, length. */
#define CW_PROXY_FIXED_N 16

/* Judges the first CW_PROXY_FIXED_N bytes, or as many as have come: NULL, or what is wrong. */
const char *cw_proxy_header_check(struct cw_slice begin);

/* Of CW_PROXY_FIXED_N good bytes: how long the whole header is. */
size_t cw_proxy_header_length(const uint8_t *fixed);

/* The client's address in a whole good header, 4 or 16 bytes; empty when the proxy speaks for
 * itself (its own health check). */
struct cw_slice cw_proxy_header_address(const uint8_t *header);

#endif
