/* thumbnails.h - the bytes of a thumbnail, for the operations of links. */
#ifndef CW_STORE_SQLITE_THUMBNAILS_H
#define CW_STORE_SQLITE_THUMBNAILS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Sets result->body, and size and type of result->file to those of the file's thumbnail. False:
 * there is none. */
bool cw_sqlite_thumbnail_read(struct cw_sqlite *s, uint64_t file_id, struct cw_store_result *result,
                              struct cw_arena *arena);

#endif
