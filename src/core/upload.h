/* upload.h - uploads that are written to: where each stands, and who writes it. on_file.c changes
 * them. */
#ifndef CW_CORE_UPLOAD_H
#define CW_CORE_UPLOAD_H

#include "core/core.h"
#include "core/list.h"

/* An upload as its writer began or resumed it. The store has it, too; what is here may be forgotten
 * at any time, and the writer then resumes it. */
struct upload {
    uint64_t id;
    uint64_t user_id;
    uint64_t content; /* as in struct cw_store_file */
    uint64_t generation;
    uint64_t size;
    uint64_t at;      /* bytes that have come; a part of them is on its way to the disk */
    uint64_t ends_ms; /* monotonic: the store may remove it from here on */
    struct link used; /* in core->uploads_by_use, longest unused first */
};

/* The upload begins or continues here, with a new writer. */
void cw_upload_open(struct cw_core *core, const struct cw_store_file *file);
/* NULL: none of this user is open. */
struct upload *cw_upload_find(struct cw_core *core, uint64_t id, uint64_t user_id);
void cw_upload_forget(struct cw_core *core, uint64_t id);
/* Another server has a writer of it, of this generation; 0: it is complete, or gone. */
void cw_upload_taken(struct cw_core *core, uint64_t id, uint64_t generation);
void cw_uploads_finish(struct cw_core *core);

#endif
