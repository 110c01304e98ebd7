/* work_storm.c - everybody comes back at once: a server that has just been
 * started again, thousands of attaches by token, and a chat that goes on. */
#include "bench.h"

#define CHATTERS  100
#define CHAT_RATE 1000 /* whispers a second */
#define AT_ONCE   512  /* connections on their way to a session */
#define PER_TURN  16   /* so that the chat's clock stays good */

static unsigned storm_size;
static struct histogram latency;

static void take(struct conn *conn, struct cw_slice payload)
{
    if (!chat_take(conn, payload))
        die("client %u: a message for nobody", conn->id);
}

static bool chatters_are_back(void)
{
    uint32_t ready = 0;
    while (ready < CHATTERS && conns[ready].ready)
        ready++;
    return ready == CHATTERS;
}

static void close_storm(void)
{
    for (uint32_t i = CHATTERS; i < conn_count; i++)
        net_close(&conns[i]);
}

/* Returns how long it took. */
static double storm(void)
{
    uint64_t start_ns = now_ns();
    uint32_t started = CHATTERS, ready = CHATTERS;
    while (ready < conn_count) {
        for (unsigned i = 0;
             i < PER_TURN && started < conn_count && started < ready + AT_ONCE && net_may_connect();
             i++)
            net_connect(&conns[started++]);
        chat_turn(&latency);
        while (ready < started && conns[ready].ready)
            ready++;
        if (now_ns() - start_ns > 60ull * SECOND_NS)
            die("%u of %u attached within a minute", ready - CHATTERS, storm_size);
    }
    return (double)(now_ns() - start_ns) / SECOND_NS;
}

void work_storm(unsigned sessions)
{
    storm_size = sessions;
    on_message = take;
    net_init(CHATTERS + sessions);
    for (unsigned i = 0; i < CHATTERS + sessions; i++)
        net_add_person();
    net_connect_all(32);
    net_close_all();
    server_restart();
    for (uint32_t i = 0; i < CHATTERS; i++) {
        while (!net_may_connect())
            net_poll(SECOND_NS / 1000);
        net_connect(&conns[i]);
    }
    chat_init(0, CHATTERS, CHAT_RATE);
    report_params("sessions=%u", sessions);
    net_wait(chatters_are_back, "the chatters' attaches");
    net_poll_until(now_ns() + SECOND_NS / 5);
    chat_run(run.seconds, &latency);
    chat_report("chat_before_", &latency);
    report("attach_all_s", storm());
    chat_report("chat_during_", &latency);
    net_wait(chat_done, "the chat's last messages");
    close_storm();
}
