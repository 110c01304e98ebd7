/* move.h - a community moves from SQLite in its data folder to a PostgreSQL, once and for all; what
 * it has in files stays in the folder. Ids, numbers, cursors and hashes stay as they are, so that
 * no client notices.
 *
 * sqlite/leave.c is the side that it leaves, or sqlite/leave_running.c while its server runs, and
 * postgres/arrive.c the other one, in the module of PostgreSQL, which has no SQLite: between them
 * stands struct cw_move_source. Callers: chinwagd --migrate and chinwagctl migrate
 * (server/migration.c). All of it blocks; no server runs on the PostgreSQL. */
#ifndef CW_STORE_MOVE_H
#define CW_STORE_MOVE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/slice.h"

struct cw_store_thread; /* store_thread.h */

/* Copies what is not there yet, compares both, and forbids the database in the folder: a server
 * does not start with it any more. No server runs on the folder. Tells lines for the operator.
 * False with a sentence: the folder is as it was, and the same call goes on where this one ended.
 */
bool cw_store_move(const char *url, const char *folder, void (*tell)(const char *line),
                   char error[256]);

/* The same of a server that runs. From the first row on its store only reads: whatever writes is
 * UNAVAILABLE, and this stays so, also after a failure. Then the same call goes on where this one
 * ended, in the same process; the next start of the server on the folder writes again, and the next
 * call begins anew. On a thread of its own, before cw_store_thread_stop. */
struct cw_store_moving {
    struct cw_store_thread *thread;
    const char *url, *folder;
    const atomic_bool *stop; /* set by another thread: it gives up */
    void (*tell)(void *context, const char *line);
    /* The socket to PostgreSQL; -1: none any more. Who shuts it down ends a wait for that. */
    void (*connected)(void *context, int socket);
    void *context;
    uint64_t process; /* a random number: no other process goes on with what this one has begun */
    bool frozen;      /* set: the store only reads from now on */
};
bool cw_store_move_running(struct cw_store_moving *moving, char error[256]);

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
    void (*tell)(void *context, const char *line);
    void (*connected)(void *context, int socket); /* as of cw_store_moving, or NULL */
    char state[CW_MOVE_STATE_MAX];                /* differs where rows may have been written */
    char moved_to[CW_MOVE_COMMUNITY_MAX];         /* "": not yet */
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
