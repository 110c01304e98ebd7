/* client_events.c - see client_events.h. */
#include "client/client_events.h"

#include <stdlib.h>

/* Live audio has no head of its own: protocol, "Voice". */
#define CALL_CHANNELS    1
#define CALL_SAMPLE_RATE 44100

struct chinwag_event *cw_client_events_add(struct cw_client_events *events,
                                           enum chinwag_event_type type)
{
    size_t end = events->first + events->count;
    if (end == events->capacity) {
        events->capacity = events->capacity == 0 ? 8 : 2 * events->capacity;
        events->items = cw_realloc(events->items, events->capacity * sizeof *events->items);
    }
    events->count++;
    events->items[end] = (struct chinwag_event){.type = type};
    return &events->items[end];
}

const char *cw_client_events_copy(struct cw_client_events *events, struct cw_slice s)
{
    char *copy = cw_arena_alloc(&events->arena, s.n + 1);
    if (s.n != 0)
        memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    return copy;
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

static void fill_samples(struct cw_client_events *events, struct cw_samples samples,
                         struct chinwag_event *event)
{
    int16_t *decoded = cw_arena_alloc(&events->arena, samples.count * sizeof *decoded);
    cw_samples_decode(samples, decoded);
    event->samples = decoded;
    event->sample_count = samples.count;
}

static bool has(const struct cw_msg *msg, enum cw_extra_index index)
{
    return (msg->extras.present >> index & 1) != 0;
}

static enum chinwag_event_type type_of(enum cw_action action)
{
    switch (action) {
    case CW_WHISPER:
        return CHINWAG_WHISPER;
    case CW_MSG_GROUP:
        return CHINWAG_GROUP_MESSAGE;
    case CW_VOICE_MSG:
        return CHINWAG_VOICE_MESSAGE;
    default:
        return CHINWAG_CALL_DATA;
    }
}

void cw_client_events_add_update(struct cw_client_events *events, const struct cw_msg *msg)
{
    struct chinwag_event *event = cw_client_events_add(events, type_of(msg->action));
    event->action = cw_action_name(msg->action);
    event->sender = cw_client_events_copy(events, msg->sender);
    if (msg->action == CW_MSG_GROUP)
        event->group = cw_client_events_copy(events, msg->group_name);
    else if (has(msg, CW_X_GROUP))
        event->group = cw_client_events_copy(events, msg->extras.group);
    if (has(msg, CW_X_TO))
        event->to = cw_client_events_copy(events, msg->extras.to);
    if (msg->action == CW_WHISPER || msg->action == CW_MSG_GROUP) {
        event->content = cw_client_events_copy(events, msg->content);
        event->content_length = msg->content.n;
    } else {
        bool live = msg->action == CW_CALL_DATA;
        event->channels = live ? CALL_CHANNELS : (unsigned)msg->channels;
        event->sample_rate = live ? CALL_SAMPLE_RATE : (unsigned)msg->sample_rate;
        fill_samples(events, msg->samples, event);
    }
    event->id = msg->extras.id;
    event->time_ms = msg->extras.time_ms;
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
