/* import_writer.h - what import_write.c, import_people.c and import_upload.c share: the open store,
 * and how requests are put to it. Not for others. */
#ifndef CW_SERVER_IMPORT_WRITER_H
#define CW_SERVER_IMPORT_WRITER_H

#include "base/clock.h"
#include "server/import_write.h"
#include "store/store.h"

#define CW_IMPORT_BATCH 256

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

/* import_people.c: makes users and groups with their members; and ends that. */
void cw_import_users(struct cw_import_writer *writer);
void cw_import_groups(struct cw_import_writer *writer);
void cw_import_groups_end(struct cw_import_writer *writer);

/* import_upload.c: an upload of this user with the bytes of the file; 0: it could not be made. */
uint64_t cw_import_upload(struct cw_import_writer *writer, uint64_t user_id,
                          const struct cw_import_file *file);

#endif
