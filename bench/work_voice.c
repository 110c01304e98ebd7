/* work_voice.c - calls of 25 participants. Each sends a frame every 20 ms at a phase of its own and
 * should get those of the 24 others. A frame is 120 bytes: for chinwagd a list of 120 samples that
 * are a byte each. Frames may be lost by design when they are late; they are counted, and the order
 * is checked. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bench.h"

#define MEMBERS   25
#define PERIOD_NS 20000000u

struct slot {
    uint64_t phase_ns;
    struct conn *conn;
};

static uint64_t from_ns, until_ns, received, sent;
static struct histogram latency, lag;

static void take(struct conn *conn, struct cw_slice bytes)
{
    struct payload payload = payload_check(bytes);
    uint32_t member = payload.sender % MEMBERS;
    if (payload.sender == conn->id)
        return; /* echoed */
    if (payload.sender / MEMBERS != conn->id / MEMBERS || payload.sequence < conn->last[member])
        die("client %u: frame %u of %u is out of place", conn->id, payload.sequence,
            payload.sender);
    conn->last[member] = payload.sequence + 1;
    if (payload.time_ns < from_ns || payload.time_ns >= until_ns)
        return;
    received++;
    histogram_add(&latency, now_ns() - payload.time_ns);
}

static int by_phase(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    return (x->phase_ns > y->phase_ns) - (x->phase_ns < y->phase_ns);
}

static struct slot *make_slots(void)
{
    struct slot *slots = cw_alloc(conn_count * sizeof *slots);
    srandom(4242);
    for (uint32_t i = 0; i < conn_count; i++)
        slots[i] = (struct slot){(uint64_t)random() % PERIOD_NS, &conns[i]};
    qsort(slots, conn_count, sizeof *slots, by_phase);
    return slots;
}

static void speak(const struct slot *slot, uint64_t due_ns)
{
    uint64_t now = now_ns();
    net_publish_live(slot->conn, slot->conn->channel, payload_next(slot->conn, FRAME_SIZE));
    net_flush();
    if (now < from_ns || now >= until_ns)
        return;
    sent++;
    histogram_add(&lag, now - due_ns);
}

/* Warms up for half a second (less in a test), then measures. */
static void talk(struct span *span)
{
    struct slot *slots = make_slots();
    uint64_t base_ns = now_ns() + 1000000, now;
    bool measuring = false;
    uint32_t next = 0;
    from_ns = base_ns + (uint64_t)((run.seconds < 0.5 ? run.seconds : 0.5) * SECOND_NS);
    until_ns = from_ns + (uint64_t)(run.seconds * SECOND_NS);
    while ((now = now_ns()) < until_ns) {
        if (!measuring && now >= from_ns) {
            measuring = true;
            span_start(span);
        }
        for (; base_ns + slots[next].phase_ns <= now; next++) {
            speak(&slots[next], base_ns + slots[next].phase_ns);
            if (next + 1 == conn_count) {
                next = UINT32_MAX;
                base_ns += PERIOD_NS;
            }
        }
        uint64_t due_ns = base_ns + slots[next].phase_ns;
        now = now_ns();
        net_poll(due_ns > now ? (int64_t)(due_ns - now) : 0);
    }
    span_stop(span);
    free(slots);
}

static void report_voice(const struct span *span, unsigned calls)
{
    report_params("calls=%u N=%u", calls, MEMBERS);
    report("server_cpu_pct", 100 * span->server_s / span->wall_s);
    report("cpu_us_per_delivery", span->server_s / (double)received * 1e6);
    report_latency("", &latency);
    report("max_us", (double)latency.max / 1000);
    report("delivered_pct", 100 * (double)received / (double)(sent * (MEMBERS - 1)));
    report("send_lag_p99_us", histogram_us(&lag, 0.99));
    report("generator_cpu_pct", 100 * span->self_s / span->wall_s);
}

void work_voice(unsigned calls)
{
    struct span span;
    on_message = take;
    net_init(calls * MEMBERS);
    for (unsigned i = 0; i < calls * MEMBERS; i++) {
        struct conn *conn = net_add(GROUP(i / MEMBERS));
        conn->call = run.protocol->publish_live != NULL;
        conn->last = cw_alloc_zero(MEMBERS * sizeof *conn->last);
    }
    net_connect_all(32);
    talk(&span);
    uint64_t end_ns = now_ns() + 2ull * SECOND_NS;
    while (received < sent * (MEMBERS - 1) && now_ns() < end_ns)
        net_poll(SECOND_NS / 100);
    report_voice(&span, calls);
}
