/* client_events.c - see client_events.h. */
#include "client/client_events.h"

#include <stdlib.h>

#include "base/limits.h"
#include "client/client_entry.h"

/* Live audio carries neither channels nor rate: docs/protocol.md, "Voice". */
#define CALL_CHANNELS    1
#define CALL_SAMPLE_RATE 44100
#define CALL_PACKET_RATE 48000

/* Makes room for `more` events behind those that wait; false: there is no memory for it. */
static bool has_room(struct cw_client_events *events, size_t more)
{
    size_t wanted = events->count + more, capacity = events->capacity;
    if (events->first + wanted > capacity && events->first != 0) {
        memmove(events->items, events->items + events->first,
                events->count * sizeof *events->items);
        events->first = 0;
    }
    if (wanted <= capacity)
        return true;
    while (capacity < wanted)
        capacity = capacity == 0 ? 8 : 2 * capacity;
    struct chinwag_event *items = cw_realloc(events->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    events->items = items;
    events->capacity = capacity;
    return true;
}

bool cw_client_events_reserve(struct cw_client_events *events, size_t spare)
{
    if (!has_room(events, spare))
        return false;
    events->spare = spare;
    return true;
}

/* What may be told without what it points to. */
static bool is_report(enum chinwag_event_type type)
{
    return type == CHINWAG_RESPONSE || type == CHINWAG_CONNECTED || type == CHINWAG_DISCONNECTED ||
           type == CHINWAG_ATTACHED || type == CHINWAG_SESSION_LOST || type == CHINWAG_RESTARTED;
}

struct chinwag_event *cw_client_events_add(struct cw_client_events *events,
                                           enum chinwag_event_type type)
{
    struct chinwag_event *event = &events->lost;
    if (has_room(events, 1))
        event = &events->items[events->first + events->count++];
    else
        events->missed |= !is_report(type);
    *event = (struct chinwag_event){.type = type};
    return event;
}

static void spoil(struct chinwag_event *event)
{
    struct chinwag_event rest = {.type = event->type,
                                 .request = event->request,
                                 .action = event->action,
                                 .id = event->id,
                                 .delay_ms = event->delay_ms,
                                 .code = CHINWAG_NO_MEMORY,
                                 .text = chinwag_code_text(CHINWAG_NO_MEMORY)};
    if (event->type == CHINWAG_RESPONSE && event->code != CHINWAG_SUCCESS)
        rest.code = event->code;
    *event = rest;
}

bool cw_client_events_spoil(struct cw_client_events *events, size_t count)
{
    size_t kept = count;
    for (size_t i = count; i < events->count; i++) {
        struct chinwag_event event = events->items[events->first + i];
        if (!is_report(event.type))
            continue;
        spoil(&event);
        events->items[events->first + kept++] = event;
    }
    bool taken_back = events->missed || kept < events->count;
    events->count = kept;
    events->missed = false;
    return taken_back;
}

const char *cw_client_events_copy(struct cw_client_events *events, struct cw_slice s)
{
    return cw_client_text_copy(&events->arena, s);
}

struct chinwag_event *cw_client_events_add_answer(struct cw_client_events *events, int64_t request,
                                                  enum cw_action action, int code)
{
    struct chinwag_event *event = cw_client_events_add(events, CHINWAG_RESPONSE);
    event->request = request;
    event->action = cw_action_name(action);
    event->code = code;
    event->text = chinwag_code_text(code);
    return event;
}

static const uint8_t *copy_bytes(struct cw_client_events *events, struct cw_slice bytes)
{
    return (const uint8_t *)cw_client_events_copy(events, bytes);
}

static uint32_t read_32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The decoder has checked that a packet has its header. */
static void fill_packet(struct cw_client_events *events, struct cw_slice payload,
                        struct chinwag_event *event)
{
    struct cw_slice packet =
        cw_slice_of(payload.p + CW_CALL_PACKET_HEADER, payload.n - CW_CALL_PACKET_HEADER);
    event->sequence = read_32(payload.p);
    event->timestamp = read_32(payload.p + 4);
    event->packet = copy_bytes(events, packet);
    event->packet_length = packet.n;
}

static void fill_samples(struct cw_client_events *events, struct cw_samples samples,
                         struct chinwag_event *event)
{
    if (samples.form == CW_SAMPLES_PACKET) {
        fill_packet(events, samples.payload, event);
        event->again = samples.again;
        return;
    }
    if (samples.form == CW_SAMPLES_OGG) {
        event->file = copy_bytes(events, samples.payload);
        event->file_length = samples.payload.n;
        return;
    }
    int16_t *decoded = cw_arena_alloc(&events->arena, samples.count * sizeof *decoded);
    if (decoded == NULL)
        return;
    cw_samples_decode(samples, decoded);
    event->samples = decoded;
    event->sample_count = samples.count;
}

/* --- responses and updates ------------------------------------------------------------ */

static const char *extra_string(struct cw_client_events *events, const struct cw_msg *msg,
                                enum cw_extra_index index, struct cw_slice value)
{
    return cw_client_has_extra(msg, index) ? cw_client_events_copy(events, value) : NULL;
}

/* The keys of the map: those of the table, and those that mean the same in every message. */
static void fill_extras(struct cw_client_events *events, const struct cw_msg *msg,
                        struct chinwag_event *event)
{
    const struct cw_extras *extras = &msg->extras;
#define FILL_TEXT(extra, member)                                                                   \
    event->member = extra_string(events, msg, CW_X_##extra, extras->member);
#define FILL_NUMBER(extra, member) event->member = extras->member;
#define FILL_FLAG(extra, member)   event->member = extras->member != 0;
#define FILL_NONE(extra, member)
#define FILL_LIST(extra, member)                                                                   \
    if (cw_client_has_extra(msg, CW_X_##extra))                                                    \
        event->member = cw_client_entries_copy(&events->arena, extras->member);                    \
    event->member##_count = extras->member.count;
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program) FILL_##program(extra, member)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    if (cw_client_has_extra(msg, CW_X_EXPIRES))
        event->until = extras->expires;
    if (cw_client_has_extra(msg, CW_X_LIST)) {
        event->entries = cw_client_entries_copy(&events->arena, extras->list);
        event->entry_count = extras->list.count;
    }
}

static const char *field_string(struct cw_client_events *events, struct cw_slice value)
{
    return value.n == 0 ? NULL : cw_client_events_copy(events, value);
}

/* The one rule where the server has said nothing: docs/protocol.md, "Mentions". */
static void fill_notify(const struct cw_msg *msg, struct chinwag_event *event)
{
    bool message = event->type == CHINWAG_WHISPER || event->type == CHINWAG_GROUP_MESSAGE ||
                   event->type == CHINWAG_VOICE_MESSAGE;
    if (!message || event->own)
        event->notify = false;
    else if (!cw_client_has_extra(msg, CW_X_NOTIFY))
        event->notify = event->group == NULL || event->mentioned;
}

static void fill_file(struct cw_client_events *events, const struct cw_msg *msg,
                      struct chinwag_event *event)
{
    event->file_id = msg->file_id;
    event->generation = msg->generation;
    event->offset = msg->offset;
    event->size = msg->size;
    event->bytes = copy_bytes(events, msg->bytes);
    event->byte_count = msg->bytes.n;
}

void cw_client_events_add_response(struct cw_client_events *events, int64_t request,
                                   enum cw_action action, const struct cw_msg *msg)
{
    struct chinwag_event *event = cw_client_events_add_answer(events, request, action, msg->code);
    fill_extras(events, msg, event);
    if (cw_client_has_extra(msg, CW_X_REASON))
        event->reason = cw_client_events_copy(events, msg->extras.reason);
    if (msg->code != CW_SUCCESS)
        return;
    event->username = field_string(events, msg->username);
    event->token = field_string(events, msg->token);
    event->invitation = field_string(events, msg->invitation);
    event->secret = field_string(events, msg->secret);
    event->link = field_string(events, msg->link);
    event->codes_left = msg->codes_left;
    event->head = field_string(events, msg->head);
    if (action == CW_ANNOUNCE)
        event->id = msg->announcement;
    if (action == CW_SECOND_FACTOR)
        event->state = field_string(events, msg->state);
    if (action == CW_JOIN_CALL || action == CW_CREATE_TALK)
        event->group = field_string(events, msg->group_name);
    event->level = field_string(events, msg->level);
    event->hours = field_string(events, msg->hours);
    if (action == CW_UPLOAD || action == CW_RESUME_UPLOAD || action == CW_UPLOAD_CHUNK ||
        action == CW_FETCH_FILE || action == CW_FETCH_THUMBNAIL)
        fill_file(events, msg, event);
    if (action == CW_FETCH_VOICE) {
        event->channels = (unsigned)msg->channels;
        event->sample_rate = (unsigned)msg->sample_rate;
        fill_samples(events, msg->samples, event);
    }
}

/* What programs are told of; other updates are not for them. */
static const struct {
    enum cw_action action;
    enum chinwag_event_type type;
} told[] = {
    {CW_WHISPER, CHINWAG_WHISPER},
    {CW_MSG_GROUP, CHINWAG_GROUP_MESSAGE},
    {CW_VOICE_MSG, CHINWAG_VOICE_MESSAGE},
    {CW_EDIT, CHINWAG_EDITED},
    {CW_DELETE, CHINWAG_DELETED},
    {CW_MARK_READ, CHINWAG_READ},
    {CW_MARK_PLAYED, CHINWAG_PLAYED},
    {CW_DELIVERED, CHINWAG_DELIVERED},
    {CW_PRESENCE, CHINWAG_PRESENCE},
    {CW_TYPING, CHINWAG_TYPING},
    {CW_GROUP_EVENT, CHINWAG_GROUP_EVENT},
    {CW_SESSION_MOVED, CHINWAG_SESSION_MOVED},
    {CW_CALL_LEFT, CHINWAG_CALL_LEFT},
    {CW_CALL_DATA, CHINWAG_CALL_DATA},
    {CW_CALL_REPORT, CHINWAG_CALL_REPORT},
    {CW_PACKET, CHINWAG_CALL_DATA},
    {CW_REACT, CHINWAG_REACTED},
    {CW_UNREACT, CHINWAG_UNREACTED},
    {CW_SETTINGS, CHINWAG_SETTINGS},
    {CW_RING, CHINWAG_RING},
    {CW_NOTIFY, CHINWAG_NOTIFY_SET},
    {CW_QUIET_HOURS, CHINWAG_QUIET_HOURS},
    {CW_PROFILE, CHINWAG_PROFILE},
    {CW_ANNOUNCE, CHINWAG_ANNOUNCED},
    {CW_END_ANNOUNCEMENT, CHINWAG_ANNOUNCEMENT_ENDED},
};

static bool type_of(enum cw_action action, enum chinwag_event_type *type)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (told[i].action == action) {
            *type = told[i].type;
            return true;
        }
    return false;
}

const char *cw_client_ended_text(struct cw_slice reason)
{
    static const char *const texts[][2] = {
        {"too_many",
         "a login on another device exceeded the limit, and this device was silent for longest"},
        {"revoked", "another device of this user has removed it"},
        {"password", "the password was changed on another device"},
        {"logout", "another program of this device has logged out"},
        {"deleted", "the account has been deleted"},
        {"banned", "an administrator has banned the user from this server"},
        {"reset", "an administrator has made a link by which the user chooses another password"},
        {"renamed", "an administrator has given the user another name"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (cw_slice_eq(reason, cw_slice_str(texts[i][0])))
            return texts[i][1];
    return "the server ended the session";
}

/* An update names the conversation as its sender wrote it. */
static struct cw_slice conversation_of(const struct cw_msg *msg, struct cw_slice me)
{
    bool to_me = cw_slice_eq(msg->conversation, me) && !cw_slice_eq(msg->sender, me);
    return to_me ? msg->sender : msg->conversation;
}

static void fill_audio(struct cw_client_events *events, const struct cw_msg *msg,
                       struct chinwag_event *event)
{
    bool live = cw_is_live_audio(msg);
    bool packet = msg->samples.form == CW_SAMPLES_PACKET;
    event->channels = live ? CALL_CHANNELS : (unsigned)msg->channels;
    event->sample_rate = packet ? CALL_PACKET_RATE
                         : live ? CALL_SAMPLE_RATE
                                : (unsigned)msg->sample_rate;
    fill_samples(events, msg->samples, event);
}

static const char *why_left(struct cw_slice reason)
{
    static const char *const reasons[][2] = {{"moved", "the call has moved to another device"},
                                             {"kicked", "you were taken out of the group"},
                                             {"banned", "you were banned from the group"},
                                             {"closed", "an administrator has closed the group"},
                                             {"left", "you have left the group on another device"},
                                             {"ended", "the other one has left"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (cw_slice_eq(reason, cw_slice_str(reasons[i][0])))
            return reasons[i][1];
    return "the server ended it";
}

/* The operator, who is no user, has no name. */
static void fill_announcement(struct cw_client_events *events, const struct cw_msg *msg,
                              struct chinwag_event *event)
{
    event->sender = field_string(events, msg->sender);
    event->id = msg->announcement;
    event->content = field_string(events, msg->content);
    event->content_length = msg->content.n;
}

void cw_client_events_add_announcement(struct cw_client_events *events,
                                       const struct cw_entry *entry)
{
    struct chinwag_event *event = cw_client_events_add(events, CHINWAG_ANNOUNCED);
    const struct cw_msg msg = {
        .announcement = entry->id, .sender = entry->sender, .content = entry->content};
    event->action = cw_action_name(CW_ANNOUNCE);
    fill_announcement(events, &msg, event);
    event->time_ms = entry->time_ms;
    event->until = entry->until_ms;
}

void cw_client_events_add_update(struct cw_client_events *events, const struct cw_msg *msg,
                                 struct cw_slice me)
{
    enum chinwag_event_type type;
    if (!type_of(msg->action, &type))
        return;
    if (!has_room(events, events->spare + 1)) {
        events->missed = true;
        return;
    }
    struct chinwag_event *event = cw_client_events_add(events, type);
    fill_extras(events, msg, event);
    event->action = cw_action_name(cw_is_live_audio(msg) ? CW_CALL_DATA : msg->action);
    event->sender = cw_client_events_copy(events, msg->sender);
    event->own = msg->extras.own != 0 || (msg->sender.n != 0 && cw_slice_eq(msg->sender, me));
    if (event->group == NULL)
        event->group = field_string(events, msg->group_name);
    fill_notify(msg, event);
    event->conversation = field_string(events, conversation_of(msg, me));
    event->state = field_string(events, msg->state);
    event->happened = field_string(events, msg->event);
    if (event->type == CHINWAG_PROFILE) {
        event->happened = cw_client_events_copy(events, msg->item);
        event->content = cw_client_events_copy(events, msg->value);
        event->content_length = msg->value.n;
    }
    if (event->type == CHINWAG_ANNOUNCED || event->type == CHINWAG_ANNOUNCEMENT_ENDED)
        fill_announcement(events, msg, event);
    if (event->type == CHINWAG_SETTINGS)
        event->sender = cw_client_events_copy(events, msg->username);
    if (event->type == CHINWAG_NOTIFY_SET || event->type == CHINWAG_QUIET_HOURS)
        event->sender = cw_client_events_copy(events, me);
    if (event->type == CHINWAG_SESSION_MOVED) {
        event->username = cw_client_events_copy(events, msg->username);
        event->text = "another program has taken up this session";
    } else if (event->type == CHINWAG_CALL_LEFT) {
        event->state = cw_client_events_copy(events, msg->reason);
        event->text = why_left(msg->reason);
    }
    if (event->type == CHINWAG_WHISPER || event->type == CHINWAG_GROUP_MESSAGE ||
        event->type == CHINWAG_EDITED) {
        event->content = cw_client_events_copy(events, msg->content);
        event->content_length = msg->content.n;
    }
    if (event->type == CHINWAG_EDITED || event->type == CHINWAG_DELETED)
        event->of = msg->seq;
    if (event->type == CHINWAG_CALL_REPORT)
        event->unheard = msg->lost > 100 ? 100 : (unsigned)msg->lost;
    event->emoji = field_string(events, msg->emoji);
    event->level = field_string(events, msg->level);
    event->hours = field_string(events, msg->hours);
    if (event->type == CHINWAG_READ || event->type == CHINWAG_PLAYED ||
        event->type == CHINWAG_REACTED || event->type == CHINWAG_UNREACTED)
        event->seq = msg->seq;
    if (event->type == CHINWAG_DELIVERED)
        event->id = msg->message_id;
    if (event->type == CHINWAG_VOICE_MESSAGE || event->type == CHINWAG_CALL_DATA)
        fill_audio(events, msg, event);
}

bool cw_client_events_pop(struct cw_client_events *events, struct chinwag_event *event)
{
    if (events->count == 0)
        return false;
    *event = events->items[events->first++];
    if (--events->count == 0)
        events->first = 0;
    return true;
}

/* Its place; events->count: there is none. */
static size_t place_of(const struct cw_client_events *events, int64_t request)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct chinwag_event *event = &events->items[events->first + i];
        if (event->type == CHINWAG_RESPONSE && event->request == request)
            return i;
    }
    return events->count;
}

bool cw_client_events_have_answer(const struct cw_client_events *events, int64_t request)
{
    return place_of(events, request) < events->count;
}

bool cw_client_events_take_answer(struct cw_client_events *events, int64_t request,
                                  struct chinwag_event *event)
{
    size_t i = place_of(events, request);
    if (i == events->count)
        return false;
    struct chinwag_event *items = events->items + events->first;
    *event = items[i];
    if (--events->count == 0)
        events->first = 0;
    memmove(items + i, items + i + 1, (events->count - i) * sizeof *items);
    return true;
}

void cw_client_events_reset(struct cw_client_events *events)
{
    cw_arena_reset(&events->arena);
}

void cw_client_events_finish(struct cw_client_events *events)
{
    free(events->items);
    cw_arena_finish(&events->arena);
    *events = (struct cw_client_events){0};
}
