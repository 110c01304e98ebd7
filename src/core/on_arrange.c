/* on_arrange.c - what administrators arrange for everybody: place_group, set_heading,
 * set_newcomers. The store checks permissions; an administrator need not be a member. */
#include "base/limits.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/names.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static void arranged(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    bool heading = request->action == CW_SET_HEADING; /* else NOT_FOUND is about the group */
    bool refused = heading ? cw_request_refused(core, request, event->store, NULL)
                           : cw_group_refused(core, request, event->store);
    if (!refused)
        cw_request_answer(core, request, CW_SUCCESS);
}

static bool is_good_heading(struct cw_core *core, struct request *request)
{
    struct cw_slice heading = request->msg->heading;
    if (cw_names_is_line(heading) && heading.n <= CW_HEADING_MAX &&
        request->msg->place <= CW_PLACE_MAX)
        return true;
    if (request->msg->place > CW_PLACE_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "place", CW_PLACE_MAX);
    else
        cw_request_refuse_field(core, request, CW_RULE_HEADING_LINE, "heading", CW_HEADING_MAX);
    return false;
}

static struct cw_store_request *store_arrangement(struct cw_core *core, struct request *request,
                                                  enum cw_store_op op)
{
    request->outlives = true;
    struct cw_store_request *store = cw_request_ask_store(core, request, op, arranged);
    store->user_id = request->sender->id;
    store->place = request->msg->place;
    return store;
}

void cw_on_place_group(struct cw_core *core, struct request *request)
{
    if (is_good_heading(core, request) &&
        cw_request_fold_group(core, request, request->msg->group_name))
        store_arrangement(core, request, CW_STORE_GROUP_PLACE)->body =
            cw_effect_copy(core, request->msg->heading);
}

void cw_on_set_heading(struct cw_core *core, struct request *request)
{
    if (is_good_heading(core, request))
        store_arrangement(core, request, CW_STORE_HEADING_PLACE)->body =
            cw_effect_copy(core, request->msg->heading);
}

void cw_on_set_newcomers(struct cw_core *core, struct request *request)
{
    if (request->msg->newcomers > 1)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "newcomers", 1);
    else if (cw_request_fold_group(core, request, request->msg->group_name))
        store_arrangement(core, request, CW_STORE_GROUP_NEWCOMERS)->newcomers =
            request->msg->newcomers == 1;
}
