/* work_fanout.c - one member of a group speaks to all others, closed loop:
 * message i goes out when message i - window has reached everybody. Window 1:
 * every delivery is a send of its own; 64: what can travel together does. */
#include <string.h>

#include "bench.h"

#define WINDOW_MAX 64

static struct {
    uint8_t bytes[TEXT_SIZE];
    uint32_t seen;
    uint64_t sent_ns;
} ring[WINDOW_MAX];
static uint32_t members, sent, done; /* messages */
static uint64_t deliveries;
static bool measuring;
static struct histogram last;

/* The bytes, the order and that nothing is missing, in one comparison. */
static void take(struct conn *conn, struct cw_slice payload)
{
    if (conn->id == 0)
        return; /* echoed */
    uint32_t i = conn->sequence_in++ % WINDOW_MAX;
    if (payload.n != TEXT_SIZE || memcmp(payload.p, ring[i].bytes, TEXT_SIZE) != 0)
        die("client %u: message %u came changed or out of order", conn->id, conn->sequence_in - 1);
    deliveries++;
    if (++ring[i].seen == members && measuring)
        histogram_add(&last, now_ns() - ring[i].sent_ns);
    while (done != sent && ring[done % WINDOW_MAX].seen == members)
        done++;
}

static void speak(void)
{
    uint32_t i = sent++ % WINDOW_MAX;
    struct cw_slice payload = payload_next(&conns[0], TEXT_SIZE);
    memcpy(ring[i].bytes, payload.p, TEXT_SIZE);
    ring[i].seen = 0;
    ring[i].sent_ns = now_ns();
    net_publish(&conns[0], GROUP(0), payload);
}

static void speak_for(double seconds, uint32_t window)
{
    uint64_t end_ns = now_ns() + (uint64_t)(seconds * SECOND_NS);
    while (now_ns() < end_ns) {
        while (sent - done < window)
            speak();
        net_poll(SECOND_NS / 10);
    }
}

static bool all_done(void)
{
    return done == sent && conns[0].answered == conns[0].asked;
}

static void measure(uint32_t window)
{
    struct span span;
    report_params("S=%u W=%u", members, window);
    speak_for(run.seconds / 4, window);
    histogram_clear(&last);
    uint64_t before = deliveries;
    measuring = true;
    span_start(&span);
    speak_for(run.seconds, window);
    span_stop(&span);
    measuring = false;
    double count = (double)(deliveries - before);
    net_wait(all_done, "the last messages and their answers");
    report("cpu_us_per_delivery", span.server_s / count * 1e6);
    report("deliveries_per_s", count / span.wall_s);
    report_latency("last_", &last);
    report("server_cpu_pct", 100 * span.server_s / span.wall_s);
    report("generator_cpu_pct", 100 * span.self_s / span.wall_s);
}

void work_fanout(unsigned n)
{
    members = n;
    on_message = take;
    net_init(n + 1);
    net_add(run.protocol->joins ? GROUP(0) : NOBODY);
    for (unsigned i = 0; i < n; i++)
        net_add(GROUP(0));
    net_connect_all(32);
    measure(1);
    measure(WINDOW_MAX);
}
