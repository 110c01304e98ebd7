/* on_history.c - stored messages: conversations, history, search, fetch_voice.
 *
 * Each asks the store for one page and answers with it in the same step, so the
 * entries point into the store's result; only names made up here are copied. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/notify.h"
#include "core/presence.h"
#include "core/receipt.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"
#include "text/query.h"
#include "text/words.h"

/* --- what is asked ---------------------------------------------------------------- */

static bool has_extra(const struct cw_extras *extras, enum cw_extra_index extra)
{
    return (extras->present & CW_BIT(extra)) != 0;
}

/* False: answered 1023. */
static bool good_limit(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (!has_extra(extras, CW_X_LIMIT) || (extras->limit >= 1 && extras->limit <= CW_LIST_MAX))
        return true;
    cw_request_refuse_key(core, request, CW_RULE_ONE_TO_MAX, "limit", CW_LIST_MAX);
    return false;
}

static uint32_t limit_of(const struct cw_extras *extras)
{
    assert(!has_extra(extras, CW_X_LIMIT) || extras->limit <= CW_LIST_MAX);
    return has_extra(extras, CW_X_LIMIT) ? (uint32_t)extras->limit : CW_HISTORY_DEFAULT;
}

/* --- answers ---------------------------------------------------------------------- */

static struct cw_msg *make_list(struct cw_core *core, const struct cw_entry *entries, size_t count)
{
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_LIST);
    answer->extras.list.items = entries;
    answer->extras.list.count = (uint32_t)count;
    return answer;
}

static void set_extra(struct cw_extras *extras, enum cw_extra_index extra, uint64_t *member,
                      uint64_t value)
{
    extras->present |= CW_BIT(extra);
    *member = value;
}

/* --- history ------------------------------------------------------------------------ */

/* A page around a place has no `next`: the client continues at both ends. */
static void set_next(const struct cw_store_request *asked, const struct cw_store_result *result,
                     struct cw_extras *extras)
{
    if (!result->more || asked->anchor == CW_ANCHOR_AROUND)
        return;
    if (result->message_count == 0) { /* no entry that was read is for this user */
        if (result->seq != 0)
            set_extra(extras, CW_X_NEXT, &extras->next, result->seq);
        return;
    }
    bool forward = asked->anchor == CW_ANCHOR_AFTER;
    const struct cw_store_message *end = &result->messages[forward ? result->message_count - 1 : 0];
    set_extra(extras, CW_X_NEXT, &extras->next, end->seq);
}

/* False: several were given, which is answered 1023. */
static bool take_anchor(struct cw_core *core, struct request *request,
                        struct cw_store_request *asked)
{
    const struct cw_extras *extras = &request->msg->extras;
    bool before = has_extra(extras, CW_X_BEFORE), after = has_extra(extras, CW_X_AFTER);
    bool around = has_extra(extras, CW_X_AROUND);
    asked->anchor = before   ? CW_ANCHOR_BEFORE
                    : after  ? CW_ANCHOR_AFTER
                    : around ? CW_ANCHOR_AROUND
                             : CW_ANCHOR_LATEST;
    asked->seq = before ? extras->before : after ? extras->after : around ? extras->around : 0;
    if (before + after + around <= 1)
        return true;
    cw_request_refuse(core, request, CW_RULE_ONE_PLACE);
    return false;
}

static void history_read(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct cw_store_request asked;
    if (cw_request_refused(core, request, result, NULL) || !take_anchor(core, request, &asked))
        return;
    assert(request->target != NULL || request->target_group != 0);
    struct cw_msg *answer =
        make_list(core, cw_entries_of_messages(core, result), result->message_count);
    struct cw_extras *extras = &answer->extras;
    set_next(&asked, result, extras);
    set_extra(extras, CW_X_LAST, &extras->last, result->last_seq);
    set_extra(extras, CW_X_READ, &extras->read, result->read_seq);
    if (request->target != NULL) {
        set_extra(extras, CW_X_PEER_READ, &extras->peer_read, result->peer_read_seq);
        /* How far somebody has read who was never written to would say when they were here. */
        set_extra(extras, CW_X_DELIVERED, &extras->delivered,
                  result->last_seq == 0
                      ? 0
                      : cw_received_by(core, request->target->id, result->peer_cursor));
    }
    cw_request_answer_with(core, request, answer);
}

static void history_found(struct cw_core *core, struct request *request)
{
    cw_request_keep(core, request);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_HISTORY_READ, history_read);
    store->conversation = cw_conversation_id(request);
    store->user_id = request->sender->id;
    store->limit = limit_of(&request->msg->extras);
    take_anchor(core, request, store);
}

void cw_on_history(struct cw_core *core, struct request *request)
{
    struct cw_store_request anchor;
    if (good_limit(core, request) && take_anchor(core, request, &anchor))
        cw_conversation_find(core, request, request->msg->conversation, history_found);
}

/* --- fetch_voice -------------------------------------------------------------------- */

/* The user may have left while a worker made a list of the recording. */
static bool is_still_member(const struct cw_core *core, const struct request *request)
{
    const struct group *group = cw_group_by_id(core, request->target_group);
    const struct session *session = cw_session_find(core, request->sender_session);
    return group != NULL && session != NULL && cw_group_membership(group, session) != NULL;
}

static void fetch_voice_read(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    if (request->target == NULL && !is_still_member(core, request)) {
        cw_request_refuse(core, request, CW_RULE_NOT_A_MEMBER);
        return;
    }
    assert(result->message_count == 1);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->channels = result->messages[0].channels;
    answer->sample_rate = result->messages[0].sample_rate;
    answer->samples.encoded = result->messages[0].body;
    answer->samples.owner = result->messages[0].body_owner;
    if (result->messages[0].damaged) {
        answer->extras.map_present = true;
        answer->extras.present = CW_BIT(CW_X_DAMAGED);
        answer->extras.damaged = 1;
    }
    cw_request_answer_with(core, request, answer);
}

static void fetch_voice_found(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_VOICE_READ, fetch_voice_read);
    store->conversation = cw_conversation_id(request);
    store->user_id = request->sender->id;
    store->seq = request->msg->seq;
    store->lists = (request->features & CW_FEATURE_OPUS) == 0;
}

void cw_on_fetch_voice(struct cw_core *core, struct request *request)
{
    cw_conversation_find(core, request, request->msg->conversation, fetch_voice_found);
}

/* --- search ------------------------------------------------------------------------- */

/* The name of the message's conversation, as the requesting user writes it. */
static struct cw_slice conversation_of(struct cw_core *core, const struct request *request,
                                       const struct cw_store_message *message)
{
    if (cw_mailbox_is_group(message->mailbox))
        return cw_group_conversation(core, message->mailbox_name);
    assert(message->sender_id == request->sender->id || message->sender.n != 0);
    return message->sender_id == request->sender->id ? message->mailbox_name : message->sender;
}

/* Messages of several conversations. */
static struct cw_entry *entries_anywhere(struct cw_core *core, const struct request *request,
                                         const struct cw_store_result *result)
{
    assert(result->message_count <= CW_LIST_MAX);
    struct cw_entry *entries = cw_entries_of_messages(core, result);
    for (size_t i = 0; i < result->message_count; i++)
        cw_entry_put_string(&entries[i], CW_E_CONVERSATION, &entries[i].conversation,
                            conversation_of(core, request, &result->messages[i]));
    return entries;
}

/* Of search and mentions: a page of messages of all conversations. */
static void anywhere_read(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    size_t count = result->message_count;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = entries_anywhere(core, request, result);
    cw_request_answer_list(core, request, entries, count, result->more ? result->scanned_to : 0);
}

static void put_filters(const struct cw_query *query, struct cw_store_request *store)
{
    store->has = query->has;
    store->from_ms = query->from_ms;
    store->until_ms = query->before_ms;
}

static void search_found(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    struct cw_buf words = {0};
    struct cw_query query;
    bool everywhere = request->target == NULL && request->target_group == 0;
    cw_query_read(msg->query, &query, &words);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_SEARCH, anywhere_read);
    store->user_id = request->sender->id;
    store->conversation = everywhere ? 0 : cw_conversation_id(request);
    store->body = cw_effect_copy(core, cw_buf_slice(&words));
    store->other_id = request->from_id;
    put_filters(&query, store);
    store->before = msg->extras.before;
    store->limit = limit_of(&msg->extras);
    cw_buf_finish(&words);
}

/* Where: what the query says, or the map. */
static void search_there(struct cw_core *core, struct request *request)
{
    struct cw_buf words = {0};
    struct cw_query query;
    cw_query_read(request->msg->query, &query, &words);
    cw_buf_finish(&words);
    assert(request->target == NULL && request->target_group == 0);
    struct cw_slice in = query.in.n != 0 ? query.in : request->msg->extras.conversation;
    if (query.in.n != 0 || has_extra(&request->msg->extras, CW_X_CONVERSATION))
        cw_conversation_find(core, request, in, search_found);
    else
        search_found(core, request);
}

static void search_from_found(struct cw_core *core, struct request *request)
{
    assert(request->target != NULL && request->target_group == 0 && request->from_id == 0);
    request->from_id = request->target->id;
    cw_user_release(core, request->target);
    request->target = NULL; /* the conversation's other user may be another one */
    search_there(core, request);
}

static void search_from(struct cw_core *core, struct request *request, struct cw_slice from)
{
    if (cw_slice_eq(from, cw_slice_str("me"))) { /* a reserved name */
        request->from_id = request->sender->id;
        search_there(core, request);
    } else if (cw_request_fold(core, request, from)) {
        cw_user_find(core, request, search_from_found);
    }
}

static bool has_word(struct cw_slice query)
{
    struct cw_buf terms = {0};
    cw_words_query(query, &terms);
    bool any = terms.n != 0;
    cw_buf_finish(&terms);
    return any;
}

/* The rule for which the query is refused, or NONE. */
static enum cw_rule why_no_query(const struct cw_msg *msg, struct cw_query *query)
{
    struct cw_buf words = {0};
    enum cw_rule rule = cw_query_read(msg->query, query, &words);
    bool filtered =
        query->from.n != 0 || query->has != 0 || query->from_ms != 0 || query->before_ms != 0;
    if (rule == CW_RULE_NONE && query->in.n != 0 && has_extra(&msg->extras, CW_X_CONVERSATION))
        rule = CW_RULE_FILTER_TWICE;
    if (rule == CW_RULE_NONE && !filtered && !has_word(cw_buf_slice(&words)))
        rule = CW_RULE_NO_WORD;
    cw_buf_finish(&words);
    return rule;
}

void cw_on_search(struct cw_core *core, struct request *request)
{
    struct cw_query query;
    if (!good_limit(core, request))
        return;
    if (request->msg->query.n > CW_QUERY_MAX) {
        cw_request_refuse_above(core, request, CW_RULE_QUERY_LENGTH, CW_QUERY_MAX);
        return;
    }
    enum cw_rule rule = why_no_query(request->msg, &query);
    if (rule != CW_RULE_NONE)
        cw_request_refuse_field(core, request, rule, "query", 0);
    else if (query.from.n != 0)
        search_from(core, request, query.from);
    else
        search_there(core, request);
}

/* --- mentions ----------------------------------------------------------------------- */

void cw_on_mentions(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (!good_limit(core, request))
        return;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MENTION_LIST, anywhere_read);
    store->user_id = request->sender->id;
    store->before = extras->before;
    store->limit = limit_of(extras);
}

/* --- conversations ------------------------------------------------------------------ */

static void describe_pair(struct cw_core *core, const struct cw_store_conversation *conversation,
                          struct cw_entry *entry)
{
    cw_entry_put_string(entry, CW_E_CONVERSATION, &entry->conversation, conversation->peer);
    cw_entry_put_display(entry, conversation->peer_display);
    cw_presence_describe(core, conversation->peer_id, conversation->peer_seen_ms, entry);
    cw_entry_put_number(entry, CW_E_PEER_READ, &entry->peer_read, conversation->peer_read_seq);
    cw_entry_put_number(entry, CW_E_DELIVERED, &entry->delivered,
                        cw_received_by(core, conversation->peer_id, conversation->peer_cursor));
}

static void describe_group_conversation(struct cw_core *core, const struct cw_store_group *stored,
                                        struct cw_entry *entry)
{
    const struct group *group = cw_group_by_id(core, stored->group_id);
    cw_entry_put_string(entry, CW_E_CONVERSATION, &entry->conversation,
                        cw_group_conversation(core, stored->name));
    cw_entry_put_string(entry, CW_E_ROLE, &entry->role, cw_role_name(stored->role));
    cw_entry_put_string(entry, CW_E_TOPIC, &entry->topic, stored->topic);
    cw_entry_put_number(entry, CW_E_MEMBERS, &entry->members, stored->member_count);
    cw_entry_put_number(entry, CW_E_IN_CALL, &entry->in_call,
                        group == NULL ? 0 : cw_call_size(core, group));
}

/* What the user is told of it, and what of the unread mentions them. */
static void describe_notify(const struct cw_core *core, const struct request *request,
                            const struct cw_store_conversation *conversation,
                            struct cw_entry *entry)
{
    const struct cw_store_notify rule =
        cw_notify_of(core, request->sender->notify, conversation->conversation);
    cw_entry_put_unless_0(entry, CW_E_UNREAD_MENTIONS, &entry->unread_mentions,
                          conversation->mentions);
    cw_entry_put_unless_0(entry, CW_E_UNTIL, &entry->until_ms, rule.until_ms);
    if (rule.level != CW_NOTIFY_DEFAULT)
        cw_entry_put_string(entry, CW_E_LEVEL, &entry->level, cw_notify_level_name(rule.level));
}

static void describe_conversation(struct cw_core *core, const struct request *request,
                                  const struct cw_store_conversation *conversation,
                                  struct cw_entry *entry)
{
    if (!conversation->empty)
        cw_entry_of_message(core, &conversation->last, entry);
    cw_entry_put_number(entry, CW_E_READ, &entry->read, conversation->read_seq);
    cw_entry_put_number(entry, CW_E_UNREAD, &entry->unread, conversation->unread);
    describe_notify(core, request, conversation, entry);
    if (cw_mailbox_is_group(conversation->conversation))
        describe_group_conversation(core, &conversation->group, entry);
    else
        describe_pair(core, conversation, entry);
}

static void conversations_read(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    size_t count = result->conversation_count;
    assert(count <= CW_LIST_MAX);
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++)
        describe_conversation(core, request, &result->conversations[i], &entries[i]);
    bool more = result->more && count != 0 && !result->conversations[count - 1].empty;
    cw_request_answer_list(core, request, entries, count,
                           more ? result->conversations[count - 1].last_id : 0);
}

void cw_on_conversations(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (!good_limit(core, request))
        return;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_CONVERSATIONS, conversations_read);
    store->user_id = request->sender->id;
    store->before = extras->before;
    store->limit = limit_of(extras);
}
