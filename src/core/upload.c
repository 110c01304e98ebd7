/* upload.c - see upload.h. */
#include "core/upload.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/state.h"

static struct upload *upload_by_id(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->uploads, cw_map_id(&id));
}

static void destroy(struct cw_core *core, struct upload *upload)
{
    assert(upload_by_id(core, upload->id) == upload && !cw_list_empty(&upload->used));
    cw_map_remove(&core->uploads, cw_map_id(&upload->id));
    cw_list_remove(&upload->used);
    free(upload);
}

static void use(struct cw_core *core, struct upload *upload)
{
    assert(upload_by_id(core, upload->id) == upload);
    cw_list_remove(&upload->used);
    cw_list_append(&core->uploads_by_use, &upload->used);
}

static struct upload *longest_unused(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->uploads_by_use));
    return CW_LINK_OWNER(core->uploads_by_use.next, struct upload, used);
}

void cw_upload_open(struct cw_core *core, const struct cw_store_file *file)
{
    struct upload *upload = upload_by_id(core, file->id);
    assert(file->id != 0 && file->offset <= file->size);
    if (upload == NULL) {
        if (core->uploads.count == CW_UPLOADS_OPEN_MAX)
            destroy(core, longest_unused(core));
        upload = cw_alloc_zero(sizeof *upload);
        upload->id = file->id;
        cw_list_init(&upload->used);
        cw_map_put(&core->uploads, cw_map_id(&upload->id), upload);
    }
    upload->user_id = file->user_id;
    upload->content = file->content;
    upload->generation = file->generation;
    upload->size = file->size;
    upload->at = file->offset;
    assert(core->uploads.count <= CW_UPLOADS_OPEN_MAX);
    uint64_t age_ms = core->time_ms > file->begun_ms ? core->time_ms - file->begun_ms : 0;
    upload->ends_ms = core->now_ms + (age_ms < CW_UPLOAD_MS ? CW_UPLOAD_MS - age_ms : 0);
    use(core, upload);
}

struct upload *cw_upload_find(struct cw_core *core, uint64_t id, uint64_t user_id)
{
    struct upload *upload = upload_by_id(core, id);
    if (upload == NULL || upload->user_id != user_id || core->now_ms >= upload->ends_ms)
        return NULL;
    use(core, upload);
    return upload;
}

void cw_upload_forget(struct cw_core *core, uint64_t id)
{
    struct upload *upload = upload_by_id(core, id);
    if (upload != NULL)
        destroy(core, upload);
}

void cw_upload_taken(struct cw_core *core, uint64_t id, uint64_t generation)
{
    struct upload *upload = upload_by_id(core, id);
    if (generation == 0)
        cw_upload_forget(core, id);
    else if (upload != NULL)
        upload->generation = generation;
}

void cw_uploads_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->uploads_by_use))
        destroy(core, longest_unused(core));
    cw_map_finish(&core->uploads);
}
