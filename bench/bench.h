/* bench.h - what the files of chinwag-bench share.
 *
 * A run is one workload against one fresh server, in a process of its own with
 * one thread and one epoll loop. A protocol turns the three things that a chat
 * client does (log in and join, publish, receive) into one server's bytes; a
 * workload sees channels (numbers) and payloads (bytes) only. Figures go up a
 * pipe to the process that collects rounds and prints the table.
 *
 * A load generator, no part of the server: it may end the process at any
 * surprise (die), and the table then says that the run failed. */
#ifndef CW_BENCH_BENCH_H
#define CW_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/buf.h"

/* --- time, CPU and memory (measure.c) -------------------------------------------- */

#define SECOND_NS 1000000000u

uint64_t now_ns(void);
CW_PRINTF_LIKE(1, 2)
_Noreturn void die(const char *format, ...);

/* An interval: wall clock, CPU of all the server's threads, the generator's. */
struct span {
    uint64_t start_ns;
    double server0_s, self0_s;
    double wall_s, server_s, self_s;
};
void span_start(struct span *span);
void span_stop(struct span *span);

double process_cpu_s(pid_t pid);
double self_cpu_s(void);
/* Of all processes that this one has started and that still run; not its own. */
double children_cpu_s(pid_t pid);
double server_rss_kib(void);

/* --- latencies (histogram.c) -------------------------------------------------------- */

/* Buckets of equal relative width, 64 to an octave, as HdrHistogram has them:
 * any value to within 1.6 %, and no sorting. */
#define HISTOGRAM_BUCKETS (64 * 60)
struct histogram {
    uint64_t count;
    uint64_t max;
    uint32_t buckets[HISTOGRAM_BUCKETS];
};
void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t ns);
double histogram_us(const struct histogram *histogram, double quantile);

/* --- figures (report.c: the run's side; table.c: the collector's) --------------------- */

/* The parameters that the next figures belong to. */
CW_PRINTF_LIKE(1, 2)
void report_params(const char *format, ...);
void report(const char *metric, double value);
/* A figure of something else than the server of the run: the disk, SQLite. */
void report_as(const char *server, const char *metric, double value);
void report_latency(const char *prefix, const struct histogram *histogram);
void report_to(int fd, const char *server);

struct table;
struct table *table_create(void);
void table_destroy(struct table *table);
void table_add(struct table *table, const char *work, const char *server, const char *params,
               const char *metric, double value);
/* Median of the last `runs` values of a row, or -1. */
double table_median(const struct table *table, const char *work, const char *server,
                    const char *params, const char *metric);
void table_print(const struct table *table);
void table_print_json(const struct table *table);

/* --- connections (net.c) --------------------------------------------------------------- */

/* A channel is a person (the number of its connection) or a group. */
#define GROUP(n) (0x8000u + (n))
#define NOBODY   UINT32_MAX
static inline bool is_group(uint32_t channel)
{
    return channel >= GROUP(0);
}

struct cw_framer;
struct conn {
    int fd;
    uint32_t id;              /* its number, which is also its user's name */
    uint32_t channel;         /* what it listens to; NOBODY: nothing */
    const uint32_t *channels; /* ... several instead, or NULL */
    unsigned channel_count;
    bool call;           /* takes part in the call of its group */
    bool small_window;   /* takes little into its socket */
    bool attach;         /* has a token already */
    bool only_handshake; /* is ready when messages could flow: it does not log in */
    bool open, ready, dirty, want_out, stalled;
    uint8_t stage;            /* the protocol's own */
    unsigned confirmed;       /* channels that the server has confirmed */
    uint8_t credentials[48];  /* name and token, as MessagePack */
    struct cw_framer *framer; /* of its transport; NULL: the protocol writes frames by hand */
    struct cw_buf in, out;    /* an incomplete tail; what is not sent yet */
    size_t sent;              /* bytes of `out` */
    uint32_t sequence_out;    /* messages sent */
    uint32_t sequence_in;     /* messages received, in order */
    uint32_t asked, answered; /* requests for messages */
    uint32_t *last;           /* voice: the last frame from each participant */
};

enum event_type { EVENT_NONE, EVENT_READY, EVENT_MESSAGE };
struct event {
    enum event_type type;
    struct cw_slice payload;
    struct cw_slice sender; /* as the server names the sender; empty where it does not */
};

struct protocol {
    bool echoes; /* a publisher that also listens gets its own messages */
    bool joins;  /* only members may publish */
    /* Queues the first bytes of a new connection. */
    void (*hello)(struct conn *conn);
    void (*publish)(struct conn *conn, uint32_t channel, struct cw_slice payload);
    void (*publish_live)(struct conn *conn, uint32_t channel, struct cw_slice payload);
    /* Eats one item, of which 0: not all there. May queue answers. Where an item has several
     * events it reports them by net_take itself. */
    size_t (*parse)(struct conn *conn, const uint8_t *p, size_t n, struct event *event);
};
extern const struct protocol protocol_chinwag, protocol_limit, protocol_mqtt, protocol_nats,
    protocol_redis, protocol_broker;

extern struct conn *conns;
extern uint32_t conn_count;
extern void (*on_message)(struct conn *conn, struct cw_slice payload);

void net_init(uint32_t conns_max);
struct conn *net_add(uint32_t channel);
/* A channel of its own for each: a person who can be written to. */
struct conn *net_add_person(void);
/* Connects and logs in those who are not, at most `window` at a time. */
void net_connect_all(unsigned window);
/* Does the server accept a handshake now? chinwagd bounds those that cost public-key cryptography.
 * A call that returns true counts as one. */
bool net_may_connect(void);
/* Starts one connection; conn->ready says when it is logged in. */
void net_connect(struct conn *conn);
void net_close(struct conn *conn);
void net_close_all(void);
/* Its socket is the caller's to read and write from now on. */
void net_give_away(struct conn *conn);
void net_poll(int64_t timeout_ns);
void net_poll_until(uint64_t end_ns);
void net_publish(struct conn *conn, uint32_t channel, struct cw_slice payload);
void net_publish_live(struct conn *conn, uint32_t channel, struct cw_slice payload);
void net_take(struct conn *conn, const struct event *event);
void net_mark_dirty(struct conn *conn);
void net_flush(void);
/* Stops reading from the connection, or goes on. */
void net_stall(struct conn *conn, bool stalled);
/* Polls until done() or dies of patience. */
void net_wait(bool (*done)(void), const char *what);

/* Queues a recording for writing: `encoded` is its list of samples. */
void chinwag_voice_message(struct conn *conn, uint32_t to, struct cw_slice encoded);

/* --- payloads (payload.c) ------------------------------------------------------------------ */

/* 16 hex digits of time, 8 of sequence, 8 of sender, then letters: every byte
 * is below 128, so that it is text, and each byte a sample of audio too. */
#define PAYLOAD_HEAD 32
#define PAYLOAD_MAX  16384

struct payload {
    uint64_t time_ns;
    uint32_t sequence;
    uint32_t sender;
};
/* Writes `size` bytes; good until the next call. */
struct cw_slice payload_make(size_t size, struct payload payload);
/* Dies unless it is what payload_make has made. */
struct payload payload_check(struct cw_slice payload);
void hex_put(uint8_t *to, uint64_t value, int digits);
/* The next message of `conn`, to be published. */
struct cw_slice payload_next(struct conn *conn, size_t size);

/* --- servers (server.c) ----------------------------------------------------------------------- */

enum {
    SERVER_CHINWAG = 1,
    SERVER_MEMORY = 2,
    SERVER_LIMIT = 4,
    SERVER_PEER = 8,
    SERVER_TRANSPORT = 16 /* chinwagd by another transport than plain ZMTP */
};

enum transport { TRANSPORT_NULL, TRANSPORT_WS, TRANSPORT_CURVE, TRANSPORT_WSS };

struct server {
    const char *name;
    unsigned kind;
    const struct protocol *protocol;
    const char *program; /* looked for in PATH; NULL: ours */
    void (*run)(const char *program, const char *folder, uint16_t port); /* becomes it */
    enum transport transport;                                            /* of chinwagd's clients */
};
extern const struct server servers[];
extern const size_t server_count;
extern const char bench_config[];

/* Where it is, or NULL when this machine has it not. */
const char *server_program(const struct server *server);
void server_start(void);
void server_stop(void);
void server_restart(void);
enum { SERVER_CORE, GENERATOR_CORE };
void pin_to_core(int core);
void take_precedence(void);

/* Before the server starts: makes what its transport needs in the folder, and returns lines for
 * its configuration. */
const char *transport_config(void);
/* A client's framer that is not started; NULL: none is needed. */
struct cw_framer *transport_connect(void);
/* Whether chinwagd bounds its handshakes. */
bool transport_is_bounded(void);

/* Servers inside this program. */
void serve_limit(uint16_t port);
void serve_broker(uint16_t port);
void serve_memory(uint16_t port);

/* --- a run (run.c) ---------------------------------------------------------------------------- */

struct run {
    const struct server *server; /* NULL: a workload without one */
    const struct protocol *protocol;
    const char *folder;   /* an empty one on a real disk */
    const char *chinwagd; /* its path */
    double seconds;
    bool smoke; /* a test: one tiny round, no pinning */
    pid_t pid;  /* the server's */
    uint16_t port;
};
extern struct run run;

struct work {
    const char *name;
    unsigned servers; /* kinds; 0: none */
    void (*run)(unsigned n);
};
void work_fanout(unsigned members);
void work_pairs(unsigned pairs);
void work_single(unsigned unused);
void work_durable(unsigned unused);
void work_look(unsigned unused);
void work_voice(unsigned calls);
void work_idle(unsigned sessions);
void work_handshake(unsigned connections);
void work_storm(unsigned sessions);
void work_slow(unsigned members);
void work_bigvoice(unsigned members);
void work_groups(unsigned groups);
void work_connections(unsigned connections);

/* Pairs that whisper at a fixed rate while something else goes on (chat.c).
 * The members are the connections first, first + 1, ... */
void chat_init(uint32_t first, unsigned members, unsigned per_second);
void chat_run(double seconds, struct histogram *latency);
/* Sends what is due, then polls until the next is. */
void chat_turn(struct histogram *latency);
bool chat_take(struct conn *conn, struct cw_slice payload);
bool chat_done(void);
/* The latency so far, and how late the generator itself was; clears both. */
void chat_report(const char *prefix, struct histogram *latency);

/* SQLite and the disk by themselves (durable.c), 100 bytes a row. Under tools/with_postgres the
 * store over its PostgreSQL, too. */
void durable_sqlite(const char *name, bool indexed, unsigned rows, struct histogram *latency);
void durable_log(const char *name, unsigned rows, struct histogram *latency);
/* The first process of that PostgreSQL; 0: there is none. */
pid_t durable_postmaster(void);
/* The store over it, as this node, in the database POSTGRES_DATABASE (`postgres` where that is not
 * set). A database that has users opens only with the folder of the run that made them, so a later
 * run needs another one. */
struct cw_store;
struct cw_store *durable_postgres(unsigned node);

#define TEXT_SIZE  100
#define FRAME_SIZE 120

#endif
