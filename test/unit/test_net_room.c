/* test_net_room.c - src/net/room.c: charges for a peer's input and queue, which peers wait for
 * memory, which get it, and which connection is closed for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net_play.h"

#define KIB    1024u
#define MEMORY (1024u * KIB)
#define OFTEN  20 /* ms: how often the waiting peers are checked */

static struct net_play play;

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

static void connect_user(struct net_play_client *client, char name, uint64_t user)
{
    net_play_connect(&play, client, name, NET_PLAY_ZMTP_3_1);
    cw_net_set_user(play.net, client->id, user);
}

/* Charges n bytes of work to the client's account. */
static void charge(const struct net_play_client *client, size_t n)
{
    cw_account_charge(cw_net_account(play.net, client->id), n);
}

static void give(const struct net_play_client *client, size_t n)
{
    cw_account_give(cw_net_account(play.net, client->id), n);
}

static void hang_up_all(struct net_play_client clients[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        net_play_hang_up(&clients[i]);
    net_play_pass(&play, 0);
    play.reports[0] = '\0';
}

static size_t starved_count(void)
{
    size_t count = 0;
    for (const struct starving *s = play.net->starved; s != NULL; s = s->next)
        count++;
    return count;
}

/* A whole frame is charged at its first bytes, and credited at its end. */
static void test_frame_is_charged_whole(void **state)
{
    struct net_play_client a;
    const struct peer *peer;
    const size_t whole = 100 * KIB;
    (void)state;
    connect_user(&a, 'a', 1);
    peer = net_play_peer(&play, &a);
    assert_int_equal(peer->in_charged, 0);
    net_play_say(&a, whole, 1000);
    net_play_pass(&play, 0);
    assert_int_equal(peer->framer->whole, whole + 9);
    assert_int_equal(peer->in_charged, cw_account_size(whole + 9));
    assert_int_equal(peer->account->held, peer->in_charged);
    assert_int_equal(play.ledger.held, peer->in_charged);
    net_play_go_on(&a, 50 * KIB);
    net_play_pass(&play, 0);
    assert_int_equal(peer->in_charged, cw_account_size(whole + 9));
    net_play_go_on(&a, 50 * KIB - 1000);
    net_play_pass(&play, 0);
    net_play_expect(&play, "message a 102400; ");
    assert_int_equal(peer->in_charged, 0);
    assert_int_equal(play.ledger.held, 0);
    hang_up_all(&a, 1);
}

/* The queue of output is charged, too. */
static void test_queue_is_charged(void **state)
{
    struct net_play_client a;
    const struct peer *peer;
    (void)state;
    connect_user(&a, 'a', 1);
    peer = net_play_peer(&play, &a);
    net_play_send(&play, &a, 300 * KIB);
    net_play_send(&play, &a, 7);
    net_play_pass(&play, 0);
    net_play_expect(&play, "full a; ");
    assert_int_equal(peer->out_charged, 300 * KIB + 7 + 2 * CW_OUT_ENTRY_COST);
    assert_int_equal(peer->own_charged, 8 * sizeof(struct cw_out_entry));
    assert_int_equal(peer->account->held, peer->out_charged);
    for (int i = 0; i < 4; i++) {
        net_play_read(&a);
        net_play_pass(&play, 0);
    }
    net_play_expect(&play, "empty a; ");
    assert_int_equal(peer->out_charged + peer->own_charged + play.ledger.held, 0);
    hang_up_all(&a, 1);
}

/* A peer is not read while there is no memory for its input. */
static void test_waits_for_room(void **state)
{
    const size_t most = CW_MEMORY_OF_STRANGER - CW_READ_CHUNK;
    struct net_play_client a;
    (void)state;
    net_play_connect(&play, &a, 'a', NET_PLAY_ZMTP_3_1);
    charge(&a, most);
    net_play_say(&a, 5, 5);
    net_play_pass(&play, 0);
    net_play_expect(&play, "message a 5; ");
    charge(&a, 1);
    net_play_say(&a, 6, 6);
    net_play_pass(&play, 0);
    net_play_pass(&play, CW_STARVED_MS);
    net_play_expect(&play, "");
    assert_int_equal(starved_count(), 1);
    give(&a, 1);
    net_play_pass(&play, OFTEN);
    net_play_pass(&play, 0);
    net_play_expect(&play, "message a 6; ");
    assert_int_equal(starved_count(), 0);
    assert_false(uv_is_active((uv_handle_t *)&play.net->room));
    give(&a, most);
    hang_up_all(&a, 1);
}

/* The first, middle or last waiting peer is closed, and another comes after. All get memory in
 * their order. */
static void leave_starved(size_t who, const char *reports)
{
    struct net_play_client clients[5], *hog = &clients[4];
    for (size_t i = 0; i < 5; i++)
        connect_user(&clients[i], (char)('a' + i), i + 1);
    charge(hog, MEMORY);
    for (size_t i = 0; i < 3; i++) {
        net_play_say(&clients[i], i + 1, i + 1);
        net_play_pass(&play, 1);
    }
    assert_int_equal(starved_count(), 3);
    cw_net_drop(play.net, clients[who].id, NULL);
    net_play_pass(&play, 0);
    assert_int_equal(starved_count(), 2);
    play.reports[0] = '\0';
    net_play_say(&clients[3], 4, 4);
    net_play_pass(&play, 1);
    assert_int_equal(starved_count(), 3);
    give(hog, MEMORY);
    net_play_pass(&play, OFTEN);
    net_play_pass(&play, 0);
    net_play_expect(&play, reports);
    hang_up_all(clients, 5);
}

static void test_one_leaves_those_who_wait(void **state)
{
    (void)state;
    leave_starved(0, "message b 2; message c 3; message d 4; ");
    leave_starved(1, "message a 1; message c 3; message d 4; ");
    leave_starved(2, "message a 1; message b 2; message d 4; ");
}

/* Of two peers with the same memory, the one that has held it longer is closed, and only that. */
static void test_who_holds_most_for_longest_goes(void **state)
{
    struct net_play_client clients[3], *a = &clients[0];
    (void)state;
    for (size_t i = 0; i < 3; i++)
        connect_user(&clients[i], (char)('a' + i), i + 1);
    net_play_say(&clients[1], 400 * KIB, 1);
    net_play_pass(&play, 1);
    net_play_say(&clients[2], 400 * KIB, 1);
    net_play_pass(&play, 1);
    charge(a, 200 * KIB);
    net_play_say(a, 5, 5);
    net_play_pass(&play, 0);
    net_play_pass(&play, CW_STARVED_MS - 1);
    net_play_expect(&play, "");
    net_play_pass(&play, OFTEN);
    net_play_expect(&play, "log: holds most of the memory that others wait for; closed b; ");
    net_play_pass(&play, OFTEN);
    net_play_pass(&play, 0);
    net_play_expect(&play, "message a 5; ");
    give(a, 200 * KIB);
    hang_up_all(clients, 3);
}

/* No other connection is closed for a peer whose own account is full. */
static void test_nobody_goes_for_one_who_has_too_much(void **state)
{
    struct net_play_client clients[2];
    (void)state;
    net_play_connect(&play, &clients[0], 'a', NET_PLAY_ZMTP_3_1);
    connect_user(&clients[1], 'b', 1);
    net_play_say(&clients[1], 400 * KIB, 1);
    charge(&clients[0], CW_MEMORY_OF_STRANGER);
    net_play_say(&clients[0], 5, 5);
    net_play_pass(&play, 0);
    assert_int_equal(starved_count(), 1);
    for (int i = 0; i < 200; i++)
        net_play_pass(&play, OFTEN);
    net_play_expect(&play, "");
    give(&clients[0], CW_MEMORY_OF_STRANGER);
    hang_up_all(clients, 2);
}

/* Of a frame that does not fit, at most one read is kept. */
static void test_frame_waits_for_room(void **state)
{
    struct net_play_client clients[2];
    const struct peer *peer;
    (void)state;
    connect_user(&clients[0], 'a', 1);
    connect_user(&clients[1], 'b', 2);
    peer = net_play_peer(&play, &clients[0]);
    charge(&clients[1], 700 * KIB);
    net_play_say(&clients[0], 500 * KIB, 1000);
    net_play_pass(&play, 0);
    assert_int_equal(peer->in_charged, cw_account_size(peer->framer->partial.capacity));
    assert_int_equal(peer->starving->needs, cw_account_size(500 * KIB + 9) - peer->in_charged);
    give(&clients[1], 700 * KIB);
    net_play_pass(&play, OFTEN);
    assert_null(peer->starving);
    assert_int_equal(peer->in_charged, cw_account_size(500 * KIB + 9));
    hang_up_all(clients, 2);
}

/* A user's frame that stops ends its connection after frame_window_ms. */
static void test_slow_frame(void **state)
{
    struct net_play_client a;
    (void)state;
    connect_user(&a, 'a', 1);
    net_play_say(&a, 100 * KIB, 1000);
    net_play_pass(&play, 0);
    for (unsigned ms = 0; ms < CW_FRAME_WINDOW_MS + 1000; ms += 1000) {
        net_play_expect(&play, "");
        net_play_pass(&play, 1000);
    }
    net_play_expect(&play, "log: sends a message too slowly; closed a; ");
    net_play_hang_up(&a);
}

/* A peer that does not read its answers is not read, and its input does not wake the loop. */
static void test_choked_is_not_watched(void **state)
{
    struct net_play_client a;
    const struct peer *peer;
    (void)state;
    connect_user(&a, 'a', 1);
    peer = net_play_peer(&play, &a);
    net_play_send(&play, &a, 600 * KIB);
    net_play_pass(&play, 0);
    net_play_expect(&play, "full a; ");
    net_play_say(&a, 100, 1); /* brings nothing to be answered */
    net_play_pass(&play, 0);
    assert_true(peer->choked);
    net_play_go_on(&a, 99);
    net_play_pass(&play, 0);
    net_play_expect(&play, "");
    for (int i = 0; i < 8; i++) {
        net_play_read(&a);
        net_play_pass(&play, 0);
    }
    net_play_expect(&play, "empty a; message a 100; ");
    hang_up_all(&a, 1);
}

/* --- connections in a second ------------------------------------------------------------- */

static int accept_one(void)
{
    static const struct cw_port port = {.shares = true};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    cw_peer_accept(play.net, &port, fds[0], (struct sockaddr *)&address);
    return fds[1];
}

/* Beyond its share a connection is closed before its first byte is looked at. */
static void test_connections_of_an_address_in_a_second(void **state)
{
    (void)state;
    for (unsigned second = 0; second < 2; second++) {
        for (unsigned i = 0; i < CW_CONNECTIONS_PER_ADDRESS_S; i++) {
            close(accept_one());
            net_play_pass(&play, 0);
            assert_null(strstr(play.reports, "log: "));
            play.reports[0] = 0; /* "closed", of a connection without a name */
        }
        int fd = accept_one();
        net_play_pass(&play, 0);
        net_play_expect(&play, "log: too many connections from this address in one second; ");
        close(fd);
        net_play_pass(&play, 1000);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_frame_is_charged_whole),
        TEST(test_queue_is_charged),
        TEST(test_waits_for_room),
        TEST(test_one_leaves_those_who_wait),
        TEST(test_who_holds_most_for_longest_goes),
        TEST(test_nobody_goes_for_one_who_has_too_much),
        TEST(test_frame_waits_for_room),
        TEST(test_slow_frame),
        TEST(test_choked_is_not_watched),
        TEST(test_connections_of_an_address_in_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
