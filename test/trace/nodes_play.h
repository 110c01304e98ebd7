/* nodes_play.h - several cores as nodes on one store, with a bus between them and a database that
 * has the leases of calls: what they tell each other, and one clock. For nodes_main.c, which reads
 * the transcripts. */
#ifndef CW_TEST_TRACE_NODES_PLAY_H
#define CW_TEST_TRACE_NODES_PLAY_H

#include "bus/bus.h"
#include "store/store_news.h"
#include "world.h"

#define NODES_MAX  4
#define LEASES_MAX 8

struct letter {
    struct letter *next;
    unsigned from, to;
    enum cw_bus_kind kind;
    struct cw_buf body;
};

struct lease {
    uint64_t call, epoch, until_ms;
    unsigned node; /* 0: no row */
};

struct want {
    unsigned node;
    struct cw_core_want what;
};

/* What a node has stored, and others read. */
struct told {
    unsigned from;
    struct cw_store_news news;
    char user[CW_NAME_MAX + 1], other[CW_NAME_MAX + 1];
};

struct node {
    struct world world;
    struct play *play;
    unsigned number;
    bool dead, stopped, cut;
    uint64_t gone_ms; /* when others notice; 0: they have */
};

struct play {
    struct node nodes[NODES_MAX];
    unsigned count;
    bool started, away, quiet;
    char users[256];
    uint64_t now_ms, renew_ms;
    struct letter *first, **last;
    unsigned lose, twice, sent;
    struct lease leases[LEASES_MAX];
    struct want wants[64];
    size_t want_count;
    struct told told[4];
    size_t told_count;
    uint64_t epochs, raised[NODES_MAX + 1]; /* of leases; of nodes */
    struct cw_buf out;
    const char *error;
};

bool nodes_lives(const struct node *node);
/* What the node's core has said goes to the output. */
void nodes_gather(struct play *play, struct node *node);
/* `letter`: what is said, by node `from`; else NULL. */
void nodes_hear(struct node *node, enum cw_core_bus_what what, unsigned from,
                const struct letter *letter);
/* Until nobody has anything to say. */
void nodes_pump(struct play *play);
void nodes_advance(struct play *play, uint64_t to_ms);
/* The node loses its connection to the bus, or has it again. That it is not heard by the others,
 * and they not by it, is noticed after CW_BUS_GONE_MS. */
void nodes_cut(struct node *node);
void nodes_uncut(struct node *node);
/* It is told that messages were dropped. */
void nodes_missed(struct node *node);

/* For the node's world. */
void nodes_on_effect(void *context, const struct cw_effect *effect);
void nodes_on_stored(void *context, const struct cw_store_request *request,
                     const struct cw_store_result *result);

#endif
