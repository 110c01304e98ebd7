/* net_play.h - a net whose clients are played: connections over socket pairs, a clock that only
 * the test moves, and all that the net reports as one line of text. cw_net_check runs with each
 * step. Callers: test_net_probe.c, test_net_room.c. */
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
    int fd; /* its end; -1: closed */
    cw_net_id id;
};

/* `memory`: bytes for all, for an address and for a user. */
void net_play_begin(struct net_play *play, size_t memory);
/* Closes what is left; nothing may be charged then. */
void net_play_end(struct net_play *play);

/* Connects and shakes hands. `name` stands for it in the reports. */
void net_play_connect(struct net_play *play, struct net_play_client *client, char name,
                      enum net_play_version version);
/* The net's side of it; NULL when it is gone. */
struct peer *net_play_peer(const struct net_play *play, const struct net_play_client *client);

/* Sends n bytes of a message of `whole` bytes, its frame's header before the first. */
void net_play_say(const struct net_play_client *client, size_t whole, size_t n);
/* Sends n more bytes of it. */
void net_play_go_on(const struct net_play_client *client, size_t n);
/* Reads all that has come. */
void net_play_read(const struct net_play_client *client);
void net_play_hang_up(struct net_play_client *client);

/* The net sends a message of n bytes to it. */
void net_play_send(struct net_play *play, const struct net_play_client *client, size_t n);

/* Lets time pass and the net do what it has to. */
void net_play_pass(struct net_play *play, unsigned ms);

/* These were the reports, no others, in this order. */
#define net_play_expect(play, text) net_play_expect_at(play, text, __FILE__, __LINE__)
void net_play_expect_at(struct net_play *play, const char *text, const char *file, int line);

#endif
