/* connection.c - see connection.h. */
#include "store/postgres/connection.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t cw_postgres_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 + 1;
}

bool cw_postgres_refuse(const char *why, char error[256])
{
    snprintf(error, 256, "%s", why);
    return false;
}

/* The first line of what libpq says, without its end. */
void cw_postgres_explain(PGconn *conn, const PGresult *result, char error[256])
{
    const char *text = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (text == NULL)
        text = PQerrorMessage(conn);
    snprintf(error, 256, "PostgreSQL says: %.*s",
             (int)(strcspn(text, "\n") < 200 ? strcspn(text, "\n") : 200), text);
}

static PGresult *good_or_explained(PGconn *conn, PGresult *result, char error[256])
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    cw_postgres_explain(conn, result, error);
    PQclear(result);
    return NULL;
}

PGresult *cw_postgres_ask_on(PGconn *conn, const char *sql, char error[256])
{
    return good_or_explained(conn, PQexec(conn, sql), error);
}

PGresult *cw_postgres_ask_patiently(PGconn *conn, const char *sql, void (*wait)(void *context),
                                    void *context, char error[256])
{
    PGresult *last = NULL, *next;
    bool sent = PQsendQuery(conn, sql) == 1;
    while (sent && PQisBusy(conn)) {
        struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
        if (poll(&fd, 1, 500) == 1 && PQconsumeInput(conn) != 1)
            break; /* PQgetResult says it */
        if (wait != NULL)
            wait(context);
    }
    while (sent && (next = PQgetResult(conn)) != NULL) {
        PQclear(last);
        last = next;
    }
    return good_or_explained(conn, last, error);
}

/* The URL may say otherwise of what stands before it. A machine that is gone is noticed in half a
 * minute (`soon`: in seconds), also while it owes an answer; to another machine nothing goes that
 * others can read. (A socket of this machine has no TLS, whatever is asked for.) */
PGconn *cw_postgres_open_connection(const char *url, bool soon)
{
    static const char *const keywords[] = {
        "connect_timeout",           "tcp_user_timeout", "keepalives_idle",
        "keepalives_interval",       "keepalives_count", "sslmode",
        "fallback_application_name", "dbname",           NULL};
    const char *values[] = {"5", "30000", "10", "5", "4", "verify-full", "chinwagd", url, NULL};
    if (soon) {
        values[0] = "2";
        values[1] = "4000";
    }
    return PQconnectdbParams(keywords, values, 1);
}

void cw_postgres_put_number(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}
