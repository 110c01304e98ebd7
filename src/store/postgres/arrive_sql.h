/* arrive_sql.h - the side of PostgreSQL when a community moves there from SQLite (../move.h): its
 * tables, one after the other. How far they have come stands in the table `arrival`, written with
 * the rows that it counts; while that is there no server starts on the database. */
#ifndef CW_STORE_POSTGRES_ARRIVE_SQL_H
#define CW_STORE_POSTGRES_ARRIVE_SQL_H

#include "base/attributes.h"
#include "base/buf.h"
#include "store/move.h"
#include "store/postgres/connection.h"

struct cw_postgres_arrival {
    PGconn *conn;
    const struct cw_move_source *source;
    PGresult *tables; /* a row for each, by name: the next numbers are its columns */
    char *error;      /* 256 bytes */
};
enum {
    CW_ARRIVAL_TABLE,
    CW_ARRIVAL_COLUMNS, /* "a","b" */
    CW_ARRIVAL_KINDS,   /* of each column: n (a number) or b (bytes) */
    CW_ARRIVAL_KEY,     /* of the primary key: "a","b" */
    CW_ARRIVAL_PLACES   /* and where these are among the columns: "1 2" */
};

int cw_postgres_arrival_tables(const struct cw_postgres_arrival *arrival);
const char *cw_postgres_arrival_of(const struct cw_postgres_arrival *arrival, int table, int what);
/* Statements without rows; false with a sentence. */
bool cw_postgres_arrival_exec(struct cw_postgres_arrival *arrival, const char *sql);
/* The answers to COPY, up to its end; false with a sentence. */
bool cw_postgres_arrival_end(struct cw_postgres_arrival *arrival);
/* Appends, with a zero behind the text that is not counted. */
CW_PRINTF_LIKE(2, 3) void cw_postgres_arrival_put(struct cw_buf *sql, const char *format, ...);

/* For a server that starts: false with a sentence while a community is arriving. */
bool cw_postgres_arrival_is_over(PGconn *conn, char error[256]);

#endif
