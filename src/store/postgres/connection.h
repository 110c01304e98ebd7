/* connection.h - a connection to PostgreSQL before anything is known of it, and statements in text
 * form, one round trip each. Called by the files of this folder. */
#ifndef CW_STORE_POSTGRES_CONNECTION_H
#define CW_STORE_POSTGRES_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* As the URL says; to be finished, whatever became of it. */
PGconn *cw_postgres_open_connection(const char *url, bool soon);

/* NULL: trouble, for which there is `error`. To be cleared. */
PGresult *cw_postgres_ask_on(PGconn *conn, const char *sql, char error[256]);

/* The same for a commit, which may wait for a standby: `wait` (or NULL) is called twice a second
 * until the answer is here. */
PGresult *cw_postgres_ask_patiently(PGconn *conn, const char *sql, void (*wait)(void *context),
                                    void *context, char error[256]);

/* The first line of what PostgreSQL says of a result, or (NULL) of the connection. */
void cw_postgres_explain(PGconn *conn, const PGresult *result, char error[256]);
/* False, with the sentence. */
bool cw_postgres_refuse(const char *why, char error[256]);

/* Monotonic; never 0. */
uint64_t cw_postgres_clock_ms(void);

/* A number as a parameter in binary form. */
void cw_postgres_put_number(uint8_t bytes[8], uint64_t value);

#endif
