/* import_run.h - an import on its way: the open store, and how requests are put to it.
 *
 * Callers: import_write.c, and what that uses: import_people.c, import_upload.c. */
#ifndef CW_SERVER_IMPORT_RUN_H
#define CW_SERVER_IMPORT_RUN_H

#include "base/clock.h"
#include "server/import_plan.h"
#include "store/store.h"

#define CW_IMPORT_BATCH 256

struct cw_import_order {
    const char *data;
    struct cw_import_source *source;
    struct cw_import_plan *plan;
    uint64_t file_max; /* bytes of a file */
};

struct cw_import_written {
    uint64_t users, groups, messages, files, reactions; /* that were added */
    uint64_t found;                                     /* messages that were there already */
    uint64_t left_out;                                  /* posts that could not be added */
};

struct cw_import_writer {
    const struct cw_import_order *order;
    struct cw_import_plan *plan;
    struct cw_import_written *written;
    struct cw_store *store;
    struct cw_clock clock;
    struct cw_arena arena; /* of the results at hand */
    bool failed;           /* the store cannot go on; `error` says why */
    char *error;
};

/* One commit: the results are good until the next. Requests without a time get the present one. */
void cw_import_run(struct cw_import_writer *writer, struct cw_store_request requests[], size_t n,
                   struct cw_store_result results[]);
enum cw_store_status cw_import_run_one(struct cw_import_writer *writer,
                                       struct cw_store_request request,
                                       struct cw_store_result *result);

/* A line for the operator. */
void cw_import_say(const char *what, const char *name, const char *why);

#endif
