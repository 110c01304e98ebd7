/* migration.h - the running server's community moves to PostgreSQL, on a thread of its own: what
 * store/move.h does. The loop's thread creates, starts, stops and destroys it, and is told of
 * progress and of the end. Caller: control_migrate.c. */
#ifndef CW_SERVER_MIGRATION_H
#define CW_SERVER_MIGRATION_H

#include <uv.h>

#include "store/store_thread.h"

struct cw_migration;

/* Both are called in the loop. */
struct cw_migration_told {
    void (*line)(void *context, const char *line);
    /* `failure`: NULL, all is there; else a sentence. read_only: nothing can be stored any more. */
    void (*ended)(void *context, const char *failure, bool read_only);
    void *context;
};

/* `data`: the data folder, which outlives it. */
struct cw_migration *cw_migration_create(uv_loop_t *loop, struct cw_store_thread *store,
                                         const char *data, const struct cw_migration_told *told);

/* False with a sentence: it is under way. `url` is copied. When all is there already, it only tells
 * that again. */
bool cw_migration_start(struct cw_migration *migration, const char *url, char error[256]);

/* Gives up what is under way, and waits for that; the end is told before this returns. Before the
 * store's thread is stopped; the loop runs once more before cw_migration_destroy. */
void cw_migration_stop(struct cw_migration *migration);
void cw_migration_destroy(struct cw_migration *migration);

#endif
