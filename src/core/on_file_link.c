/* on_file_link.c - links to files, by which HTTP reads and writes them: link_file makes one;
 * fetch_linked and write_linked are what a GET or PUT asks, piece by piece (server/linked.c).
 *
 * Whoever has a link may use it, so these two need no session: each time the store judges what the
 * link says as if its session asked. */
#include <assert.h>

#include "base/codes.h"
#include "core/chunk.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/link.h"
#include "core/pace.h"
#include "core/refusal.h"
#include "core/state.h"
#include "core/user.h"

/* What a question without bytes is counted as. */
#define ASKING_BYTES 1024u

/* --- link_file ----------------------------------------------------------------------- */

/* What is signed: the same before and after the store was asked. */
static struct link_to_file wanted_link(const struct request *request)
{
    assert(request->until_ms != 0 && request->sender_session != 0);
    return (struct link_to_file){.file_id = request->msg->file_id,
                                 .user_id = request->sender->id,
                                 .session_id = request->sender_session,
                                 .generation = request->msg->generation,
                                 .thumbnail = request->msg->extras.thumbnail != 0,
                                 .end_s = request->until_ms / 1000};
}

static void link_signed(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct link_to_file link = wanted_link(request);
    struct cw_buf text = {0};
    cw_link_write(&link, &text);
    cw_link_sign(event->store->secret, &text);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->link = cw_effect_copy(core, cw_buf_slice(&text));
    cw_buf_finish(&text);
    cw_request_answer_with(core, request, answer);
}

void cw_on_link_file(struct cw_core *core, struct request *request)
{
    struct cw_buf text = {0};
    cw_request_keep(core, request);
    request->until_ms = core->time_ms + CW_FILE_LINK_MS;
    struct link_to_file link = wanted_link(request);
    cw_link_write(&link, &text);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_FILE_LINK, link_signed);
    store->user_id = link.user_id;
    store->session_id = link.session_id;
    store->file_id = link.file_id;
    store->generation = link.generation;
    store->thumbnail = link.thumbnail;
    store->name = cw_effect_copy(core, cw_buf_slice(&text));
    cw_buf_finish(&text);
}

/* --- what links are used for --------------------------------------------------------- */

/* Asks the store whether the link is good for reading, or for writing. */
static void ask_linked(struct cw_core *core, struct request *request, bool writes, step_fn *resume)
{
    struct link_to_file link;
    if (!cw_link_read(request->msg->link, &link) || (link.generation != 0) != writes ||
        link.end_s > UINT64_MAX / 1000) {
        cw_request_refuse(core, request, CW_RULE_NO_FILE_LINK);
        return;
    }
    struct cw_slice text = cw_effect_copy(core, link.text);
    struct cw_slice mac = cw_effect_copy(core, cw_slice_of(link.mac, sizeof link.mac));
    cw_request_keep(core, request);
    struct cw_store_request *store = cw_request_submit(core, request, CW_STORE_FILE_LINKED, resume);
    store->user_id = link.user_id;
    store->session_id = link.session_id;
    store->file_id = link.file_id;
    store->generation = link.generation;
    store->thumbnail = link.thumbnail;
    store->until_ms = link.end_s * 1000;
    store->name = text;
    store->secret = mac;
}

/* --- fetch_linked -------------------------------------------------------------------- */

static struct cw_msg *make_piece(struct cw_core *core, const struct request *request, uint64_t size)
{
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->size = size;
    answer->offset = request->msg->offset;
    return answer;
}

static void linked_read(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_msg *answer = make_piece(core, request, request->reached);
    assert(request->msg->offset < request->reached);
    answer->bytes = event->store->body;
    cw_request_answer_with(core, request, answer);
}

/* What the file is, for who has asked for no byte of it. */
static void describe_linked(struct cw_core *core, struct request *request,
                            const struct cw_store_file *file)
{
    struct cw_msg *answer = make_piece(core, request, file->size);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_FILE_NAME) | CW_BIT(CW_X_TYPE);
    answer->extras.file_name = cw_effect_copy(core, file->name);
    answer->extras.file_type = cw_effect_copy(core, file->type);
    cw_request_answer_with(core, request, answer);
}

static uint64_t linked_wanted(const struct cw_msg *msg)
{
    uint64_t wanted = CW_FILE_CHUNK_MAX;
    if ((msg->extras.present & CW_BIT(CW_X_LIMIT)) != 0 && msg->extras.limit < wanted)
        wanted = msg->extras.limit;
    return wanted;
}

/* A thumbnail came with the store's result; the bytes of a file are read by a worker. */
static void answer_piece(struct cw_core *core, struct request *request,
                         const struct cw_store_result *result, uint64_t n)
{
    const struct cw_store_file *file = &result->file;
    uint64_t offset = request->msg->offset, left = file->size - offset;
    assert(offset < file->size && n != 0);
    if (result->body.n != 0) {
        struct cw_msg *answer = make_piece(core, request, file->size);
        answer->bytes = cw_slice_of(result->body.p + offset, n < left ? n : left);
        cw_request_answer_with(core, request, answer);
        return;
    }
    cw_chunk_read(core, request, file, n, linked_read)->user_id = result->user_id;
}

static void linked_found(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_file *file = &event->store->file;
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    uint64_t n = linked_wanted(request->msg);
    if (request->conn != NULL)
        cw_pace_file_of(core, request->conn, event->store->user_id, n + ASKING_BYTES);
    if (n == 0)
        describe_linked(core, request, file);
    else if (request->msg->offset >= file->size)
        cw_request_refuse_field(core, request, CW_RULE_FILE_END, "offset", file->size);
    else
        answer_piece(core, request, event->store, n);
}

void cw_on_fetch_linked(struct cw_core *core, struct request *request)
{
    ask_linked(core, request, false, linked_found);
}

/* --- write_linked -------------------------------------------------------------------- */

static void linked_upload_found(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    const struct cw_store_file *file = &event->store->file;
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct upload *upload = cw_upload_find(core, file->id, file->user_id);
    if (upload == NULL || upload->generation != file->generation) {
        cw_request_refuse(core, request, CW_RULE_UPLOAD_NOT_OPEN);
        return;
    }
    size_t n = request->msg->bytes.n;
    if (request->conn != NULL)
        cw_pace_file_of(core, request->conn, file->user_id, n + ASKING_BYTES);
    if (n != 0) {
        cw_chunk_write(core, request, upload);
        return;
    }
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->offset = upload->at;
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_SIZE);
    answer->extras.size = upload->size;
    cw_request_answer_with(core, request, answer);
}

void cw_on_write_linked(struct cw_core *core, struct request *request)
{
    ask_linked(core, request, true, linked_upload_found);
}
