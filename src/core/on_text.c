/* on_text.c - messages that are stored: whisper, msg_group, voice_msg, post_hook. The update and
 * the answer are sent when the store reports that the message is on disk: no client gets a message
 * that a crash could undo. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/fan_out.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/handlers.h"
#include "core/hook_rate.h"
#include "core/list.h"
#include "core/mention.h"
#include "core/part.h"
#include "core/reason.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/stranger.h"
#include "core/throttle.h"
#include "core/user.h"

/* The message that has just been stored, as a page of the store would have it. */
static void stored_message(const struct cw_store_result *result, struct cw_store_message *message)
{
    const struct cw_store_request *stored = result->request;
    assert(stored != NULL && result->message_id != 0);
    *message = (struct cw_store_message){.message_id = result->message_id,
                                         .time_ms = result->time_ms,
                                         .mailbox = stored->mailbox,
                                         .body = stored->body,
                                         .body_owner = stored->body_owner,
                                         .voice = stored->voice,
                                         .channels = stored->channels,
                                         .sample_rate = stored->sample_rate,
                                         .duration_ms = stored->duration_ms,
                                         .waveform = stored->waveform,
                                         .kind = stored->voice ? CW_KIND_VOICE : CW_KIND_TEXT,
                                         .seq = result->seq,
                                         .reply_to = stored->reply_to,
                                         .quote = result->quote,
                                         .mentions = result->mentions};
    const struct cw_store_file *file = result->file_sent;
    if (file == NULL)
        return;
    message->file_id = file->id;
    message->file_size = file->size;
    message->file_name = file->name;
    message->file_type = file->type;
    message->file_width = file->width;
    message->file_height = file->height;
    message->file_thumbnail = file->thumbnail;
}

static bool awaits_page(const struct user *user)
{
    CW_EACH_SESSION (session, user)
        if (session->delivery == DELIVERY_READING)
            return true;
    return false;
}

/* While a page is awaited that was requested before this message, the message must keep its turn:
 * the session that wrote it must not get it in that page, and the user's other sessions must be
 * live, or they miss their copy. Later requests do not overtake it, either. */
static bool take_turn(struct request *request)
{
    struct conn *conn = request->conn;
    if (conn->session == NULL) /* it moved to another connection while a name was looked up */
        return false;
    assert(!request->in_turn);
    request->in_turn = conn->in_turn != 0 || awaits_page(request->sender);
    conn->in_turn += request->in_turn;
    return request->in_turn;
}

static void give_turn(const struct request *request)
{
    assert(!request->in_turn || request->conn == NULL || request->conn->in_turn > 0);
    if (request->in_turn && request->conn != NULL)
        request->conn->in_turn--;
}

static void text_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    /* Its session has ended meanwhile. */
    static const struct refusal others[] = {{CW_STORE_MISMATCH, CW_USER_NOT_CONNECTED}, {0}};
    struct cw_store_message message;
    give_turn(request);
    cw_stranger_stored(core, request, result);
    if (cw_request_refused(core, request, result, others))
        return;
    request->message_id = result->message_id;
    request->message_seq = result->seq;
    request->message_time_ms = result->time_ms;
    request->gone = result->gone;
    cw_request_note_mentions(request, result);
    if (!result->repeated) {
        stored_message(result, &message);
        cw_text_fan_out(core, request, &message);
        if ((request->features & CW_FEATURE_READ) != 0)
            cw_read_follow(core, request, result->seq);
    }
    cw_request_answer(core, request, CW_SUCCESS);
}

/* A number (`n`, `part`, `reply_to`) that is present is not 0. */
static bool good_extras(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    const char *zero = NULL;
    if ((extras->present & CW_BIT(CW_X_REPLY_TO)) != 0 && extras->reply_to == 0)
        zero = "reply_to";
    if ((extras->present & CW_BIT(CW_X_PART)) != 0 && extras->part == 0)
        zero = "part";
    if ((extras->present & CW_BIT(CW_X_N)) != 0 && extras->n == 0)
        zero = "n";
    if ((extras->present & CW_BIT(CW_X_FILE)) != 0 && extras->file_id == 0)
        zero = "file";
    if (!request->extended)
        return true;
    if (zero == NULL && (extras->present & CW_BIT(CW_X_FILE)) != 0 &&
        request->action == CW_VOICE_MSG) {
        cw_request_refuse(core, request, CW_RULE_FILE_WITH_VOICE);
        return false;
    }
    if (zero == NULL)
        return true;
    cw_request_refuse_key(core, request, CW_RULE_FROM_ONE, zero, 0);
    return false;
}

/* A long body gets its memory from the message instead of being copied. */
static void put_body(struct cw_core *core, struct request *request, struct cw_store_request *store)
{
    const struct cw_msg *msg = request->msg;
    store->voice = request->action == CW_VOICE_MSG;
    store->body = store->voice ? msg->samples.encoded : msg->content;
    if (store->body.n > CW_BODY_INLINE_MAX)
        store->body_owner = cw_request_give_frame(core, request);
    else
        store->body = cw_request_bytes(core, request, store->body);
    if (!store->voice)
        request->cut = !cw_mentions_put(core, msg->content, store);
    store->channels = (uint32_t)msg->channels;
    store->sample_rate = (uint32_t)msg->sample_rate;
    store->duration_ms = (msg->samples.duration_us + 500) / 1000;
    if (store->voice)
        store->waveform =
            cw_request_bytes(core, request, cw_slice_of(msg->samples.waveform, CW_WAVEFORM_LEVELS));
}

static void append_text(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    bool counted = request->extended && msg->extras.n != 0;
    assert((request->target != NULL) != (request->target_group != 0));
    /* A retry of a message that was stored while it was allowed gets the first answer, even if it
     * is forbidden now. */
    bool open = request->action == CW_POST_HOOK || cw_conversation_is_open(core, request);
    if (!open && !counted) {
        if (!cw_refused_as_muted(core, request))
            cw_request_answer(core, request, CW_FORBIDDEN);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MESSAGE_APPEND, text_stored);
    store->no_stranger = !cw_stranger_allowed(core, request);
    store->mailbox = request->target != NULL ? cw_mailbox_of_user(request->target->id)
                                             : cw_mailbox_of_group(request->target_group);
    store->user_id = request->sender->id;
    put_body(core, request, store);
    if (counted || store->body.n > CW_BODY_INLINE_MAX)
        store->session_id = request->sender_session;
    if (request->extended) {
        store->reply_to = msg->extras.reply_to;
        store->n = msg->extras.n;
        store->file_id = msg->extras.file_id;
        store->part = cw_part_wanted(&msg->extras) ? msg->extras.part : request->sender_part;
        store->refusal = open ? CW_STORE_OK : CW_STORE_FORBIDDEN;
    }
    store->in_turn = take_turn(request);
    request->outlives = true;
    /* A long body becomes a file first, and later messages must not overtake it. */
    if (store->body.n <= CW_BODY_INLINE_MAX)
        cw_request_unblock(request);
}

void cw_on_whisper(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed(core, request) && good_extras(core, request) &&
        cw_request_fold(core, request, request->msg->recipient))
        cw_user_find(core, request, append_text);
}

void cw_on_msg_group(struct cw_core *core, struct request *request)
{
    if (!cw_text_allowed(core, request) || !good_extras(core, request) ||
        !cw_request_fold_group(core, request, request->msg->group_name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    if (cw_text_allowed_there(core, request))
        append_text(core, request);
}

static void voice_msg_found(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed_there(core, request))
        append_text(core, request);
}

/* A recording that was not examined is refused. */
static bool good_voice(struct cw_core *core, struct request *request)
{
    const struct cw_samples *samples = &request->msg->samples;
    if (samples->duration_us != 0 &&
        (samples->form == CW_SAMPLES_LIST || (request->features & CW_FEATURE_OPUS) != 0))
        return true;
    cw_request_refuse(core, request, CW_RULE_NEEDS_OPUS);
    return false;
}

void cw_on_voice_msg(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed(core, request) && good_voice(core, request) && good_extras(core, request))
        cw_conversation_find(core, request, request->msg->recipient, voice_msg_found);
}

/* --- post_hook: a hook's bot says something -------------------------------------------------- */

/* The rates of the hook, of the bot and of the group. */
static bool post_allowed(struct cw_core *core, struct request *request, uint64_t hook_id)
{
    if (cw_hook_rate_take(core, request->sender, hook_id))
        return cw_text_allowed(core, request) && cw_text_allowed_there(core, request);
    cw_request_refuse_above(core, request, CW_RULE_HOOK_RATE, CW_HOOK_POSTS_PER_S);
    return false;
}

static void post_hook_found(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    cw_guess_end(core, request,
                 result->status == CW_STORE_OK          ? GUESS_RIGHT
                 : result->status == CW_STORE_NOT_FOUND ? GUESS_WRONG
                                                        : GUESS_NOT_MADE);
    if (cw_request_refused(core, request, result, NULL))
        return;
    request->sender = cw_user_take(core, result);
    request->target_group = result->group_id;
    if (post_allowed(core, request, result->hook_id))
        append_text(core, request);
}

static void post_hook_hashed(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    struct cw_slice hash = cw_effect_copy(core, event->hash.secret);
    cw_request_ask_store(core, request, CW_STORE_HOOK_FIND, post_hook_found)->secret = hash;
}

/* The store judges whether the bot may write there: it need not be attached, and then the core does
 * not know its groups. */
void cw_on_post_hook(struct cw_core *core, struct request *request)
{
    request->had_map = request->sent_map; /* its answer has the message's id */
    if (cw_secret_guess_begin(core, request))
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, request->msg->secret,
                            (struct cw_slice){0}, post_hook_hashed);
}
