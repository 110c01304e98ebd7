/* client_address.h - parses "host:port". Pure. */
#ifndef CW_CLIENT_CLIENT_ADDRESS_H
#define CW_CLIENT_CLIENT_ADDRESS_H

#include <stdbool.h>

/* A DNS name has at most 253 characters (RFC 1035, 2.3.4). */
#define CW_HOST_MAX 253
/* ZeroMQ clients expect a port number, not a service name. */
#define CW_PORT_DEFAULT "4242"

struct cw_address {
    char host[CW_HOST_MAX + 1];
    char port[6];
};

/* Understands "host", "host:port", "[host]:port" and a bare IPv6 address.
 * False when there is no host, or the port is no number from 1 to 65535. */
bool cw_address_parse(const char *text, struct cw_address *address);

#endif
