/* on_thumbnail.c - thumbnails: add_thumbnail, fetch_thumbnail. The sender of a picture makes it;
 * the server reads its header only, so that it is what it shall be: small. */
#include "base/codes.h"
#include "base/limits.h"
#include "base/picture.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/pace.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static void thumbnail_added(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

/* NULL: it is none. */
static const char *thumbnail_type(struct cw_slice bytes)
{
    struct cw_picture picture = cw_picture_read(bytes);
    if (picture.width > CW_THUMBNAIL_SIDE_MAX || picture.height > CW_THUMBNAIL_SIDE_MAX)
        return NULL;
    if (picture.kind == CW_PICTURE_JPEG)
        return "image/jpeg";
    return picture.kind == CW_PICTURE_WEBP ? "image/webp" : NULL;
}

void cw_on_add_thumbnail(struct cw_core *core, struct request *request)
{
    struct cw_slice bytes = request->msg->bytes;
    const char *type = thumbnail_type(bytes);
    if (type == NULL) {
        cw_request_refuse_field(core, request, CW_RULE_THUMBNAIL, "bytes", CW_THUMBNAIL_SIDE_MAX);
    } else {
        struct cw_store_request *store =
            cw_request_submit(core, request, CW_STORE_THUMBNAIL_SET, thumbnail_added);
        store->user_id = request->sender->id;
        store->file_id = request->msg->file_id;
        store->body = cw_request_bytes(core, request, bytes);
        store->type = cw_slice_str(type);
    }
}

static void thumbnail_found(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->bytes = event->store->body;
    if (request->conn != NULL)
        cw_pace_file(core, request->conn, answer->bytes.n);
    cw_request_answer_with(core, request, answer);
}

void cw_on_fetch_thumbnail(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_THUMBNAIL_FIND, thumbnail_found);
    store->user_id = request->sender->id;
    store->file_id = request->msg->file_id;
}
