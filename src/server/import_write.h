/* import_write.h - puts what was planned into the store of a stopped server. What is there already,
 * by conversation, sender and time, is not added again, so that the same import may be repeated,
 * also after it was killed.
 *
 * Caller: import.c. */
#ifndef CW_SERVER_IMPORT_WRITE_H
#define CW_SERVER_IMPORT_WRITE_H

#include "server/import_plan.h"

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

/* Tells what cannot be added. False with a sentence: it stopped, and may be repeated. */
bool cw_import_write(const struct cw_import_order *order, struct cw_import_written *written,
                     char error[256]);

#endif
