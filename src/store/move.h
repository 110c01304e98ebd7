/* move.h - a community moves from SQLite in its data folder to a PostgreSQL, once and for all; what
 * it has in files stays in the folder. Ids, numbers, cursors and hashes stay as they are, so that
 * no client notices.
 *
 * sqlite/leave.c is the side that it leaves, postgres/arrive.c the other one, in the module of
 * PostgreSQL, which has no SQLite: between them stands struct cw_move_source. Caller: chinwagd
 * --migrate. Blocks; no server runs on the folder or on the PostgreSQL. */
#ifndef CW_STORE_MOVE_H
#define CW_STORE_MOVE_H

#include <stdbool.h>

#include "base/slice.h"

/* Copies what is not there yet, compares both, and forbids the database in the folder: a server
 * does not start with it any more. Tells lines for the operator. False with a sentence: the folder
 * is as it was, and the same call goes on where this one ended. */
bool cw_store_move(const char *url, const char *folder, void (*tell)(const char *line),
                   char error[256]);

/* Has the database in the folder been left so? False as well when it cannot be read. */
bool cw_store_was_moved(const char *folder);

#define CW_MOVE_COMMUNITY_MAX 37 /* the text of a UUID, with its zero */
#define CW_MOVE_STATE_MAX     49
#define CW_MOVE_DB_TEXT       32 /* so much of the state is the database's identity */

/* The value of a column: a number, or bytes. */
struct cw_move_value {
    bool null;
    uint64_t number;
    struct cw_slice bytes;
};

struct cw_move_source {
    void *context;
    void (*tell)(const char *line);
    char state[CW_MOVE_STATE_MAX];        /* another one after each start of a server */
    char moved_to[CW_MOVE_COMMUNITY_MAX]; /* "": not yet */
    /* Calls `row` for each row until it returns false. `kinds` has for each column n (a number) or
     * b (bytes). */
    bool (*read)(void *context, const char *sql, const char *kinds,
                 bool (*row)(void *to, const struct cw_move_value *values), void *to,
                 char error[256]);
    /* The last transaction of the database. */
    bool (*leave)(void *context, const char *community, char error[256]);
};

/* ../postgres_module.c: calls the module. */
bool cw_store_move_to_postgres(const char *url, const char *folder,
                               const struct cw_move_source *source, char error[256]);

#endif
