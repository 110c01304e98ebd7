/* work_handshake.c - what it costs the server to let a client in, before anybody logs in:
 * connections that are closed as soon as messages could flow. */
#include "bench.h"

#define AT_ONCE 32

void work_handshake(unsigned connections)
{
    struct span span;
    net_init(connections);
    for (unsigned i = 0; i < connections; i++)
        net_add(NOBODY)->only_handshake = true;
    report_params("connections=%u", connections);
    span_start(&span);
    net_connect_all(AT_ONCE);
    span_stop(&span);
    report("cpu_us_per_handshake", span.server_s / connections * 1e6);
    report("handshakes_per_core_s", connections / span.server_s);
    net_close_all();
}
