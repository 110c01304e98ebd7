/* work_look.c - what it costs a server to hear of the texts of another one on the same PostgreSQL:
 * two stores; one commits some, the other one looks. Without bells, threads or clients, so it is
 * what a batch that finds them holds the row for, but for the two round trips of a transaction
 * (unread=0). Only where tools/with_postgres has started a PostgreSQL; once in each database. */
#include <stdio.h>

#include "bench.h"
#include "store/store.h"
#include "store/store_news.h"

#define PEOPLE     1000 /* each writes to one other, in turn: hardly two of a look are the same */
#define UNREAD_MAX 512
#define IDLE_LOOKS 64

static const uint8_t body[TEXT_SIZE];

struct pair {
    struct cw_store *writer, *reader;
    pid_t server; /* whose children work for them */
    uint64_t people[PEOPLE];
    unsigned next; /* who writes */
};

static void commit(struct pair *pair, const struct cw_store_request requests[], unsigned n,
                   struct cw_store_result results[])
{
    const struct cw_store_request *pointers[PEOPLE] = {0};
    struct cw_arena arena = {0};
    for (unsigned i = 0; i < n; i++)
        pointers[i] = &requests[i];
    cw_store_execute(pair->writer, pointers, n, results, &arena);
    for (unsigned i = 0; i < n; i++)
        if (results[i].status != CW_STORE_OK)
            die("the store says %d", results[i].status);
    cw_arena_finish(&arena);
}

static void make_people(struct pair *pair)
{
    static struct cw_store_request requests[PEOPLE];
    static struct cw_store_result results[PEOPLE];
    static char names[PEOPLE][32];
    for (unsigned i = 0; i < PEOPLE; i++) {
        snprintf(names[i], sizeof names[i], "l%u", i);
        struct cw_slice name = cw_slice_str(names[i]);
        requests[i] = (struct cw_store_request){
            .op = CW_STORE_USER_CREATE, .name = name, .key = name, .secret = cw_slice_str("none")};
    }
    commit(pair, requests, PEOPLE, results);
    for (unsigned i = 0; i < PEOPLE; i++)
        pair->people[i] = results[i].user_id;
}

static void write_texts(struct pair *pair, unsigned n)
{
    static struct cw_store_request requests[UNREAD_MAX];
    static struct cw_store_result results[UNREAD_MAX];
    for (unsigned i = 0; i < n; i++, pair->next++)
        requests[i] = (struct cw_store_request){
            .op = CW_STORE_MESSAGE_APPEND,
            .time_ms = 1700000000000u,
            .user_id = pair->people[pair->next % PEOPLE],
            .mailbox = cw_mailbox_of_user(pair->people[(pair->next + 1) % PEOPLE]),
            .body = cw_slice_of(body, sizeof body)};
    commit(pair, requests, n, results);
}

static void look(struct pair *pair, unsigned unread)
{
    cw_store_look(pair->reader);
    struct cw_store_news_list *news = cw_store_take_news(pair->reader);
    if ((news == NULL ? 0 : news->count) != unread)
        die("%u texts were written, and others read", unread);
    cw_store_news_destroy(news);
}

static void measure(struct pair *pair, unsigned unread)
{
    static struct histogram latency;
    uint64_t end_ns = now_ns() + (uint64_t)(run.seconds * SECOND_NS), looks = 0, start_ns;
    double own_s = 0, server_s = 0;
    histogram_clear(&latency);
    while (now_ns() < end_ns) {
        if (unread != 0)
            write_texts(pair, unread);
        double own0_s = self_cpu_s(), server0_s = children_cpu_s(pair->server);
        start_ns = now_ns();
        look(pair, unread);
        histogram_add(&latency, now_ns() - start_ns);
        own_s += self_cpu_s() - own0_s;
        server_s += children_cpu_s(pair->server) - server0_s;
        if (++looks % IDLE_LOOKS == 0)
            cw_store_idle(pair->writer, &(bool){false});
    }
    report_params("unread=%u", unread);
    report_as("store-postgres", "p50_us", histogram_us(&latency, 0.50));
    report_as("store-postgres", "p99_us", histogram_us(&latency, 0.99));
    report_as("store-postgres", "own_cpu_us", own_s / (double)looks * 1e6);
    report_as("store-postgres", "postgres_cpu_us", server_s / (double)looks * 1e6);
}

void work_look(unsigned unused)
{
    static const unsigned unread[] = {0, 1, 8, 64, UNREAD_MAX};
    static struct pair pair;
    (void)unused;
    pair.server = durable_postmaster();
    if (pair.server == 0)
        return;
    pin_to_core(SERVER_CORE);
    pair.writer = durable_postgres(1);
    pair.reader = durable_postgres(2);
    make_people(&pair);
    cw_store_look(pair.reader);
    cw_store_news_destroy(cw_store_take_news(pair.reader));
    for (unsigned i = 0; i < 2; i++) { /* its statements are prepared */
        write_texts(&pair, 1);
        look(&pair, 1);
    }
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++)
        measure(&pair, unread[i]);
    cw_store_close(pair.reader);
    cw_store_close(pair.writer);
}
