/* arrive_copy.h - rows of an arriving community, from SQLite into a table: see arrive_sql.h. Called
 * by arrive.c and arrive_verify.c. */
#ifndef CW_STORE_POSTGRES_ARRIVE_COPY_H
#define CW_STORE_POSTGRES_ARRIVE_COPY_H

#include "store/postgres/arrive_sql.h"

/* Copies the rows behind `after`, which is "" or the values of a key as they stand
 * in a statement for SQLite. */
bool cw_postgres_arrival_copy(struct cw_postgres_arrival *arrival, int table, const char *after);

/* Appends a row as COPY has it in its binary form. */
void cw_postgres_arrival_row(struct cw_buf *rows, const char *kinds,
                             const struct cw_move_value *values);
#define CW_COPY_HEADER     "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define CW_COPY_HEADER_LEN 19

#endif
