/* blob_writer.h - long bodies, written and synced by libuv's workers, so that
 * neither the loop nor the store's thread waits for megabytes. */
#ifndef CW_SERVER_BLOB_WRITER_H
#define CW_SERVER_BLOB_WRITER_H

#include <uv.h>

#include "store/store.h"

struct cw_blob_writer;

/* Called on the loop for each submitted request, in any order: with OK and the name of its blob, or
 * an error. The callee owns the request. */
typedef void cw_blob_done(void *context, struct cw_store_request *request,
                          enum cw_store_status status);

/* `requests`: the pool that requests come from. */
struct cw_blob_writer *cw_blob_writer_create(uv_loop_t *loop, struct cw_pool *requests,
                                             const char *folder, cw_blob_done *done, void *context);

/* Writes request->body to a file. Takes over the request, which was made by
 * cw_store_request_copy. */
void cw_blob_writer_submit(struct cw_blob_writer *writer, struct cw_store_request *request);

/* The loop must have finished all work since the last submit. */
void cw_blob_writer_destroy(struct cw_blob_writer *writer);

#endif
