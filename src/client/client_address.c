/* client_address.c - see client_address.h. */
#include "client/client_address.h"

#include <stdlib.h>
#include <string.h>

static bool copy_host(const char *from, size_t n, struct cw_address *address)
{
    if (n == 0 || n > CW_HOST_MAX)
        return false;
    memcpy(address->host, from, n);
    address->host[n] = 0;
    return true;
}

static bool copy_port(const char *port, struct cw_address *address)
{
    size_t n = strlen(port);
    if (n == 0 || n > 5 || strspn(port, "0123456789") != n)
        return false;
    long number = strtol(port, NULL, 10);
    if (number < 1 || number > 65535)
        return false;
    memcpy(address->port, port, n + 1);
    return true;
}

bool cw_address_parse(const char *text, struct cw_address *address)
{
    if (strncmp(text, "tcp://", 6) == 0) /* as ZeroMQ writes it */
        text += 6;
    const char *host = text;
    const char *end = strchr(text, ':');
    const char *rest = end;
    if (text[0] == '[') {
        host = text + 1;
        end = strchr(host, ']');
        if (end == NULL)
            return false;
        rest = end + 1;
    } else if (end == NULL || strchr(end + 1, ':') != NULL) {
        end = rest = text + strlen(text); /* no port, or a bare IPv6 address */
    }
    if (!copy_host(host, (size_t)(end - host), address))
        return false;
    if (*rest == 0)
        return copy_port(CW_PORT_DEFAULT, address);
    return *rest == ':' && copy_port(rest + 1, address);
}
