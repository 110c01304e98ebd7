/* work_single.c - one sender, one durable whisper at a time: what a commit
 * costs, beside a commit of SQLite's and a sync of the disk in the same run. */
#include "bench.h"

static struct histogram answer, delivery;
static uint64_t sent_ns;

static void take(struct conn *conn, struct cw_slice bytes)
{
    struct payload payload = payload_check(bytes);
    if (conn->id != 1 || payload.sequence != conn->sequence_in++)
        die("message %u came out of order", payload.sequence);
    histogram_add(&delivery, now_ns() - sent_ns);
}

static bool answered(void)
{
    return conns[0].answered == conns[0].asked && conns[1].sequence_in == conns[0].sequence_out;
}

static uint64_t speak_for(double seconds)
{
    uint64_t end_ns = now_ns() + (uint64_t)(seconds * SECOND_NS), count = 0;
    for (; now_ns() < end_ns; count++) {
        struct cw_slice payload = payload_next(&conns[0], TEXT_SIZE);
        sent_ns = now_ns();
        net_publish(&conns[0], 1, payload);
        while (conns[0].answered != conns[0].asked)
            net_poll(SECOND_NS / 10);
        histogram_add(&answer, now_ns() - sent_ns);
        net_wait(answered, "a whisper");
    }
    return count;
}

void work_single(unsigned unused)
{
    struct span span;
    (void)unused;
    on_message = take;
    net_init(2);
    net_add_person();
    net_add_person();
    net_connect_all(2);
    report_params("rows=1");
    pin_to_core(SERVER_CORE); /* the disk's interrupts make cores differ */
    durable_sqlite("sqlite", true, 1, &answer);
    durable_log("fdatasync", 1, &answer);
    pin_to_core(GENERATOR_CORE);
    speak_for(run.seconds / 4);
    histogram_clear(&answer);
    histogram_clear(&delivery);
    span_start(&span);
    uint64_t count = speak_for(run.seconds);
    span_stop(&span);
    report("rows_per_s", (double)count / span.wall_s);
    report_latency("", &answer);
    report_latency("delivery_", &delivery);
    report("cpu_us_per_message", span.server_s / (double)count * 1e6);
}
