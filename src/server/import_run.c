/* import_run.c - see import_run.h. */
#include "server/import_run.h"

#include <stdio.h>

void cw_import_run(struct cw_import_writer *writer, struct cw_store_request requests[], size_t n,
                   struct cw_store_result results[])
{
    const struct cw_store_request *list[CW_IMPORT_BATCH];
    for (size_t i = 0; i < n; i++) {
        requests[i].date_ms = writer->clock.date_ms;
        if (requests[i].time_ms == 0)
            requests[i].time_ms = writer->clock.time_ms;
        list[i] = &requests[i];
    }
    cw_arena_finish(&writer->arena);
    writer->arena = (struct cw_arena){0};
    cw_store_execute(writer->store, list, n, results, &writer->arena);
    for (size_t i = 0; i < n; i++)
        if (results[i].status == CW_STORE_FAILED || results[i].status == CW_STORE_NO_ROOM ||
            results[i].status == CW_STORE_UNAVAILABLE) {
            writer->failed = true;
            snprintf(writer->error, 256,
                     results[i].status == CW_STORE_NO_ROOM
                         ? "The disk is full: make room on it, then repeat the import; it goes on."
                         : "The data cannot be written: see the disk, then repeat the import.");
        }
}

enum cw_store_status cw_import_run_one(struct cw_import_writer *writer,
                                       struct cw_store_request request,
                                       struct cw_store_result *result)
{
    if (writer->failed)
        return CW_STORE_FAILED;
    cw_import_run(writer, &request, 1, result);
    return result->status;
}

void cw_import_say(const char *what, const char *name, const char *why)
{
    printf("%s %s: %s\n", what, name, why);
}
