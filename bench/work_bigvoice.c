/* work_bigvoice.c - the largest voice messages there are, one after another, to
 * one person, while others chat: do the others notice?
 *
 * Sender and recipient are on a thread of their own, of the lowest priority, so
 * that what they do with 16 MiB does not show as the chat's delay. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "bench.h"

#define CHAT_RATE 2000 /* whispers a second */
#define PAUSE_NS  (SECOND_NS / 10)
/* With 3 bytes a sample as near to 16 MiB as whole samples come: 116 s. */
#define SAMPLES ((16u * 1024 * 1024 - 256) / 3)
#define PIECE   (64u * 1024)

static struct cw_buf recording;
static struct histogram latency, transfer;
static atomic_bool enough;

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
    if (!chat_take(conn, payload))
        die("client %u: a message for nobody", conn->id);
}

/* --- the thread ----------------------------------------------------------------------- */

static void check_recording(struct cw_slice payload)
{
    if (payload.n != recording.n || memcmp(payload.p, recording.p, payload.n) != 0)
        die("the voice message came changed");
}

/* Returns how many voice messages came. */
static uint32_t read_piece(struct conn *conn)
{
    uint32_t came = 0;
    ssize_t n = recv(conn->fd, cw_buf_reserve(&conn->in, PIECE), PIECE, 0);
    if (n <= 0)
        die("client %u: the server closed the connection", conn->id);
    conn->in.n += (size_t)n;
    for (size_t used; conn->in.n != 0; cw_buf_consume(&conn->in, used)) {
        struct event event = {0};
        used = run.protocol->parse(conn, conn->in.p, conn->in.n, &event);
        if (used == 0)
            break;
        if (event.type == EVENT_MESSAGE) {
            check_recording(event.payload);
            came++;
        }
    }
    return came;
}

static void write_piece(struct conn *conn)
{
    size_t left = conn->out.n - conn->sent;
    ssize_t n = send(conn->fd, conn->out.p + conn->sent, left < PIECE ? left : PIECE, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        die("client %u: cannot send: %s", conn->id, strerror(errno));
    conn->sent += n > 0 ? (size_t)n : 0;
    if (conn->sent == conn->out.n)
        conn->sent = conn->out.n = 0;
}

/* Both ends, until there is nothing to do for `wait_ms`. Returns what came. */
static uint32_t turn(int wait_ms)
{
    uint32_t came = 0;
    struct pollfd ends[2];
    for (int i = 0; i < 2; i++)
        ends[i] = (struct pollfd){
            .fd = conns[i].fd, .events = (short)(conns[i].out.n != 0 ? POLLIN | POLLOUT : POLLIN)};
    poll(ends, 2, wait_ms);
    for (int i = 0; i < 2; i++) {
        if (ends[i].revents & (POLLIN | POLLHUP | POLLERR))
            came += read_piece(&conns[i]);
        if (ends[i].revents & POLLOUT)
            write_piece(&conns[i]);
    }
    return came;
}

static void pass_one(void)
{
    uint64_t sent_ns = now_ns();
    uint32_t arrived = 0;
    chinwag_voice_message(&conns[0], 1, cw_buf_slice(&recording));
    while (arrived == 0 || conns[0].answered != conns[0].asked)
        arrived += turn(1000);
    if (arrived != 1)
        die("the voice message came twice");
    histogram_add(&transfer, now_ns() - sent_ns);
    for (uint64_t end_ns = sent_ns + PAUSE_NS; now_ns() < end_ns;)
        if (turn(5) != 0)
            die("the voice message came twice");
}

static void *pass_voices(void *unused)
{
    (void)unused;
    setpriority(PRIO_PROCESS, 0, 19); /* Linux: this thread's */
    do
        pass_one();
    while (!atomic_load(&enough));
    return NULL;
}

static void chat_beside_voices(void)
{
    pthread_t thread;
    net_give_away(&conns[0]);
    net_give_away(&conns[1]);
    if (pthread_create(&thread, NULL, pass_voices, NULL) != 0)
        die("no thread");
    chat_run(run.seconds, &latency);
    atomic_store(&enough, true);
    pthread_join(thread, NULL);
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
    chat_beside_voices();
    chat_report("chat_with_", &latency);
    report("transfer_p50_ms", histogram_us(&transfer, 0.5) / 1000);
    report("rss_mib", server_rss_kib() / 1024);
    net_wait(chat_done, "the chat's last messages");
}
