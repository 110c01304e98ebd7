/* work_bigvoice.c - the largest voice messages there are, one after another, to
 * one person, while others chat: do the others notice? */
#include <string.h>

#include "base/alloc.h"
#include "bench.h"

#define CHAT_RATE 2000 /* whispers a second */
#define PAUSE_NS  (SECOND_NS / 10)
/* With 3 bytes a sample as near to 16 MiB as whole samples come: 116 s. */
#define SAMPLES ((16u * 1024 * 1024 - 256) / 3)

static struct cw_buf recording;
static struct histogram latency, transfer;
static uint32_t arrived;
static uint64_t sent_ns;

static void record(unsigned samples)
{
    uint8_t head[5] = {0xdd, (uint8_t)(samples >> 24), (uint8_t)(samples >> 16),
                       (uint8_t)(samples >> 8), (uint8_t)samples};
    cw_buf_append(&recording, head, sizeof head);
    for (unsigned i = 0; i < samples; i++) {
        uint16_t wave = (uint16_t)(i * 2654435761u >> 16);
        uint8_t sample[3] = {0xd1, (uint8_t)(wave >> 8), (uint8_t)wave};
        cw_buf_append(&recording, sample, sizeof sample);
    }
}

static void take(struct conn *conn, struct cw_slice payload)
{
    if (conn->id != 1) {
        if (!chat_take(conn, payload))
            die("client %u: a message for nobody", conn->id);
        return;
    }
    if (payload.n != recording.n || memcmp(payload.p, recording.p, payload.n) != 0)
        die("the voice message came changed");
    arrived++;
    histogram_add(&transfer, now_ns() - sent_ns);
}

static void send_for(double seconds)
{
    uint64_t end_ns = now_ns() + (uint64_t)(seconds * SECOND_NS), next_ns = now_ns();
    uint32_t sent = 0;
    histogram_clear(&latency);
    while (now_ns() < end_ns || arrived != sent) {
        if (arrived == sent && sent == conns[0].answered && now_ns() >= next_ns) {
            sent_ns = now_ns();
            next_ns = sent_ns + PAUSE_NS;
            chinwag_voice_message(&conns[0], 1, cw_buf_slice(&recording));
            sent++;
        }
        chat_turn(&latency);
    }
}

void work_bigvoice(unsigned members)
{
    on_message = take;
    record(run.smoke ? 100000 : SAMPLES);
    net_init(members + 2);
    for (unsigned i = 0; i < members + 2; i++)
        net_add_person();
    net_connect_all(32);
    chat_init(2, members, CHAT_RATE);
    report_params("chatting=%u MiB=%.0f", members, (double)recording.n / 1048576);
    chat_run(run.seconds, &latency);
    chat_report("chat_without_", &latency);
    send_for(run.seconds);
    chat_report("chat_with_", &latency);
    report("transfer_p50_ms", histogram_us(&transfer, 0.5) / 1000);
    report("rss_mib", server_rss_kib() / 1024);
    net_wait(chat_done, "the chat's last messages");
}
