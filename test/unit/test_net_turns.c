/* test_net_turns.c - src/net/turn.c: how much of long frames is encrypted and decrypted in a tick,
 * who is next, what goes on meanwhile, and what is charged. Clients of CURVE send and receive up to
 * 16 MiB while two others exchange short messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_pair.h"
#include "frame/zmtp_curve.h"
#include "net_play.h"

#define MIB            (1024u * 1024)
#define MEMORY         (64 * MIB)
#define SLICES         6 /* of the frame that is sent to several ... */
#define SHARED         (SLICES * CW_SEAL_SLICE - 1000) /* ... a body of so many bytes */
#define TOO_MANY_TICKS 5000
/* Beside the body: short frames of chatters, octets of flags. */
#define LITTLE 400

static struct net_play play;
static struct cw_port port;

/* --- counting ------------------------------------------------------------------------------- */

static size_t sealed_n, opened_n;    /* long frames in this tick, by the server */
static const uint8_t *sealed_for[8]; /* keys of connections, by the order of their first slices */
static char order[4096];             /* one letter a slice, from 'A' on */
static bool own_side;                /* our client encrypts or decrypts */

void __real_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared);
void __wrap_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared);
void __real_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared);
void __wrap_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared);
void __real_cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t *nonce,
                        const uint8_t *shared);
void __wrap_cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t *nonce,
                        const uint8_t *shared);

static void note_slice(const uint8_t *shared)
{
    size_t i = 0, used = strlen(order);
    while (sealed_for[i] != NULL && sealed_for[i] != shared)
        i++;
    assert_true(i < 8 && used + 1 < sizeof order);
    sealed_for[i] = shared;
    order[used] = (char)('A' + i);
    order[used + 1] = '\0';
}

void __wrap_cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain,
                             size_t n, const uint8_t *shared)
{
    if (!own_side) {
        sealed_n += n;
        if (n > 1000)
            note_slice(shared);
    }
    __real_cw_box_seal_part(parts, to, plain, n, shared);
}

void __wrap_cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                             const uint8_t *shared)
{
    opened_n += own_side ? 0 : n;
    __real_cw_box_open_part(parts, bytes, n, shared);
}

void __wrap_cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t *nonce,
                        const uint8_t *shared)
{
    sealed_n += own_side ? 0 : n;
    __real_cw_box_seal(box, plain, n, nonce, shared);
}

/* --- clients by CURVE --------------------------------------------------------------------- */

struct client {
    struct net_play_client at;
    struct cw_framer *framer;
    struct cw_buf out, wire; /* plain; sealed, of which `sent` bytes went out */
    size_t sent;
    size_t messages, last_n; /* that were received; the length of the last */
    bool ready;
};

static void seal_own(struct client *client)
{
    struct cw_slice plain = cw_buf_slice(&client->out);
    own_side = true;
    if (plain.n != 0)
        cw_framer_seal(client->framer, &plain, 1, &client->wire);
    own_side = false;
    client->out.n = 0;
}

/* As much as the socket takes. */
static void send_more(struct client *client)
{
    seal_own(client);
    while (client->sent < client->wire.n) {
        ssize_t n = send(client->at.fd, client->wire.p + client->sent,
                         client->wire.n - client->sent, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        client->sent += (size_t)n;
    }
    client->wire.n = client->sent = 0;
}

static void note(struct client *client, const struct cw_framer_event *event)
{
    assert_int_not_equal(event->type, CW_FRAMER_FAILED);
    client->ready |= event->type == CW_FRAMER_READY;
    if (event->type != CW_FRAMER_MESSAGE)
        return;
    client->messages++;
    client->last_n = event->body.n;
    for (size_t i = 0; i < event->body.n; i += 97)
        assert_int_equal(event->body.p[i], 'x'); /* net_play_send */
}

/* Reads at most n bytes. Returns how many came. */
static size_t read_some(struct client *client, size_t n)
{
    static uint8_t chunk[256 * 1024];
    ssize_t got = recv(client->at.fd, chunk, n < sizeof chunk ? n : sizeof chunk, 0);
    if (got <= 0)
        return 0;
    struct cw_slice in = cw_slice_of(chunk, (size_t)got);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    own_side = true;
    while (event.type != CW_FRAMER_NEED_MORE) {
        event = cw_framer_input(client->framer, &in, &client->out);
        note(client, &event);
    }
    own_side = false;
    return (size_t)got;
}

static void read_all(struct client *client)
{
    while (read_some(client, SIZE_MAX) != 0)
        ;
}

static void connect_curve(struct client *client, char name, uint64_t user)
{
    char ready[] = "ready ?; ";
    ready[6] = name;
    *client = (struct client){.framer = cw_zmtp_create(CW_FRAMER_CLIENT, 16 * MIB)};
    cw_zmtp_use_curve(client->framer, &client_keys);
    net_play_accept(&play, &client->at, name, &port);
    own_side = true;
    cw_framer_start(client->framer, &client->out);
    own_side = false;
    for (int i = 0; i < 4; i++) {
        send_more(client);
        net_play_pass(&play, 0);
        read_all(client);
    }
    assert_true(client->ready);
    net_play_expect(&play, ready);
    cw_net_set_user(play.net, client->at.id, user);
}

static void free_client(struct client *client)
{
    cw_framer_destroy(client->framer);
    cw_buf_finish(&client->out);
    cw_buf_finish(&client->wire);
}

static void leave(struct client *client)
{
    net_play_hang_up(&client->at);
    free_client(client);
}

/* What it has to say is encrypted at once, and sent by send_more. */
static void say_n(struct client *client, size_t n)
{
    uint8_t *body = cw_alloc_zero(n);
    cw_framer_put(client->framer, cw_slice_of(body, n), &client->out);
    seal_own(client);
    free(body);
}

static struct peer *peer_of(const struct client *client)
{
    return net_play_peer(&play, &client->at);
}

static int set_up(void **state)
{
    (void)state;
    make_keys();
    port = (struct cw_port){.plaintext = true, .curve = &server_keys};
    net_play_begin(&play, MEMORY);
    memset(sealed_for, 0, sizeof sealed_for);
    order[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    net_play_end(&play);
    return 0;
}

/* --- one tick ----------------------------------------------------------------------------- */

/* No tick encrypts more than its share, and none decrypts more than one read for each sender. */
static void tick(size_t senders)
{
    sealed_n = opened_n = 0;
    uv_run(&play.loop, UV_RUN_NOWAIT); /* as the server: one flush, at the end */
    cw_net_flush(play.net);
    cw_net_check(play.net);
    assert_in_range(sealed_n, 0, CW_SEAL_PER_TICK + CW_SEAL_SLICE + LITTLE);
    assert_in_range(opened_n, 0, senders * CW_READ_CHUNK);
}

/* In each tick the net sends a short message to one, and another one sends one: both arrive. */
struct chatters {
    struct client hears;
    struct net_play_client says;
    size_t ticks;
};

static void begin_chat(struct chatters *chat)
{
    *chat = (struct chatters){0};
    connect_curve(&chat->hears, 'h', 8);
    net_play_connect(&play, &chat->says, 's', NET_PLAY_ZMTP_3_1);
}

static void chat_on(struct chatters *chat, size_t senders)
{
    net_play_send(&play, &chat->hears.at, 100);
    net_play_say(&chat->says, 50, 50);
    tick(senders);
    read_all(&chat->hears);
    assert_int_equal(chat->hears.messages, ++chat->ticks);
    char *heard = strstr(play.reports, "message s 50; ");
    assert_non_null(heard);
    memmove(heard, heard + 14, strlen(heard + 14) + 1);
    assert_true(chat->ticks < TOO_MANY_TICKS);
}

static void end_chat(struct chatters *chat)
{
    leave(&chat->hears);
    net_play_hang_up(&chat->says);
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
}

/* --- tests -------------------------------------------------------------------------------- */

static void sixteen_mib_both_ways_while_others_chat(void **state)
{
    (void)state;
    const size_t n = 16 * MIB, own_max = CW_SEAL_SLICE + CW_OUT_SCRATCH;
    struct client up, down;
    struct chatters chat;
    begin_chat(&chat);
    connect_curve(&up, 'u', 1);
    connect_curve(&down, 'd', 2);
    say_n(&up, n);
    net_play_send(&play, &down.at, n);
    net_play_send(&play, &down.at, 5); /* stays behind it */
    while (down.messages < 2 || up.sent != 0 || up.wire.n != 0) {
        send_more(&up);
        chat_on(&chat, 1);
        assert_true(peer_of(&down)->own_charged <= own_max); /* no copy of 16 MiB */
        if (up.wire.n != 0)
            assert_true(peer_of(&up)->in_charged >= n); /* before it is there */
        read_all(&down);
    }
    assert_int_equal(down.last_n, 5);
    for (int i = 0; i < 5; i++)
        chat_on(&chat, 1);
    net_play_expect(&play, "full d; message u 16777216; empty d; ");
    assert_int_equal(peer_of(&up)->account->held, 0);
    assert_int_equal(peer_of(&down)->account->held, 0);
    leave(&up);
    leave(&down);
    end_chat(&chat);
}

/* Each has one slice in its turn: first all of the frame for its tag, then all of it to be sent. */
static void three_who_receive_it_take_turns(void **state)
{
    (void)state;
    struct client clients[3];
    const cw_net_id *ids[3];
    char wanted[3 * 2 * SLICES + 1];
    for (size_t i = 0; i < 3; i++) {
        connect_curve(&clients[i], (char)('a' + i), i + 1);
        ids[i] = &clients[i].at.id;
    }
    struct cw_body *body = cw_body_create(cw_net_pools(play.net), SHARED);
    memset(body->bytes, 'x', SHARED);
    for (size_t i = 0; i < 3; i++)
        cw_net_send(play.net, ids[i], 1, body, false, CW_NET_UPDATE);
    cw_body_release(body);
    for (size_t ticks = 0; clients[2].messages == 0 || ticks < 2; ticks++) {
        tick(0);
        for (size_t i = 0; i < 3; i++)
            read_all(&clients[i]);
        assert_true(ticks < 100);
    }
    for (size_t i = 0; i < sizeof wanted - 1; i++)
        wanted[i] = "ABC"[i % 3];
    wanted[sizeof wanted - 1] = '\0';
    assert_string_equal(order, wanted);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(clients[i].messages, 1);
        assert_int_equal(clients[i].last_n, SHARED);
        leave(&clients[i]);
    }
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
}

/* A reader that takes nothing has no turn, so it holds up nobody. */
static void who_reads_nothing_does_not_delay_the_next(void **state)
{
    (void)state;
    struct client stuck, reads;
    connect_curve(&stuck, 'a', 1);
    connect_curve(&reads, 'b', 2);
    net_play_send(&play, &stuck.at, 4 * MIB);
    for (int i = 0; i < 300; i++)
        tick(0);
    assert_true(peer_of(&stuck)->blocked && peer_of(&stuck)->turn == NULL);
    assert_true(peer_of(&stuck)->own_charged <= CW_SEAL_SLICE + CW_OUT_SCRATCH);
    order[0] = '\0';
    net_play_send(&play, &reads.at, SHARED);
    for (int i = 0; i < 2 * SLICES + 1; i++) {
        tick(0);
        read_all(&reads);
    }
    assert_int_equal(reads.messages, 1);
    assert_string_equal(order, "BBBBBBBBBBBB");
    for (int i = 0; stuck.messages == 0 && i < 300; i++) {
        read_all(&stuck);
        tick(0);
    }
    assert_int_equal(stuck.last_n, 4 * MIB);
    leave(&stuck);
    leave(&reads);
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
}

/* At each slice one of those who wait is closed in another way; then the others go on. */
static void connections_close_between_slices(void **state)
{
    (void)state;
    for (int slices = 0; slices < 2 * SLICES + 2; slices++)
        for (int how = 0; how < 3; how++) {
            struct client goes, stays;
            connect_curve(&goes, 'a', 1);
            connect_curve(&stays, 'b', 2);
            net_play_send(&play, &goes.at, SHARED);
            net_play_send(&play, &stays.at, SHARED);
            for (int i = 0; i < slices; i++)
                tick(0);
            if (how == 0)
                net_play_hang_up(&goes.at);
            else if (how == 1)
                cw_net_drop(play.net, goes.at.id, NULL);
            else
                cw_net_close(play.net, goes.at.id, NULL);
            for (int i = 0; stays.messages == 0 || i < 4 * SLICES; i++) {
                assert_true(i < 100);
                tick(0);
                read_all(&stays);
                if (how == 2)
                    read_all(&goes);
            }
            assert_int_equal(goes.messages, how == 2); /* gently: what was queued is sent */
            if (how != 0)
                net_play_hang_up(&goes.at);
            free_client(&goes);
            leave(&stays);
            net_play_pass(&play, 0);
            assert_int_equal(play.net->connections, 0);
            assert_int_equal(play.ledger.held, 0);
            play.reports[0] = '\0';
            memset(sealed_for, 0, sizeof sealed_for);
            order[0] = '\0';
        }
}

static void one_who_sends_closes_in_the_middle(void **state)
{
    (void)state;
    struct client up;
    connect_curve(&up, 'u', 1);
    say_n(&up, 2 * MIB);
    for (int i = 0; i < 5; i++) {
        send_more(&up);
        tick(1);
    }
    assert_true(play.ledger.held >= 2 * MIB);
    leave(&up);
    for (int i = 0; i < 10; i++)
        tick(1);
    net_play_expect(&play, "closed u; ");
    assert_int_equal(play.ledger.held, 0);
}

/* tear_down destroys the net while two wait. */
static void the_net_ends_while_they_wait(void **state)
{
    (void)state;
    static struct client a, b;
    connect_curve(&a, 'a', 1);
    connect_curve(&b, 'b', 2);
    net_play_send(&play, &a.at, SHARED);
    net_play_send(&play, &b.at, SHARED);
    tick(0);
    assert_true(peer_of(&a)->turn != NULL && peer_of(&b)->turn != NULL);
    assert_int_equal(peer_of(&a)->own_charged,
                     peer_of(&a)->out.messages.capacity * sizeof(struct cw_out_entry) +
                         CW_FRAMER_SEALING_MEMORY);
    play.reports[0] = '\0';
    leave(&a);
    leave(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sixteen_mib_both_ways_while_others_chat),   TEST(three_who_receive_it_take_turns),
        TEST(who_reads_nothing_does_not_delay_the_next), TEST(connections_close_between_slices),
        TEST(one_who_sends_closes_in_the_middle),        TEST(the_net_ends_while_they_wait),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("net_turns", tests, NULL, NULL);
}
