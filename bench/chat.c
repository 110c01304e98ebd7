/* chat.c - people who whisper in pairs at a steady pace, open loop, while
 * something else goes on: how long does a message of theirs take? */
#include <stdio.h>

#include "bench.h"

static uint32_t first, count;
static uint64_t interval_ns, next_ns;
static uint32_t turn;
static struct histogram *taken;
static struct histogram lag; /* how late this program itself spoke */

void chat_init(uint32_t first_id, unsigned members, unsigned per_second)
{
    first = first_id;
    count = members;
    interval_ns = SECOND_NS / per_second;
    next_ns = now_ns();
}

static void speak(void)
{
    struct conn *conn = &conns[first + turn++ % count];
    net_publish(conn, first + ((conn->id - first) ^ 1), payload_next(conn, TEXT_SIZE));
}

void chat_turn(struct histogram *latency)
{
    uint64_t now = now_ns();
    taken = latency;
    if (now > next_ns + SECOND_NS)
        next_ns = now; /* it was not wanted for a while */
    for (; next_ns <= now; next_ns += interval_ns) {
        histogram_add(&lag, now - next_ns);
        speak();
    }
    net_poll((int64_t)(next_ns - now));
}

/* Returns false when the message is not the chat's. */
bool chat_take(struct conn *conn, struct cw_slice bytes)
{
    if (conn->id < first || conn->id >= first + count)
        return false;
    struct payload payload = payload_check(bytes);
    if (payload.sender != first + ((conn->id - first) ^ 1) ||
        payload.sequence != conn->sequence_in++)
        die("client %u: message %u of %u came out of order", conn->id, payload.sequence,
            payload.sender);
    histogram_add(taken, now_ns() - payload.time_ns);
    return true;
}

void chat_run(double seconds, struct histogram *latency)
{
    uint64_t end_ns = now_ns() + (uint64_t)(seconds * SECOND_NS);
    histogram_clear(latency);
    while (now_ns() < end_ns)
        chat_turn(latency);
}

void chat_report(const char *prefix, struct histogram *latency)
{
    char metric[64];
    report_latency(prefix, latency);
    snprintf(metric, sizeof metric, "%slag_p99_us", prefix);
    report(metric, histogram_us(&lag, 0.99));
    histogram_clear(&lag);
    histogram_clear(latency);
}

bool chat_done(void)
{
    for (uint32_t i = first; i < first + count; i++)
        if (conns[i].sequence_in != conns[first + ((i - first) ^ 1)].sequence_out ||
            conns[i].answered != conns[i].asked)
            return false;
    return true;
}
