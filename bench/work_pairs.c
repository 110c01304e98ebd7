/* work_pairs.c - pairs of people, 16 whispers circulating in each: who receives
 * one says the next. With chinwagd each is on disk before it is delivered. */
#include "bench.h"

#define WINDOW 16

static uint64_t count;
static bool measuring, ending;
static struct histogram latency;

static void speak(struct conn *conn)
{
    net_publish(conn, conn->id ^ 1, payload_next(conn, TEXT_SIZE));
}

static void take(struct conn *conn, struct cw_slice bytes)
{
    struct payload payload = payload_check(bytes);
    if (payload.sender != (conn->id ^ 1) || payload.sequence != conn->sequence_in++)
        die("client %u: message %u of %u came out of order", conn->id, payload.sequence,
            payload.sender);
    count++;
    if (measuring)
        histogram_add(&latency, now_ns() - payload.time_ns);
    if (!ending)
        speak(conn);
}

static bool all_done(void)
{
    for (uint32_t i = 0; i < conn_count; i++)
        if (conns[i].sequence_in != conns[i ^ 1].sequence_out ||
            conns[i].answered != conns[i].asked)
            return false;
    return true;
}

static void measure(void)
{
    struct span span;
    net_poll_until(now_ns() + (uint64_t)(run.seconds / 4 * SECOND_NS));
    uint64_t before = count;
    measuring = true;
    span_start(&span);
    net_poll_until(span.start_ns + (uint64_t)(run.seconds * SECOND_NS));
    span_stop(&span);
    measuring = false;
    double messages = (double)(count - before);
    report("messages_per_s", messages / span.wall_s);
    report("cpu_us_per_message", span.server_s / messages * 1e6);
    report_latency("", &latency);
    report("server_cpu_pct", 100 * span.server_s / span.wall_s);
    report("generator_cpu_pct", 100 * span.self_s / span.wall_s);
}

void work_pairs(unsigned pairs)
{
    on_message = take;
    net_init(2 * pairs);
    for (unsigned i = 0; i < 2 * pairs; i++)
        net_add_person();
    net_connect_all(32);
    report_params("pairs=%u W=%u", pairs, WINDOW);
    for (unsigned w = 0; w < WINDOW; w++)
        for (unsigned i = 0; i < 2 * pairs; i += 2)
            speak(&conns[i]);
    measure();
    ending = true;
    net_wait(all_done, "the last messages and their answers");
}
