/* net_play.h - a net with simulated clients: connections over socket pairs, a clock that only
 * the test advances, and the net's reports as one line of text. cw_net_check runs after each
 * step. Callers: test_net_*.c. */
#ifndef CW_TEST_UNIT_NET_PLAY_H
#define CW_TEST_UNIT_NET_PLAY_H

#include "net/net_internal.h"

/* The two transports: ZMTP 3.1 answers probes, 3.0 does not. */
enum net_play_version { NET_PLAY_ZMTP_3_0, NET_PLAY_ZMTP_3_1 };

struct net_play {
    uv_loop_t loop;
    struct cw_net *net;
    struct cw_ledger ledger;
    char reports[512]; /* since the last net_play_expect: "message a 5; received a 7; " */
};

struct net_play_client {
    int fd; /* the client's end of the socket pair; -1: closed */
    cw_net_id id;
};

/* `memory`: the limit for all accounts, for an address and for a user, bytes. */
void net_play_begin(struct net_play *play, size_t memory);
/* Closes all connections and asserts that nothing is charged any more. */
void net_play_end(struct net_play *play);

/* Connects, to listeners of any kind, and says nothing. */
void net_play_accept(struct net_play *play, struct net_play_client *client, char name,
                     const struct cw_port *port);
/* The same by ZMTP, and does the handshake. Reports call the client `name`. */
void net_play_connect(struct net_play *play, struct net_play_client *client, char name,
                      enum net_play_version version);
/* The net's struct for the client's connection; NULL: it was closed. */
struct peer *net_play_peer(const struct net_play *play, const struct net_play_client *client);

/* Sends bytes. */
void net_play_bytes(const struct net_play_client *client, const void *p, size_t n);
/* Sends the header of a message of `whole` bytes and its first n bytes. */
void net_play_say(const struct net_play_client *client, size_t whole, size_t n);
/* Sends the next n bytes of that message. */
void net_play_go_on(const struct net_play_client *client, size_t n);
/* The client reads all received bytes. */
void net_play_read(const struct net_play_client *client);
void net_play_hang_up(struct net_play_client *client);

/* The net sends a message of n bytes to the client. */
void net_play_send(struct net_play *play, const struct net_play_client *client, size_t n);

/* Advances the clock and runs the loop. */
void net_play_pass(struct net_play *play, unsigned ms);

/* Asserts that the reports were exactly these, in this order. */
#define net_play_expect(play, text) net_play_expect_at(play, text, __FILE__, __LINE__)
void net_play_expect_at(struct net_play *play, const char *text, const char *file, int line);

#endif
