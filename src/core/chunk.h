/* chunk.h - bytes that come for an upload: the same for upload_chunk (on_file.c) and write_linked
 * (on_link.c). */
#ifndef CW_CORE_CHUNK_H
#define CW_CORE_CHUNK_H

#include "core/request.h"
#include "core/upload.h"

/* Gives the bytes of the request's message to the disk, and answers when they are there; false: it
 * has been refused, since they are not what comes next. */
bool cw_chunk_write(struct cw_core *core, struct request *request, struct upload *upload);

#endif
