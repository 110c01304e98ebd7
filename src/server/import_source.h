/* import_source.h - an export on the disk: its lines, and the files that belong to it. A file of
 * lines (files lie in its folder, or in "data" there), a folder with one *.jsonl, or a zip of the
 * same.
 *
 * Callers: import_plan.c, import_write.c. Waits for the disk. Paths in an export are of others:
 * none leads out of it. */
#ifndef CW_SERVER_IMPORT_SOURCE_H
#define CW_SERVER_IMPORT_SOURCE_H

#include "base/buf.h"

struct cw_import_source;

/* NULL with a sentence. */
struct cw_import_source *cw_import_source_open(const char *path, char error[256]);
void cw_import_source_close(struct cw_import_source *source);

/* Lines, from the first. *text is good until the next call; empty lines are passed over. */
enum cw_source_line { CW_SOURCE_LINE, CW_SOURCE_END, CW_SOURCE_LONG, CW_SOURCE_BROKEN };
struct cw_source_place {
    uint64_t at;   /* where it begins, to be read again */
    unsigned line; /* its number, from 1 */
};
void cw_import_source_rewind(struct cw_import_source *source);
enum cw_source_line cw_import_source_next(struct cw_import_source *source, struct cw_slice *text,
                                          struct cw_source_place *place);
/* The line that begins there; rewind is needed after it. */
enum cw_source_line cw_import_source_at(struct cw_import_source *source, uint64_t at,
                                        struct cw_slice *text);

/* A file of the export as an open descriptor of its own, to be closed; -1: it is not there. */
int cw_import_source_file(struct cw_import_source *source, const char *path);

#endif
