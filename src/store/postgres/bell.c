/* bell.c - see bell.h. */
#include "store/postgres/bell.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/postgres/connection.h"
#include "store/postgres/leases.h"
#include "store/postgres/node.h"

#define CHANNEL "chinwag_news"

struct cw_postgres_bell {
    char *url;
    struct cw_postgres_node node; /* a copy: number and process */
    struct cw_postgres_leases *leases;
    void (*rung)(void *context);
    void *context;
    pthread_t thread;
    int wake;            /* an eventfd */
    atomic_bool ringing; /* others are to be told */
    atomic_bool stopping;
    _Atomic uint64_t leased_ms; /* when the lease was renewed last, cw_store_lease_clock_ms */
    /* The thread's own: */
    PGconn *conn;        /* NULL: there is none */
    uint64_t renewed_ms; /* when that, or a connection, was tried last, CLOCK_MONOTONIC */
};

/* --- the thread ----------------------------------------------------------------------------- */

static bool carry_out(struct cw_postgres_bell *bell, const char *sql)
{
    PGresult *result = PQexec(bell->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static void disconnect(struct cw_postgres_bell *bell)
{
    PQfinish(bell->conn);
    bell->conn = NULL;
}

/* It is soon given up: the lease does not wait (server/cut_off.h). */
static void connect_bell(struct cw_postgres_bell *bell)
{
    bell->conn = cw_postgres_open_connection(bell->url, true);
    if (PQstatus(bell->conn) != CONNECTION_OK ||
        !carry_out(bell, "SET application_name = 'chinwagd bell'; SET synchronous_commit = local;"
                         " SET search_path = chinwag; LISTEN " CHANNEL))
        disconnect(bell);
}

/* Has anybody else rung? */
static bool was_rung(struct cw_postgres_bell *bell)
{
    bool rung = false;
    for (PGnotify *notice; (notice = PQnotifies(bell->conn)) != NULL; PQfreemem(notice))
        rung |= notice->be_pid != PQbackendPID(bell->conn);
    return rung;
}

/* False: the connection is lost. */
static bool renew_lease(struct cw_postgres_bell *bell)
{
    char error[256];
    uint64_t sent_ms = cw_store_lease_clock_ms();
    bool good = cw_postgres_node_extend(&bell->node, bell->conn, CW_POSTGRES_NEXT_LEASE, error);
    if (good)
        atomic_store(&bell->leased_ms, sent_ms);
    return good;
}

static void do_what_is_due(struct cw_postgres_bell *bell)
{
    uint64_t now_ms = cw_postgres_clock_ms();
    bool due = now_ms - bell->renewed_ms >= CW_POSTGRES_LOOK_MS;
    bool connecting = bell->conn == NULL && due;
    if (connecting)
        connect_bell(bell);
    if (due)
        bell->renewed_ms = now_ms;
    bool good = bell->conn == NULL || !due || renew_lease(bell);
    if (good && bell->conn != NULL && atomic_exchange(&bell->ringing, false))
        good = carry_out(bell, "NOTIFY " CHANNEL);
    good &= cw_postgres_leases_work(bell->leases, good ? bell->conn : NULL);
    good = good && (bell->conn == NULL || PQconsumeInput(bell->conn) == 1);
    if (!good)
        disconnect(bell);
    else if (bell->conn != NULL && (was_rung(bell) || connecting))
        bell->rung(bell->context);
}

static int time_left(const struct cw_postgres_bell *bell)
{
    uint64_t passed = cw_postgres_clock_ms() - bell->renewed_ms;
    return passed >= CW_POSTGRES_LOOK_MS ? 0 : (int)(CW_POSTGRES_LOOK_MS - passed);
}

static void *run_bell(void *argument)
{
    struct cw_postgres_bell *bell = argument;
    char error[256];
    while (!atomic_load(&bell->stopping)) {
        uint64_t count;
        struct pollfd fds[] = {
            {.fd = bell->wake, .events = POLLIN},
            {.fd = bell->conn == NULL ? -1 : PQsocket(bell->conn), .events = POLLIN}};
        int left = time_left(bell);
        /* Without a connection nothing can be renewed. */
        poll(fds, 2, bell->conn == NULL ? left : cw_postgres_leases_wait(bell->leases, left));
        if ((fds[0].revents & POLLIN) != 0 && read(bell->wake, &count, sizeof count) < 0 &&
            errno != EAGAIN)
            break;
        do_what_is_due(bell);
    }
    if (bell->conn != NULL)
        cw_postgres_node_extend(&bell->node, bell->conn, "'-infinity'::timestamptz",
                                error); /* nobody need wait for it */
    disconnect(bell);
    return NULL;
}

/* --- the store's side ------------------------------------------------------------------------- */

static void wake(struct cw_postgres_bell *bell)
{
    uint64_t one = 1;
    if (write(bell->wake, &one, sizeof one) < 0)
        return; /* it is awake: the counter is full */
}

struct cw_postgres_bell *cw_postgres_bell_start(const char *url,
                                                const struct cw_postgres_node *node,
                                                struct cw_postgres_leases *leases,
                                                void (*rung)(void *context), void *context)
{
    struct cw_postgres_bell *bell = cw_alloc_zero(sizeof *bell);
    bell->url = strdup(url);
    bell->node = *node;
    bell->leases = leases;
    bell->rung = rung;
    bell->context = context;
    bell->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bell->url == NULL || bell->wake < 0 ||
        pthread_create(&bell->thread, NULL, run_bell, bell) != 0) {
        fputs("chinwag: cannot start the bell's thread\n", stderr);
        abort();
    }
    return bell;
}

void cw_postgres_bell_stop(struct cw_postgres_bell *bell)
{
    if (bell == NULL)
        return;
    atomic_store(&bell->stopping, true);
    wake(bell);
    pthread_join(bell->thread, NULL);
    close(bell->wake);
    free(bell->url);
    free(bell);
}

uint64_t cw_postgres_bell_renewed_ms(struct cw_postgres_bell *bell)
{
    return bell == NULL ? 0 : atomic_load(&bell->leased_ms);
}

void cw_postgres_bell_ring(struct cw_postgres_bell *bell)
{
    if (bell == NULL)
        return;
    atomic_store(&bell->ringing, true);
    wake(bell);
}

void cw_postgres_bell_wake(struct cw_postgres_bell *bell)
{
    if (bell != NULL)
        wake(bell);
}
