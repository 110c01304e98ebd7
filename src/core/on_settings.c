/* on_settings.c - what a user has set for all of their devices: settings. */
#include "base/codes.h"
#include "core/audience.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static bool sets_receipts(const struct request *request)
{
    return (request->msg->extras.present & CW_BIT(CW_X_RECEIPTS)) != 0;
}

static void put_settings(bool discreet, struct cw_msg *msg)
{
    msg->extras.map_present = true;
    msg->extras.present = CW_BIT(CW_X_RECEIPTS);
    msg->extras.receipts = !discreet;
}

void cw_settings_tell(struct cw_core *core, const struct user *user, uint64_t asking, bool discreet)
{
    struct audience audience;
    struct cw_msg update = {
        .kind = CW_UPDATE, .action = CW_SETTINGS, .username = cw_user_name(user)};
    cw_audience_init(core, &audience, cw_user_session_count(user));
    cw_audience_add_user(&audience, user, CW_FEATURE_READ, asking);
    put_settings(discreet, &update);
    cw_effect_send(core, &update, &audience, false);
}

static void settings_done(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    request->sender->discreet = result->discreet;
    if (result->op == CW_STORE_SETTINGS_SET && !result->repeated)
        cw_settings_tell(core, request->sender, cw_request_told(request), result->discreet);
    struct cw_msg *answer = cw_request_make_answer(core);
    put_settings(result->discreet, answer);
    cw_request_answer_with(core, request, answer);
}

void cw_on_settings(struct cw_core *core, struct request *request)
{
    bool sets = sets_receipts(request);
    if (sets && request->msg->extras.receipts > 1) {
        cw_request_refuse_key(core, request, CW_RULE_RECEIPTS, "receipts", 0);
        return;
    }
    bool discreet = sets && request->msg->extras.receipts == 0;
    struct cw_store_request *store = cw_request_submit(
        core, request, sets ? CW_STORE_SETTINGS_SET : CW_STORE_SETTINGS_READ, settings_done);
    store->user_id = request->sender->id;
    store->discreet = discreet;
    request->outlives = sets;
}
