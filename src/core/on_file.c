/* on_file.c - files: upload, resume_upload, upload_chunk, end_upload, drop_upload, fetch_file. The
 * message that a file is sent with is on_text.c's.
 *
 * The bytes never pass through the store's thread: a chunk is written by a worker, in the order in
 * which the chunks came, and answered when it is on the disk. Reading asks the store first whether
 * the user may read the file, each time. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/chunk.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/pace.h"
#include "core/part.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/upload.h"
#include "core/user.h"
#include "text/file_name.h"

static struct cw_store_request *ask_about_file(struct cw_core *core, struct request *request,
                                               enum cw_store_op op, step_fn *resume)
{
    cw_request_keep(core, request);
    struct cw_store_request *store = cw_request_submit(core, request, op, resume);
    store->user_id = request->sender->id;
    store->file_id = request->msg->file_id;
    return store;
}

/* --- upload, resume_upload ----------------------------------------------------------------- */

static void upload_begun(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    const struct cw_store_file *file = &event->store->file;
    assert(file->user_id == request->sender->id);
    cw_upload_open(core, file);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->file_id = file->id;
    answer->generation = file->generation;
    answer->offset = file->offset;
    cw_request_answer_with(core, request, answer);
}

/* Whose number it is. */
static void put_number(const struct request *request, struct cw_store_request *store)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (extras->n == 0)
        return;
    store->session_id = request->sender_session;
    store->part = cw_part_wanted(extras) ? extras->part : request->sender_part;
    store->n = extras->n;
}

void cw_on_upload(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    enum cw_rule fault = cw_file_name_fault(msg->file_name);
    uint64_t most = core->config.file_size_max;
    if (fault != CW_RULE_NONE) {
        cw_request_refuse(core, request, fault);
    } else if (msg->size == 0) {
        cw_request_refuse_field(core, request, CW_RULE_FILE_EMPTY, "size", 0);
    } else if (msg->size > most) {
        cw_request_refuse_above(core, request, CW_RULE_UPLOAD_MAX, most);
    } else {
        struct cw_store_request *store =
            ask_about_file(core, request, CW_STORE_FILE_BEGIN, upload_begun);
        store->name = cw_effect_copy(core, msg->file_name);
        store->size = msg->size;
        put_number(request, store);
    }
}

void cw_on_resume_upload(struct cw_core *core, struct request *request)
{
    ask_about_file(core, request, CW_STORE_FILE_RESUME, upload_begun);
}

/* --- upload_chunk -------------------------------------------------------------------------- */

/* The upload that the request may write to, or NULL: that has been answered. */
static struct upload *writable(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    struct upload *upload = cw_upload_find(core, msg->file_id, request->sender->id);
    assert(upload == NULL || upload->user_id == request->sender->id);
    if (upload != NULL && upload->generation == msg->generation)
        return upload;
    cw_request_refuse(core, request,
                      upload == NULL ? CW_RULE_UPLOAD_NOT_OPEN : CW_RULE_UPLOAD_TAKEN);
    return NULL;
}

void cw_on_upload_chunk(struct cw_core *core, struct request *request)
{
    struct upload *upload = writable(core, request);
    if (upload == NULL || !cw_chunk_write(core, request, upload))
        return;
    cw_request_unblock(request);
}

/* --- end_upload, drop_upload ----------------------------------------------------------------- */

static void upload_ended(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    cw_upload_forget(core, request->msg->file_id);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void upload_hashed(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_store_request *store =
        ask_about_file(core, request, CW_STORE_FILE_DONE, upload_ended);
    store->generation = request->msg->generation;
    store->secret = cw_effect_copy(core, request->msg->sha256);
    store->type = cw_effect_copy(core, event->store->file.type);
    store->width = event->store->file.width;
    store->height = event->store->file.height;
}

static void hash_upload(struct cw_core *core, struct request *request, const struct upload *upload)
{
    assert(upload->at == upload->size);
    struct cw_store_request *store =
        ask_about_file(core, request, CW_STORE_FILE_HASH, upload_hashed);
    store->file_id = upload->content;
    store->size = upload->size;
    store->secret = cw_effect_copy(core, request->msg->sha256);
    cw_request_unblock(request);
}

void cw_on_end_upload(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    const struct upload *upload = writable(core, request);
    if (upload == NULL)
        return;
    if (msg->sha256.n != CW_SHA256_N)
        cw_request_refuse_field(core, request, CW_RULE_SHA256, "sha256", 0);
    else if (upload->at != upload->size)
        cw_request_refuse_field(core, request, CW_RULE_UPLOAD_INCOMPLETE, "offset", upload->at);
    else
        hash_upload(core, request, upload);
}

void cw_on_drop_upload(struct cw_core *core, struct request *request)
{
    ask_about_file(core, request, CW_STORE_FILE_DROP, upload_ended);
}

/* --- fetch_file ------------------------------------------------------------------------------ */

static void file_read(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_msg *answer = cw_request_make_answer(core);
    assert(request->msg->offset < request->reached);
    answer->size = request->reached;
    answer->offset = request->msg->offset;
    answer->bytes = event->store->body;
    cw_request_answer_with(core, request, answer);
}

static uint64_t bytes_wanted(const struct cw_extras *extras)
{
    bool limited = (extras->present & CW_BIT(CW_X_LIMIT)) != 0;
    return limited && extras->limit < CW_FILE_CHUNK_MAX ? extras->limit : CW_FILE_CHUNK_MAX;
}

static void file_found(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_file *file = &event->store->file;
    const struct cw_msg *msg = request->msg;
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    if (msg->offset >= file->size) {
        cw_request_refuse_field(core, request, CW_RULE_FILE_END, "offset", file->size);
        return;
    }
    struct cw_store_request *store =
        cw_chunk_read(core, request, file, bytes_wanted(&msg->extras), file_read);
    store->user_id = request->sender->id;
    if (request->conn != NULL)
        cw_pace_file(core, request->conn, store->limit);
}

void cw_on_fetch_file(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if ((extras->present & CW_BIT(CW_X_LIMIT)) != 0 && extras->limit == 0)
        cw_request_refuse_key(core, request, CW_RULE_FROM_ONE, "limit", 0);
    else
        ask_about_file(core, request, CW_STORE_FILE_FIND, file_found);
}
