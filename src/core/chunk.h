/* chunk.h - bytes that come for an upload, the same for upload_chunk (on_file.c) and write_linked
 * (on_file_link.c); and bytes of a file that are read. */
#ifndef CW_CORE_CHUNK_H
#define CW_CORE_CHUNK_H

#include "core/request.h"
#include "core/upload.h"

/* Gives the bytes of the request's message to the disk, and answers when they are there; false: it
 * has been refused, since they are not what comes next. */
bool cw_chunk_write(struct cw_core *core, struct request *request, struct upload *upload);

/* Asks a worker for bytes of the file from the message's offset on: as many as are wanted, and as
 * there are. The caller adds the user. */
struct cw_store_request *cw_chunk_read(struct cw_core *core, struct request *request,
                                       const struct cw_store_file *file, uint64_t wanted,
                                       step_fn *resume);

#endif
