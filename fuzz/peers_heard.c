/* peers_heard.c - what the server and its clients hear of each other: see peers.h and, for what is
 * promised, fuzz_peer.c. */
#include <sys/socket.h>

#include "peers.h"

#define KEPT_N 3000 /* a message of so many bytes is worked on elsewhere */

struct peers peers;

struct conn *peers_conn(cw_net_id id)
{
    for (size_t i = 0; i < PEERS_CONNS; i++)
        if (peers.conns[i].open && peers.conns[i].id == id)
            return &peers.conns[i];
    return NULL;
}

/* --- what the server hears --------------------------------------------------------------- */

static void on_opened(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    CHECK(context == &peers && peers.accepting != NULL && peer->account != NULL);
    peers.accepting->id = id;
    peers.accepting->open = true;
}

static void on_crowded(void *context)
{
    CHECK(context == &peers);
}

static void on_answered(void *context, cw_net_id id)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL && !conn->ready);
}

static void on_ready(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL && !conn->ready);
    CHECK(peer->account == cw_net_account(peers.net, id));
    conn->ready = true;
}

void peers_release_kept(struct conn *conn)
{
    if (conn->kept == NULL)
        return;
    free(conn->kept);
    conn->kept = NULL;
    cw_account_give(conn->kept_account, conn->kept_charged);
    cw_account_release(conn->kept_account);
}

static void on_message(void *context, cw_net_id id, struct cw_slice body, bool envelope)
{
    struct conn *conn = peers_conn(id);
    unsigned sum = envelope;
    CHECK(context == &peers && conn != NULL && conn->ready && !conn->on_hold);
    CHECK(body.n <= CW_VOICE_MESSAGE_MAX);
    for (size_t i = 0; i < body.n; i++)
        sum += body.p[i];
    if (body.n < KEPT_N || sum % 2 == 0)
        return;
    CHECK(conn->kept == NULL);
    conn->on_hold = true;
    cw_net_hold(peers.net, id, true);
    conn->kept = cw_net_keep(peers.net, id, body).memory;
    conn->kept_account = cw_account_refer(cw_net_account(peers.net, id));
    conn->kept_charged = cw_account_size(body.n);
    cw_account_charge(conn->kept_account, conn->kept_charged);
}

static void on_head(void *context, cw_net_id id, struct cw_slice head, bool envelope)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL && conn->ready && !conn->on_hold);
    CHECK(head.n == CW_FRAMER_JUDGED_N);
    if (peers.heads++ % 2 == 0)
        cw_net_set_user(peers.net, id, 1 + envelope);
}

static void on_refused(void *context, cw_net_id id)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL && conn->ready && !conn->on_hold);
}

static void on_closed(void *context, cw_net_id id)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL);
    conn->open = false;
    peers_release_kept(conn);
}

static void on_received(void *context, cw_net_id id, uint64_t mark)
{
    struct conn *conn = peers_conn(id);
    CHECK(context == &peers && conn != NULL && conn->ready);
    if (mark > conn->last_mark) /* a PONG to what nobody asked */
        return;
    conn->answered_mark = mark;
}

static void on_queue(void *context, cw_net_id id)
{
    CHECK(context == &peers && peers_conn(id) != NULL && peers_conn(id)->ready);
}

static void on_log(void *context, const char *peer, const char *reason)
{
    CHECK(context == &peers && peer[0] != 0 && reason[0] != 0);
}

const struct cw_net_handlers peers_handlers = {.opened = on_opened,
                                               .crowded = on_crowded,
                                               .answered = on_answered,
                                               .ready = on_ready,
                                               .message = on_message,
                                               .head = on_head,
                                               .refused = on_refused,
                                               .closed = on_closed,
                                               .received = on_received,
                                               .queue_full = on_queue,
                                               .queue_empty = on_queue,
                                               .log = on_log};

/* --- what a client hears ------------------------------------------------------------------- */

static void hear(struct conn *conn, const struct cw_framer_event *event)
{
    uint32_t number;
    CHECK(event->body.n >= sizeof number);
    memcpy(&number, event->body.p, sizeof number);
    size_t i = 0;
    while (i < conn->sent_count && conn->sent[i].number != number)
        i++;
    CHECK(i < conn->sent_count);
    const struct sent *sent = &conn->sent[i];
    CHECK(event->body.n == sent->n && event->envelope == sent->envelope);
    for (size_t at = sizeof number; at < event->body.n; at++)
        CHECK(event->body.p[at] == (uint8_t)number);
    if (sent->live) {
        CHECK(number > conn->last_live);
        conn->last_live = number;
        return;
    }
    size_t before = 0;
    for (size_t other = 0; other < i; other++)
        before += !conn->sent[other].live;
    CHECK(before == conn->read_messages);
    conn->read_messages++;
}

static void listen_to(struct conn *conn, struct cw_slice in)
{
    struct cw_buf out = {0};
    while (!conn->failed) {
        struct cw_framer_event event = cw_framer_input(&conn->client.framer, &in, &out);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        if (event.type == CW_FRAMER_MESSAGE)
            hear(conn, &event);
        conn->failed = event.type == CW_FRAMER_FAILED;
        /* A peer that sends an invalid handshake may get an error first. */
        CHECK(!conn->failed || !conn->ready);
    }
    cw_buf_finish(&out);
}

void peers_client_reads(struct conn *conn, size_t most)
{
    uint8_t piece[16384];
    while (conn->fd >= 0 && most > 0) {
        ssize_t n = recv(conn->fd, piece, most < sizeof piece ? most : sizeof piece, 0);
        if (n <= 0)
            return;
        listen_to(conn, cw_slice_of(piece, (size_t)n));
        most -= (size_t)n;
    }
}
