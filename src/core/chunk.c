/* chunk.c - see chunk.h. */
#include "core/chunk.h"

#include <assert.h>

#include "base/codes.h"
#include "core/refusal.h"
#include "core/state.h"

static void chunk_written(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    assert(request->upload != 0 && request->outlives);
    if (result->status != CW_STORE_OK) /* what has come behind it is not written either */
        cw_upload_forget(core, request->upload);
    if (cw_request_refused(core, request, result, NULL))
        return;
    request->reached = result->file.offset;
    cw_request_answer(core, request, CW_SUCCESS);
}

static bool good_chunk(struct cw_core *core, struct request *request, const struct upload *upload)
{
    const struct cw_msg *msg = request->msg;
    assert(upload->at <= upload->size && !request->done);
    if (msg->offset != upload->at)
        cw_request_refuse_field(core, request, CW_RULE_UPLOAD_OFFSET, "offset", upload->at);
    else if (msg->bytes.n == 0)
        cw_request_refuse_field(core, request, CW_RULE_CHUNK_EMPTY, "bytes", 0);
    else if (msg->bytes.n > upload->size - upload->at)
        cw_request_refuse_above(core, request, CW_RULE_UPLOAD_SIZE, upload->size);
    return !request->done;
}

bool cw_chunk_write(struct cw_core *core, struct request *request, struct upload *upload)
{
    if (!good_chunk(core, request, upload))
        return false;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_FILE_WRITE, chunk_written);
    store->user_id = upload->user_id;
    store->file_id = upload->id;
    store->offset = request->msg->offset;
    store->body = cw_request_bytes(core, request, request->msg->bytes);
    request->upload = upload->id;
    upload->at += store->body.n;
    assert(upload->at <= upload->size);
    request->outlives = true;
    return true;
}

struct cw_store_request *cw_chunk_read(struct cw_core *core, struct request *request,
                                       const struct cw_store_file *file, uint64_t wanted,
                                       step_fn *resume)
{
    uint64_t offset = request->msg->offset, left = file->size - offset;
    assert(offset < file->size && wanted != 0);
    request->reached = file->size;
    struct cw_store_request *store = cw_request_submit(core, request, CW_STORE_FILE_READ, resume);
    store->file_id = file->content;
    store->offset = offset;
    store->limit = (uint32_t)(wanted < left ? wanted : left);
    return store;
}
