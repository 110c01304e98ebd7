/* test_net_deadline.c - src/net/deadline.c: when a peer is closed that does not finish its
 * handshake, asks for no more pages, or reads or sends too slowly, by the simulated clock. The
 * clients are framers of ours: ZMTP by CURVE, TLS, and WebSocket inside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <sys/socket.h>

#include "frame/websocket_client.h"
#include "frame/zmtp.h"
#include "net_play.h"
#include "tls_pair.h"

#define MEMORY  (8u * 1024 * 1024)
#define GET     "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define PAGE_N  (512u * 1024)
#define HEAD_N  3 /* of TLS's record: enough for it to have begun */
#define MASKED  "\0\0\0\0"
#define SECOND  1000
#define PIECE_N 1024u

static struct net_play play;
static struct tls_identity identity;
static struct cw_curve_server curve;
static struct cw_port port;
static struct cw_http_site site;
static uint8_t page[PAGE_N];

/* --- a listener for everything --------------------------------------------------------- */

static void answer_page(void *context, const struct cw_http_request *request,
                        struct cw_http_answer *answer)
{
    (void)context;
    answer->status = 200;
    answer->body = cw_slice_of(page, request->path.n == 1 ? 2 : PAGE_N);
}

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

static int make_listener(void **state)
{
    static const char *const hosts[] = {"localhost"};
    (void)state;
    tls_identity_make(&identity);
    curve = (struct cw_curve_server){.random = randombytes_buf, .may_begin = may_begin};
    cw_curve_key_make(&curve.key, randombytes_buf);
    site = (struct cw_http_site){
        .answer = answer_page, .hosts = hosts, .host_count = 1, .upgrades = true, .headers = ""};
    port = (struct cw_port){.plaintext = true,
                            .curve = &curve,
                            .tls = &identity.server,
                            .site = &site,
                            .plain_site = &site,
                            .may_begin_tls = may_begin};
    return sodium_init() < 0;
}

static int finish_listener(void **state)
{
    (void)state;
    tls_identity_finish(&identity);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    net_play_begin(&play, MEMORY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    net_play_end(&play);
    return 0;
}

/* --- clients ------------------------------------------------------------------------------ */

static void accept_one(struct net_play_client *client, char name)
{
    net_play_accept(&play, client, name, &port);
    net_play_expect(&play, "");
}

static void say(const struct net_play_client *client, const char *text)
{
    net_play_bytes(client, text, strlen(text));
    net_play_pass(&play, 0);
}

/* Nothing is reported before `ms` have passed; then this is. */
static void expect_after(unsigned ms, const char *reports)
{
    for (; ms > SECOND; ms -= SECOND)
        net_play_pass(&play, SECOND);
    net_play_pass(&play, ms - 1);
    net_play_expect(&play, "");
    net_play_pass(&play, 1);
    net_play_expect(&play, reports);
}

static size_t read_some(const struct net_play_client *client, size_t n)
{
    static uint8_t bytes[PAGE_N];
    ssize_t got = recv(client->fd, bytes, n, 0);
    return got < 0 ? 0 : (size_t)got;
}

/* The framer's bytes and the server's, until neither has any. */
static void converse(const struct net_play_client *client, struct tls_end *end)
{
    static uint8_t bytes[65536];
    ssize_t n;
    do {
        tls_end_seal(end);
        if (end->wire.n != 0)
            net_play_bytes(client, end->wire.p, end->wire.n);
        end->wire.n = 0;
        net_play_pass(&play, 0);
        n = recv(client->fd, bytes, sizeof bytes, 0);
        if (n > 0)
            tls_end_take(end, cw_slice_of(bytes, (size_t)n), SIZE_MAX);
    } while (n > 0 || end->out.n != 0);
}

static struct cw_framer *curve_client(void)
{
    static struct cw_curve_client keys;
    keys.random = randombytes_buf;
    memcpy(keys.server_key, curve.key.public_key, sizeof keys.server_key);
    cw_curve_key_make(&keys.key, randombytes_buf);
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_MESSAGE_MAX);
    cw_zmtp_use_curve(framer, &keys);
    return framer;
}

static struct cw_framer *tls_client(struct cw_framer *inner)
{
    struct cw_tls_client *client = cw_tls_client_create(cw_buf_slice(&identity.certificate));
    struct cw_tls_peer peer = {.host = "localhost", .now_s = TLS_NOW_S};
    struct cw_framer *framer = cw_tls_create_client(client, &peer, inner);
    cw_tls_client_destroy(client);
    return framer;
}

static struct cw_framer *websocket_client(void)
{
    return cw_websocket_client_create(cw_slice_str("localhost"), cw_slice_str("/ws"),
                                      CW_MESSAGE_MAX, randombytes_buf);
}

/* --- handshakes ---------------------------------------------------------------------------- */

/* Whatever was begun: no later byte renews the time. */
static void test_a_handshake_has_ten_seconds(void **state)
{
    static const char *const begins[] = {"", "G", "GET / HTTP/1.1\r\nHost: loc", "\xff",
                                         "\xff\0\0\0\0\0\0\0\0\x7f\3"};
    (void)state;
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        struct net_play_client a;
        accept_one(&a, 'a');
        say(&a, begins[i]);
        expect_after(CW_UNAUTHENTICATED_MS, "log: no handshake in time; closed a; ");
        net_play_hang_up(&a);
        net_play_pass(&play, 0);
    }
}

static void test_a_head_of_one_byte_a_second_has_ten_seconds(void **state)
{
    struct net_play_client a;
    (void)state;
    accept_one(&a, 'a');
    for (unsigned s = 0; s < CW_UNAUTHENTICATED_MS / SECOND; s++) {
        net_play_bytes(&a, &GET[s], 1);
        net_play_expect(&play, "");
        net_play_pass(&play, SECOND);
    }
    net_play_expect(&play, "log: no handshake in time; closed a; ");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

static void test_a_begun_handshake_of_tls_has_five_seconds(void **state)
{
    struct net_play_client a, b;
    struct tls_end end;
    (void)state;
    accept_one(&a, 'a');
    accept_one(&b, 'b');
    net_play_bytes(&a, "\x16\3\1", HEAD_N);
    tls_end_begin(&end, tls_client(websocket_client())); /* all of its hello, and no more */
    tls_end_seal(&end);
    net_play_bytes(&b, end.wire.p, end.wire.n);
    expect_after(CW_KEY_AGREEMENT_MS, "log: no handshake of TLS or CURVE in time; closed a; "
                                      "log: no handshake of TLS or CURVE in time; closed b; ");
    tls_end_finish(&end);
    net_play_hang_up(&a);
    net_play_hang_up(&b);
    net_play_pass(&play, 0);
}

static void test_a_begun_handshake_of_curve_has_five_seconds(void **state)
{
    struct net_play_client a;
    struct tls_end end;
    (void)state;
    accept_one(&a, 'a');
    tls_end_begin(&end, curve_client());
    tls_end_seal(&end); /* its greeting, and no HELLO */
    net_play_bytes(&a, end.wire.p, end.wire.n);
    expect_after(CW_KEY_AGREEMENT_MS, "log: no handshake of TLS or CURVE in time; closed a; ");
    tls_end_finish(&end);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

/* Five seconds are for the keys; the rest has its ten from accept. */
static void test_after_the_keys_the_ten_seconds_go_on(void **state)
{
    struct net_play_client a, b;
    struct tls_end curve_end, tls_end;
    (void)state;
    accept_one(&a, 'a');
    accept_one(&b, 'b');
    net_play_pass(&play, 4 * SECOND);
    tls_end_begin(&curve_end, curve_client());
    converse(&a, &curve_end);
    net_play_expect(&play, "ready a; ");
    assert_false(net_play_peer(&play, &a)->framer->agrees_keys);
    tls_end_begin(&tls_end, tls_client(cw_zmtp_create(CW_FRAMER_SERVER, 0))); /* which waits */
    converse(&b, &tls_end);
    assert_true(cw_tls_is_verified(tls_end.framer));
    expect_after(6 * SECOND, "log: no handshake in time; closed b; ");
    tls_end_finish(&curve_end);
    tls_end_finish(&tls_end);
    net_play_hang_up(&a);
    net_play_hang_up(&b);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

/* --- pages --------------------------------------------------------------------------------- */

/* From each answer on, also beyond the ten seconds of a handshake; a request that does not end
 * renews nothing. */
static void test_a_connection_that_asked_may_stay(void **state)
{
    struct net_play_client a;
    (void)state;
    accept_one(&a, 'a');
    net_play_pass(&play, 9 * SECOND);
    say(&a, GET);
    net_play_expect(&play, "answered a; ");
    net_play_read(&a);
    net_play_pass(&play, 14 * SECOND);
    say(&a, GET);
    net_play_read(&a);
    net_play_pass(&play, 10 * SECOND);
    say(&a, "GET / HTTP/1.1\r\n");
    expect_after(CW_HTTP_KEEP_ALIVE_MS - 10 * SECOND, "closed a; ");
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

static void test_an_upgrade_ends_the_time_for_pages(void **state)
{
    struct net_play_client a;
    (void)state;
    accept_one(&a, 'a');
    say(&a, GET);
    net_play_expect(&play, "answered a; ");
    net_play_pass(&play, 14 * SECOND);
    say(&a, "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: chinwag.1\r\n\r\n");
    net_play_expect(&play, "ready a; ");
    net_play_pass(&play, CW_HTTP_KEEP_ALIVE_MS);
    net_play_expect(&play, ""); /* the core has the deadline of the login */
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    net_play_expect(&play, "closed a; ");
}

/* The client reads n bytes of the long page each second. Returns the seconds until it was
 * closed, or had all of it: 0. */
static unsigned read_page(const char *request, size_t n, const char *reports)
{
    struct net_play_client a;
    size_t got = 0;
    unsigned s = 0, closed_s = 0;
    accept_one(&a, 'a');
    setsockopt(net_play_peer(&play, &a)->fd, SOL_SOCKET, SO_SNDBUF, &(int){2048}, sizeof(int));
    say(&a, request);
    for (; s < 1000 && closed_s == 0 && got < PAGE_N; s++) {
        for (size_t before = got, piece; got - before < n; got += piece)
            if ((piece = read_some(&a, n < PIECE_N ? n : PIECE_N)) == 0)
                break;
        net_play_pass(&play, SECOND);
        const struct peer *peer = net_play_peer(&play, &a);
        closed_s = peer == NULL ? s + 1 : 0;
    }
    net_play_expect(&play, reports);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
    return closed_s;
}

static void test_an_answer_must_be_read(void **state)
{
    static const char keeps[] = "GET /p HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static const char closes[] = "GET /p HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    (void)state;
    unsigned slow_s =
        read_page(keeps, PIECE_N, "answered a; log: reads an HTTP answer too slowly; closed a; ");
    assert_in_range(slow_s, 15, 17);
    slow_s = read_page(closes, PIECE_N, "closed a; ");
    assert_in_range(slow_s, 15, 17);
    assert_int_equal(read_page(keeps, 8 * PIECE_N, "answered a; "), 0);
    assert_int_equal(read_page(closes, 8 * PIECE_N, "closed a; "), 0);
}

/* --- after the login ------------------------------------------------------------------------- */

/* A message whose beginning has arrived, whatever carries it. */
static void send_half(struct cw_framer *framer)
{
    struct net_play_client a;
    struct tls_end end;
    static const uint8_t body[8192];
    accept_one(&a, 'a');
    tls_end_begin(&end, framer);
    converse(&a, &end);
    net_play_expect(&play, "ready a; ");
    cw_net_set_user(play.net, a.id, 1);
    tls_end_say(&end, body, sizeof body);
    tls_end_seal(&end);
    net_play_bytes(&a, end.wire.p, end.wire.n / 2);
    net_play_pass(&play, 0);
    for (unsigned s = 0; s < CW_FRAME_WINDOW_MS / SECOND; s++) {
        net_play_pass(&play, SECOND);
        net_play_expect(&play, "");
    }
    net_play_pass(&play, SECOND);
    net_play_expect(&play, "log: sends a message too slowly; closed a; ");
    tls_end_finish(&end);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

static void test_half_a_message_by_any_transport(void **state)
{
    (void)state;
    send_half(curve_client());
    send_half(websocket_client());
    send_half(tls_client(websocket_client()));
    send_half(tls_client(cw_zmtp_create(CW_FRAMER_CLIENT, CW_MESSAGE_MAX)));
}

/* Room is kept for all of a message of which only the length has come. */
static void test_the_length_of_a_message_and_no_more(void **state)
{
    struct net_play_client a;
    struct tls_end end;
    (void)state;
    accept_one(&a, 'a');
    tls_end_begin(&end, websocket_client());
    converse(&a, &end);
    net_play_expect(&play, "ready a; ");
    cw_net_set_user(play.net, a.id, 1);
    net_play_bytes(&a, "\x82\xff\0\0\0\0\0\x60\0\0" MASKED, 14);
    net_play_pass(&play, 0);
    assert_true(play.ledger.held > MEMORY / 2);
    for (unsigned s = 0; s <= CW_FRAME_WINDOW_MS / SECOND; s++)
        net_play_pass(&play, SECOND);
    net_play_expect(&play, "log: sends a message too slowly; closed a; ");
    tls_end_finish(&end);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

/* Control frames between the parts of a message do not make it faster. */
static void test_pings_within_a_message(void **state)
{
    struct net_play_client a;
    struct tls_end end;
    (void)state;
    accept_one(&a, 'a');
    tls_end_begin(&end, websocket_client());
    converse(&a, &end);
    net_play_expect(&play, "ready a; ");
    cw_net_set_user(play.net, a.id, 1);
    net_play_bytes(&a, "\x02\x81" MASKED "a", 7);
    net_play_pass(&play, 0);
    for (unsigned s = 0; s < CW_FRAME_WINDOW_MS / SECOND; s++) {
        net_play_bytes(&a, "\x89\x80" MASKED, 6);
        net_play_pass(&play, SECOND);
        net_play_expect(&play, "");
    }
    net_play_pass(&play, SECOND);
    net_play_expect(&play, "log: sends a message too slowly; closed a; ");
    tls_end_finish(&end);
    net_play_hang_up(&a);
    net_play_pass(&play, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_handshake_has_ten_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_head_of_one_byte_a_second_has_ten_seconds, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_begun_handshake_of_tls_has_five_seconds, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_begun_handshake_of_curve_has_five_seconds, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_after_the_keys_the_ten_seconds_go_on, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_connection_that_asked_may_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_upgrade_ends_the_time_for_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_answer_must_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_half_a_message_by_any_transport, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_length_of_a_message_and_no_more, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_pings_within_a_message, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, make_listener, finish_listener);
}
