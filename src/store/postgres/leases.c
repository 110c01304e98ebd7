/* leases.c - see leases.h.
 *
 * Who has a lease acts on it for two thirds of its time, counted by CLOCK_BOOTTIME from before the
 * statement was sent that gave or renewed it; who takes it over waits until all of that time is
 * over by the database's clock. So there are never two that decide, whatever clocks say, as far as
 * this file goes: docs/decisions/calls.md says what a process that stood still may do. Each taking
 * has a higher epoch. */
#include "store/postgres/leases.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "store/postgres/arrive_sql.h"

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define NEXT_LEASE       "clock_timestamp() + interval '" TEXT_OF(CW_CALL_LEASE_MS) " ms'"

struct asked {
    uint64_t call;
    bool take;
};

struct held {
    uint64_t call, epoch;
    bool seen;
};

struct cw_postgres_leases {
    unsigned node;
    uint64_t process; /* in `nodes`, as long as no other one has the number */
    cw_store_lease_told *told;
    void *context;
    pthread_mutex_t mutex;
    struct asked *asked; /* under the mutex */
    size_t asked_count, asked_capacity;
    /* The thread's own: */
    struct held *held;
    size_t held_count, held_capacity;
    uint64_t renewed_ms;
    bool clean; /* this server has no rows but those that are held */
};

struct cw_postgres_leases *cw_postgres_leases_create(unsigned node, uint64_t process)
{
    struct cw_postgres_leases *leases = cw_alloc_zero(sizeof *leases);
    leases->node = node;
    leases->process = process;
    pthread_mutex_init(&leases->mutex, NULL);
    return leases;
}

void cw_postgres_leases_destroy(struct cw_postgres_leases *leases)
{
    if (leases == NULL)
        return;
    pthread_mutex_destroy(&leases->mutex);
    free(leases->asked);
    free(leases->held);
    free(leases);
}

void cw_postgres_leases_set(struct cw_postgres_leases *leases, cw_store_lease_told *told,
                            void *context)
{
    leases->told = told;
    leases->context = context;
}

void cw_postgres_leases_ask(struct cw_postgres_leases *leases, uint64_t call, bool take)
{
    pthread_mutex_lock(&leases->mutex);
    if (leases->asked_count == leases->asked_capacity) {
        leases->asked_capacity = leases->asked_capacity * 2 + 8;
        leases->asked = cw_realloc(leases->asked, leases->asked_capacity * sizeof *leases->asked);
    }
    leases->asked[leases->asked_count++] = (struct asked){call, take};
    pthread_mutex_unlock(&leases->mutex);
}

/* The longest asked. False: there is none. */
static bool next_asked(struct cw_postgres_leases *leases, struct asked *asked)
{
    pthread_mutex_lock(&leases->mutex);
    bool found = leases->asked_count != 0;
    if (found) {
        *asked = leases->asked[0];
        memmove(leases->asked, leases->asked + 1, --leases->asked_count * sizeof *leases->asked);
    }
    pthread_mutex_unlock(&leases->mutex);
    return found;
}

/* --- what is held --------------------------------------------------------------------------- */

static void forget(struct cw_postgres_leases *leases, uint64_t call)
{
    for (size_t i = 0; i < leases->held_count; i++)
        if (leases->held[i].call == call) {
            leases->held[i] = leases->held[--leases->held_count];
            return;
        }
}

static void hold(struct cw_postgres_leases *leases, uint64_t call, uint64_t epoch)
{
    forget(leases, call);
    if (leases->held_count == leases->held_capacity) {
        leases->held_capacity = leases->held_capacity * 2 + 8;
        leases->held = cw_realloc(leases->held, leases->held_capacity * sizeof *leases->held);
    }
    leases->held[leases->held_count++] = (struct held){call, epoch, false};
}

static void tell_lease(const struct cw_postgres_leases *leases, const struct cw_store_lease *lease)
{
    if (leases->told != NULL)
        leases->told(leases->context, lease);
}

/* --- statements ------------------------------------------------------------------------------- */

static uint64_t figure_at(const PGresult *rows, int row, int column)
{
    return (uint64_t)strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

/* What another server has just done is not seen by this statement: then nobody can tell, and it is
 * asked again. */
static bool take(struct cw_postgres_leases *leases, PGconn *conn, uint64_t call)
{
    char sql[640], error[256];
    struct cw_store_lease lease = {.call = call};
    snprintf(
        sql, sizeof sql,
        "WITH taken AS (INSERT INTO call_leases AS c SELECT %lld, n.id,"
        " nextval('call_epochs'), " NEXT_LEASE
        " FROM nodes n WHERE n.id = %u AND n.process = %llu ON CONFLICT(id) DO UPDATE SET node ="
        " excluded.node, epoch = excluded.epoch, lease = excluded.lease WHERE c.lease <"
        " clock_timestamp() OR c.node = excluded.node RETURNING node, epoch) SELECT node,"
        " epoch FROM taken UNION ALL SELECT node, epoch FROM call_leases WHERE id = %lld AND"
        " node <> %u AND NOT EXISTS (SELECT 1 FROM taken)",
        (long long)call, leases->node, (unsigned long long)leases->process, (long long)call,
        leases->node);
    uint64_t sent_ms = cw_store_lease_clock_ms();
    PGresult *rows = cw_postgres_ask_on(conn, sql, error);
    bool good = rows != NULL;
    if (good && PQntuples(rows) == 1) {
        lease.node = (unsigned)figure_at(rows, 0, 0);
        lease.epoch = figure_at(rows, 0, 1);
    }
    PQclear(rows);
    leases->clean &= good;
    if (lease.node == leases->node) {
        hold(leases, call, lease.epoch);
        lease.until_ms = sent_ms + CW_CALL_LEASE_MS * 2 / 3;
    }
    tell_lease(leases, &lease);
    return good;
}

/* A table `h` of what is held. */
static void put_held(const struct cw_postgres_leases *leases, struct cw_buf *sql)
{
    cw_buf_append_str(sql, "(VALUES (NULL::bigint, NULL::bigint)");
    for (size_t i = 0; i < leases->held_count; i++)
        cw_postgres_arrival_put(sql, ", (%lld, %lld)", (long long)leases->held[i].call,
                                (long long)leases->held[i].epoch);
    cw_buf_append_str(sql, ") AS h(id, epoch)");
}

/* Of this process, not of another one that has the number meanwhile. */
static void put_own(const struct cw_postgres_leases *leases, struct cw_buf *sql)
{
    cw_postgres_arrival_put(sql, " WHERE c.node = n.id AND n.id = %u AND n.process = %llu",
                            leases->node, (unsigned long long)leases->process);
}

static PGresult *ask_and_finish(PGconn *conn, struct cw_buf *sql)
{
    char error[256];
    cw_buf_append_byte(sql, 0);
    PGresult *rows = cw_postgres_ask_on(conn, (const char *)sql->p, error);
    cw_buf_finish(sql);
    return rows;
}

/* What a process before this one has left, what was taken without an answer, what was forgotten. */
static bool clean_up(struct cw_postgres_leases *leases, PGconn *conn)
{
    struct cw_buf sql = {0};
    if (leases->clean)
        return true;
    cw_buf_append_str(&sql, "DELETE FROM call_leases c USING nodes n");
    put_own(leases, &sql);
    cw_buf_append_str(&sql, " AND NOT EXISTS (SELECT 1 FROM ");
    put_held(leases, &sql);
    cw_buf_append_str(&sql, " WHERE h.id = c.id AND h.epoch = c.epoch)");
    PGresult *result = ask_and_finish(conn, &sql);
    leases->clean = result != NULL;
    PQclear(result);
    return leases->clean;
}

static bool give_up(struct cw_postgres_leases *leases, PGconn *conn, uint64_t call)
{
    forget(leases, call);
    leases->clean = false;
    return clean_up(leases, conn);
}

static void note_renewed(struct cw_postgres_leases *leases, const PGresult *rows)
{
    for (size_t i = 0; i < leases->held_count; i++)
        leases->held[i].seen = false;
    for (int row = 0; row < PQntuples(rows); row++)
        for (size_t i = 0; i < leases->held_count; i++)
            leases->held[i].seen |= leases->held[i].call == figure_at(rows, row, 0) &&
                                    leases->held[i].epoch == figure_at(rows, row, 1);
}

static void tell_lost(struct cw_postgres_leases *leases)
{
    for (size_t i = leases->held_count; i-- > 0;)
        if (!leases->held[i].seen) {
            tell_lease(leases, &(struct cw_store_lease){.call = leases->held[i].call});
            leases->held[i] = leases->held[--leases->held_count];
            leases->clean = false;
        }
}

/* All of them, in one statement. */
static bool renew_all(struct cw_postgres_leases *leases, PGconn *conn)
{
    struct cw_buf sql = {0};
    uint64_t sent_ms = leases->renewed_ms = cw_store_lease_clock_ms();
    if (leases->held_count == 0)
        return true;
    cw_buf_append_str(&sql, "UPDATE call_leases c SET lease = " NEXT_LEASE " FROM nodes n, ");
    put_held(leases, &sql);
    put_own(leases, &sql);
    cw_buf_append_str(&sql, " AND h.id = c.id AND h.epoch = c.epoch RETURNING c.id, c.epoch");
    PGresult *rows = ask_and_finish(conn, &sql);
    if (rows == NULL)
        return false;
    note_renewed(leases, rows);
    PQclear(rows);
    tell_lost(leases);
    tell_lease(leases, &(struct cw_store_lease){.node = leases->node,
                                                .until_ms = sent_ms + CW_CALL_LEASE_MS * 2 / 3});
    return true;
}

/* --- the thread ------------------------------------------------------------------------------- */

bool cw_postgres_leases_work(struct cw_postgres_leases *leases, PGconn *conn)
{
    struct asked asked;
    bool good = conn != NULL && clean_up(leases, conn);
    bool due = cw_store_lease_clock_ms() - leases->renewed_ms >= CW_CALL_RENEW_MS;
    if (good && due)
        good = renew_all(leases, conn);
    while (next_asked(leases, &asked)) {
        if (!good && asked.take)
            tell_lease(leases, &(struct cw_store_lease){.call = asked.call});
        else if (!good) {
            forget(leases, asked.call);
            leases->clean = false;
        } else
            good = asked.take ? take(leases, conn, asked.call) : give_up(leases, conn, asked.call);
    }
    return good || conn == NULL;
}

int cw_postgres_leases_wait(struct cw_postgres_leases *leases, int most)
{
    if (leases->held_count == 0)
        return most;
    uint64_t passed = cw_store_lease_clock_ms() - leases->renewed_ms;
    int left = passed >= CW_CALL_RENEW_MS ? 0 : (int)(CW_CALL_RENEW_MS - passed);
    return left < most ? left : most;
}
