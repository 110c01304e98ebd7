/* file_worker.h - reads and writes the bytes of files on libuv's workers, so that neither the loop
 * nor the store's thread waits for them. Not the rows about files, which are the store's. Called by
 * carry_out.c. Loop thread only. */
#ifndef CW_SERVER_FILE_WORKER_H
#define CW_SERVER_FILE_WORKER_H

#include "server/work_queue.h"
#include "store/store.h"

struct cw_file_worker;

/* Called on the loop with each result, which is valid until it returns. */
typedef void cw_file_done(void *context, const struct cw_store_result *result);

/* `requests`: the pool that requests come from. */
struct cw_file_worker *cw_file_worker_create(uv_loop_t *loop, struct cw_pool *requests,
                                             const char *folder, struct cw_ledger *ledger,
                                             cw_file_done *done, void *context);

/* Executes a request about bytes (cw_store_op_is_of_bytes), which is taken over: what changes or
 * hashes a file in the order of submission, reading at any time. Writes to one file that wait
 * together are synced together. Users take turns. */
void cw_file_worker_submit(struct cw_file_worker *worker, struct cw_store_request *request,
                           uint64_t owner);

/* The loop must have finished all work since the last submit. */
void cw_file_worker_destroy(struct cw_file_worker *worker);

#endif
