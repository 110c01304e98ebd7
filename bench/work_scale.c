/* work_scale.c - does a delivery cost more because there are more groups or more
 * connections? A message at a time to ten people. (More members: work_fanout.) */
#include <string.h>

#include "base/alloc.h"
#include "bench.h"

#define MEMBERS 10
#define CROWD   1000 /* connections that share the groups */

static uint8_t current[TEXT_SIZE];
static uint32_t sequence, seen, groups, crowd;
static uint64_t deliveries;

static void take(struct conn *conn, struct cw_slice payload)
{
    if (payload.n != TEXT_SIZE || memcmp(payload.p, current, TEXT_SIZE) != 0 ||
        conn->sequence_in == sequence)
        die("client %u: message %u came changed or twice", conn->id, sequence);
    conn->sequence_in = sequence;
    seen++;
    deliveries++;
}

static bool reached(void)
{
    return seen == MEMBERS - 1;
}

/* Group g has the members 10 g, 10 g + 1, ...; the first speaks. */
static void speak(uint32_t group)
{
    struct conn *conn = &conns[group * MEMBERS % crowd];
    struct payload payload = {now_ns(), ++sequence, conn->id};
    struct cw_slice bytes = payload_make(TEXT_SIZE, payload);
    memcpy(current, bytes.p, bytes.n);
    seen = 0;
    net_publish(conn, GROUP(group), bytes);
    net_wait(reached, "a message");
}

static void speak_for(double seconds)
{
    uint64_t end_ns = now_ns() + (uint64_t)(seconds * SECOND_NS);
    while (now_ns() < end_ns)
        speak(sequence % groups);
}

static void measure(void)
{
    struct span span;
    speak_for(run.seconds / 4);
    uint64_t before = deliveries;
    span_start(&span);
    speak_for(run.seconds);
    span_stop(&span);
    double count = (double)(deliveries - before);
    report("cpu_us_per_delivery", span.server_s / count * 1e6);
    report("deliveries_per_s", count / span.wall_s);
}

/* The connection is in the groups whose members it is among. */
static void join_groups(struct conn *conn)
{
    uint32_t most = groups * MEMBERS / crowd + 1, *channels = cw_alloc(most * sizeof *channels);
    conn->channels = channels;
    for (uint32_t g = conn->id / MEMBERS; g < groups; g += crowd / MEMBERS)
        channels[conn->channel_count++] = GROUP(g);
    if (conn->channel_count == 0)
        conn->channels = NULL;
}

void work_groups(unsigned n)
{
    groups = n;
    crowd = CROWD;
    on_message = take;
    net_init(crowd);
    for (uint32_t i = 0; i < crowd; i++)
        join_groups(net_add(NOBODY));
    net_connect_all(32);
    report_params("groups=%u", n);
    measure();
}

void work_connections(unsigned n)
{
    groups = 1;
    crowd = n;
    on_message = take;
    net_init(n);
    for (uint32_t i = 0; i < n; i++)
        net_add(i < MEMBERS ? GROUP(0) : NOBODY);
    net_connect_all(32);
    report_params("connections=%u", n);
    measure();
}
