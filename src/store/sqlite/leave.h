/* leave.h - what leave.c and leave_running.c share: the side of SQLite when a community moves to
 * PostgreSQL (store/move.h), of a database that nobody uses and of that of a running server. */
#ifndef CW_STORE_SQLITE_LEAVE_H
#define CW_STORE_SQLITE_LEAVE_H

#include "store/move.h"
#include "store/sqlite/database.h"

/* Rows on their way to the other side. */
struct cw_sqlite_leaving_rows {
    const char *sql, *kinds; /* as of cw_move_source.read */
    bool (*row)(void *to, const struct cw_move_value *values);
    void *to;
    cw_sql_statement *st; /* NULL at first */
    struct cw_move_value *values;
    int rc; /* of database.h: how it has ended */
};

/* Reads so many rows at most; 0: reading is given up. True: there may be more, and it is to be
 * called again. */
bool cw_sqlite_leaving_read(struct cw_sqlite_leaving_rows *rows, cw_database *db, size_t most);

/* Fills in source->state, and moved_to where that is so, by source->read. */
bool cw_sqlite_leaving_state(struct cw_move_source *source, char error[256]);

/* The last transaction: no server starts with the database any more. Returns a result code. */
int cw_sqlite_leaving_end(cw_database *db, const char *community);

#endif
