/* work_slow.c - a fifth of a group stops reading: do the others notice, and
 * what does the server keep for those who stopped? Afterwards they read on,
 * and must find every message, in order. */
#include "bench.h"

#define BURST_SIZE 4000 /* the longest text: fills queues quickly */
#define BURST      200
#define BURST_MIN  20 /* in a test */
#define WINDOW     4
#define PACE       20 /* messages a second */

static uint32_t members, stalled;
static uint64_t received, expected;
static struct histogram latency;
static bool measuring;

static void take(struct conn *conn, struct cw_slice bytes)
{
    struct payload payload = payload_check(bytes);
    if (payload.sequence != conn->sequence_in++)
        die("client %u: message %u came where %u was due", conn->id, payload.sequence,
            conn->sequence_in - 1);
    if (conn->id <= members - stalled) {
        received++;
        if (measuring)
            histogram_add(&latency, now_ns() - payload.time_ns);
    }
}

static void speak(size_t size)
{
    net_publish(&conns[0], GROUP(0), payload_next(&conns[0], size));
    expected += members - stalled;
}

static bool readers_done(void)
{
    return received == expected && conns[0].answered == conns[0].asked;
}

static void speak_at_pace(void)
{
    uint64_t next_ns = now_ns(), end_ns = next_ns + (uint64_t)(run.seconds * SECOND_NS);
    histogram_clear(&latency);
    measuring = true;
    for (; next_ns < end_ns; next_ns += SECOND_NS / PACE) {
        speak(TEXT_SIZE);
        net_poll_until(next_ns + SECOND_NS / PACE);
    }
    net_wait(readers_done, "the readers");
    measuring = false;
}

static void burst(void)
{
    for (unsigned i = 0; i < (run.smoke ? BURST_MIN : BURST); i++) {
        speak(BURST_SIZE);
        while (received + (uint64_t)(members - stalled) * WINDOW < expected)
            net_poll(SECOND_NS / 10);
    }
    net_wait(readers_done, "the readers");
}

static void stall(bool on)
{
    for (uint32_t i = members - members / 5 + 1; i <= members; i++)
        net_stall(&conns[i], on);
}

static bool everybody_done(void)
{
    for (uint32_t i = 1; i <= members; i++)
        if (conns[i].sequence_in != conns[0].sequence_out)
            return false;
    return true;
}

void work_slow(unsigned n)
{
    members = n;
    stalled = n / 5;
    on_message = take;
    net_init(n + 1);
    net_add(GROUP(0));
    for (unsigned i = 1; i <= n; i++)
        net_add(GROUP(0))->small_window = i > n - stalled;
    net_connect_all(32);
    report_params("members=%u stalled=%u", members, stalled);
    speak_at_pace();
    report_latency("without_", &latency);
    report("rss_before_mib", server_rss_kib() / 1024);
    stall(true);
    burst();
    speak_at_pace();
    report_latency("with_", &latency);
    report("rss_mib", server_rss_kib() / 1024);
    stall(false);
    uint64_t start_ns = now_ns();
    net_wait(everybody_done, "those who read on");
    report("catch_up_s", (double)(now_ns() - start_ns) / SECOND_NS);
}
