/* on_announce.c - what administrators have to say to everybody: announce, end_announcement,
 * announcements. The store checks permissions. */
#include "base/codes.h"
#include "base/limits.h"
#include "core/announced.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* --- announce -------------------------------------------------------------------------------- */

static void announce_stored(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_store_announcement announcement = {.id = result->number,
                                                 .time_ms = result->time_ms,
                                                 .until_ms = request->until_ms,
                                                 .body = request->msg->content};
    if (request->sender != NULL)
        announcement.by = cw_user_name(request->sender);
    cw_announced_add(core, &announcement);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->announcement = result->number;
    cw_request_answer_with(core, request, answer);
}

void cw_on_announce(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    if (msg->content.n == 0 || msg->content.n > CW_ANNOUNCEMENT_MAX) {
        cw_request_refuse_field(core, request, CW_RULE_ANNOUNCEMENT_TEXT, "content",
                                CW_ANNOUNCEMENT_MAX);
        return;
    }
    if (msg->seconds > CW_ANNOUNCEMENT_SECONDS_MAX) {
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "seconds",
                                CW_ANNOUNCEMENT_SECONDS_MAX);
        return;
    }
    request->until_ms = msg->seconds == 0 ? 0 : core->time_ms + msg->seconds * 1000;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_ANNOUNCE_ADD, announce_stored);
    store->user_id = cw_request_asker(request);
    store->body = cw_request_bytes(core, request, request->msg->content);
    store->until_ms = request->until_ms;
    request->outlives = true;
}

/* --- end_announcement ------------------------------------------------------------------------ */

static void announcement_ended(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
    cw_announced_remove(core, request->msg->announcement);
}

void cw_on_end_announcement(struct cw_core *core, struct request *request)
{
    uint64_t id = request->msg->announcement;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_ANNOUNCE_END, announcement_ended);
    store->user_id = cw_request_asker(request);
    store->number = id;
    request->outlives = true;
}

/* --- announcements --------------------------------------------------------------------------- */

/* The core has what the store has. */
void cw_on_announcements(struct cw_core *core, struct request *request)
{
    struct cw_list list = cw_announced_list(core);
    cw_request_answer_list(core, request, list.items, list.count, 0);
}
