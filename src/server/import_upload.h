/* import_upload.h - the files of an import. Caller: import_write.c. */
#ifndef CW_SERVER_IMPORT_UPLOAD_H
#define CW_SERVER_IMPORT_UPLOAD_H

#include "server/import_run.h"

/* An upload of this user with the bytes of the file; 0: it could not be made. */
uint64_t cw_import_upload(struct cw_import_writer *writer, uint64_t user_id,
                          const struct cw_import_file *file);

#endif
