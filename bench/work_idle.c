/* work_idle.c - what a session costs that says nothing. chinwagd is started
 * again before it is looked at, so that making the users does not count. */
#include "bench.h"

void work_idle(unsigned sessions)
{
    struct span span;
    net_init(sessions);
    for (unsigned i = 0; i < sessions; i++)
        net_add_person();
    if (run.protocol == &protocol_chinwag) {
        net_connect_all(32);
        net_close_all();
        server_restart();
    }
    double before_kib = server_rss_kib();
    span_start(&span);
    net_connect_all(32);
    span_stop(&span);
    report_params("sessions=%u", sessions);
    report("login_cpu_us", span.server_s / sessions * 1e6);
    report("logins_per_s", sessions / span.wall_s);
    net_poll_until(now_ns() + SECOND_NS / 10);
    span_start(&span);
    net_poll_until(now_ns() + (uint64_t)(2 * run.seconds * SECOND_NS));
    span_stop(&span);
    report("rss_kib_per_session", (server_rss_kib() - before_kib) / sessions);
    report("rss_mib", server_rss_kib() / 1024);
    report("idle_cpu_pct", 100 * span.server_s / span.wall_s);
}
