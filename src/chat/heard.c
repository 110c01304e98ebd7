/* heard.c - see heard.h. */
#include "chat/heard.h"

#include <stdio.h>
#include <string.h>

#include "chat/answers.h"
#include "chat/doing.h"
#include "chat/talk.h"

/* How long somebody is shown as typing; they say it again while they do. */
#define TYPER_MS 6000

static bool is_me(const struct cw_chat *chat, const char *name)
{
    return name != NULL && strcmp(chat->me, name) == 0;
}

static struct cw_place *group_place(struct cw_chat *chat, const char *group)
{
    char name[300];
    snprintf(name, sizeof name, "#%s", group);
    return cw_chat_place(chat, name);
}

/* The conversation that an event names, if it is there. */
static struct cw_place *place_named(struct cw_chat *chat, const struct chinwag_event *event)
{
    return event->conversation == NULL ? NULL : cw_chat_known(chat, event->conversation);
}

/* --- messages ------------------------------------------------------------------------------- */

static void count_unread(struct cw_chat *chat, struct cw_place *place, const struct cw_line *line)
{
    if (line->seq <= place->last)
        return;
    bool away = place == cw_chat_current(chat) && !chat->focused;
    if (away && place->fresh == 0 && !line->own)
        place->fresh = place->last;
    place->last = line->seq;
    if (line->own) { /* what one answers, one has read */
        place->read = line->seq;
        place->unread = place->mentions = 0;
    } else if (line->seq > place->read) {
        place->unread++;
        place->mentions += line->mentioned;
    }
}

static struct cw_place *place_of_message(struct cw_chat *chat, const struct chinwag_event *event)
{
    if (event->group != NULL)
        return group_place(chat, event->group);
    bool own = is_me(chat, event->sender) && event->to != NULL;
    return cw_chat_place(chat, own ? event->to : event->sender);
}

/* "bob in #cooks": for a notification, which does not say what was written. */
static void ring_bell(struct cw_chat *chat, const char *who, const struct cw_place *place,
                      const char *what)
{
    char text[400];
    if (place != NULL && cw_place_is_group(place))
        snprintf(text, sizeof text, "%.150s %s in %.150s", who, what, place->name);
    else
        snprintf(text, sizeof text, "%.150s %s", who, what);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_BELL, .text = text, .length = strlen(text)});
}

/* It was said while this client was away, before what the window begins with: it comes with the
 * history when somebody looks there. In the window it would stand above a gap. */
static bool is_above(const struct cw_chat *chat, const struct cw_place *place,
                     const struct cw_line *line)
{
    return place->loaded && !place->complete && !chat->by_lines &&
           line->seq < cw_place_first(place);
}

static void hear_message(struct cw_chat *chat, const struct chinwag_event *event)
{
    if (event->sender == NULL)
        return;
    struct cw_place *place = place_of_message(chat, event);
    struct cw_line *line = cw_line_of_event(event, chat->me);
    line->uid = chat->next_uid++;
    count_unread(chat, place, line);
    if (place->typer != NULL && strcmp(place->typer, line->sender) == 0)
        cw_place_set(&place->typer, NULL);
    if (place->torn || is_above(chat, place, line)) {
        cw_line_destroy(line);
    } else {
        cw_place_put(place, line);
        cw_place_trim_old(place, place == cw_chat_current(chat) ? CW_PLACE_LINES_MAX
                                                                : CW_PLACE_LINES_KEPT);
    }
    cw_chat_trim(chat);
    if (event->notify && !(chat->focused && place == cw_chat_current(chat)))
        ring_bell(chat, event->sender, place, event->mentioned ? "mentions you" : "writes");
}

static void hear_change(struct cw_chat *chat, const struct chinwag_event *event)
{
    struct cw_place *place = place_named(chat, event);
    struct cw_line *line = place == NULL ? NULL : cw_place_find(place, event->of);
    if (place != NULL && event->seq > place->last) {
        if (place->read == place->last) /* it is no message that can be unread */
            place->read = event->seq;
        place->last = event->seq;
    }
    if (line != NULL && event->type == CHINWAG_DELETED) {
        cw_line_delete(line);
    } else if (line != NULL) {
        cw_line_set_text(line, event->content, event->content_length);
        line->edited = true;
    }
}

static void hear_reaction(struct cw_chat *chat, const struct chinwag_event *event)
{
    struct cw_place *place = place_named(chat, event);
    struct cw_line *line = place == NULL ? NULL : cw_place_find(place, event->seq);
    bool mine = is_me(chat, event->sender);
    if (line == NULL || event->emoji == NULL)
        return;
    if (event->type == CHINWAG_REACTED)
        cw_line_react(line, event->emoji, mine);
    else
        cw_line_unreact(line, event->emoji, mine);
}

/* --- people --------------------------------------------------------------------------------- */

static void hear_read(struct cw_chat *chat, const struct chinwag_event *event)
{
    struct cw_place *place = place_named(chat, event);
    if (place == NULL)
        return;
    if (!is_me(chat, event->sender)) {
        if (event->seq > place->peer_read)
            place->peer_read = event->seq;
    } else if (event->seq > place->read) { /* on another device */
        place->read = event->seq;
        if (event->seq >= place->last)
            place->unread = place->mentions = place->fresh = 0;
    }
}

static void hear_delivered(struct cw_chat *chat, const struct chinwag_event *event)
{
    struct cw_place *place = event->sender == NULL ? NULL : cw_chat_known(chat, event->sender);
    if (place != NULL && event->id > place->delivered)
        place->delivered = event->id;
}

static void hear_typing(struct cw_chat *chat, const struct chinwag_event *event)
{
    struct cw_place *place = place_named(chat, event);
    if (place == NULL || event->sender == NULL)
        return;
    cw_place_set(&place->typer, event->sender);
    place->typer_until_ms = chat->now_ms + TYPER_MS;
}

static void hear_presence(struct cw_chat *chat, const struct chinwag_event *event)
{
    bool online = event->state != NULL && strcmp(event->state, "offline") != 0;
    for (size_t i = 0; event->sender != NULL && i < chat->place_count; i++) {
        struct cw_place *place = chat->places[i];
        struct cw_member *member = cw_place_member(place, event->sender);
        if (strcmp(place->name, event->sender) == 0)
            place->online = online;
        if (member != NULL)
            member->online = online;
    }
}

/* --- groups --------------------------------------------------------------------------------- */

static void set_in_call(struct cw_place *place, const char *name, bool in_call)
{
    struct cw_member *member = cw_place_member(place, name);
    bool before = member != NULL && member->in_call;
    if (in_call && !before)
        place->in_call++;
    if (!in_call && place->in_call != 0)
        place->in_call--;
    if (member != NULL) {
        member->in_call = in_call;
        member->speaking = false;
    }
}

static void set_role(struct cw_place *place, const struct chinwag_event *event)
{
    struct cw_member *member = cw_place_member(place, event->user);
    const char *role = event->role == NULL ? "" : event->role;
    if (member != NULL)
        member->role = strcmp(role, "owner") == 0       ? '@'
                       : strcmp(role, "moderator") == 0 ? '+'
                                                        : ' ';
}

/* Events of calls are many; the list of members shows them. */
static bool is_told(const char *happened)
{
    return strcmp(happened, "speaking") != 0 && strcmp(happened, "silent") != 0;
}

static void hear_membership(struct cw_place *place, const struct chinwag_event *event,
                            const char *happened)
{
    const char *who = event->user != NULL ? event->user : event->sender;
    bool gone = strcmp(happened, "left") == 0 || strcmp(happened, "kicked") == 0 ||
                strcmp(happened, "banned") == 0;
    struct cw_member *member = cw_place_member(place, who);
    if (gone && member != NULL && member->in_call)
        set_in_call(place, who, false);
    if (gone)
        cw_place_remove_member(place, who);
    else if (strcmp(happened, "joined") == 0)
        cw_place_add_member(place, who)->online = true;
    else if (strcmp(happened, "role") == 0)
        set_role(place, event);
}

/* The group has ended for this user. One who has left it does not look at it any more; else the
 * notice stands there until the user goes elsewhere. */
static void hear_end(struct cw_chat *chat, struct cw_place *place,
                     const struct chinwag_event *event, const char *happened)
{
    bool left = strcmp(happened, "left") == 0;
    bool out = left || strcmp(happened, "kicked") == 0 || strcmp(happened, "banned") == 0;
    bool mine = is_me(chat, event->user != NULL ? event->user : event->sender);
    if (mine && strcmp(happened, "joined") == 0)
        place->gone = false;
    if (!(out && mine) && strcmp(happened, "closed") != 0)
        return;
    place->gone = true;
    if (left && place == cw_chat_current(chat))
        cw_chat_open_neighbour(chat, 1);
    else
        cw_chat_forget_gone(chat);
}

static void hear_group(struct cw_chat *chat, const struct chinwag_event *event,
                       const char *sentence)
{
    const char *happened = event->happened == NULL ? "" : event->happened;
    if (event->group == NULL || event->sender == NULL)
        return;
    struct cw_place *place = group_place(chat, event->group);
    struct cw_member *member = cw_place_member(place, event->sender);
    hear_membership(place, event, happened);
    if (strcmp(happened, "topic") == 0)
        cw_place_set(&place->topic, event->topic);
    else if (strcmp(happened, "call_joined") == 0 || strcmp(happened, "call_left") == 0)
        set_in_call(place, event->sender, strcmp(happened, "call_joined") == 0);
    else if (!is_told(happened) && member != NULL)
        member->speaking = strcmp(happened, "speaking") == 0;
    if (is_told(happened) && sentence != NULL)
        cw_chat_notice(chat, place, sentence);
    hear_end(chat, place, event, happened);
}

/* --- the connection ------------------------------------------------------------------------- */

static void set_link(struct cw_chat *chat, enum cw_chat_link link, const char *text)
{
    chat->link = link;
    cw_place_set(&chat->link_text, text);
}

/* What the user has read on other devices meanwhile, new conversations, and who has come and gone.
 */
static void hear_attached(struct cw_chat *chat)
{
    const struct cw_place *shown = cw_chat_current(chat);
    set_link(chat, CW_CHAT_READY, NULL);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    for (size_t i = 0; i < chat->place_count; i++)
        chat->places[i]->asked_members &= chat->places[i] == shown;
    if (shown != NULL && shown->asked_members)
        cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_MEMBERS, .place = shown->name});
}

/* The first attach is a request of the program, whose answer says it. */
static void hear_response(struct cw_chat *chat, const struct chinwag_event *event,
                          const char *sentence)
{
    bool attach = event->action != NULL && strcmp(event->action, "attach") == 0;
    if (attach && event->code == CHINWAG_SUCCESS)
        hear_attached(chat);
    else
        cw_chat_answer(chat, event, sentence);
}

/* How the call ends is said by the command's sentence; how to answer it is said for this place. */
static void hear_ring(struct cw_chat *chat, const struct chinwag_event *event, const char *sentence)
{
    bool ringing = event->state != NULL && strcmp(event->state, "ringing") == 0;
    const char *caller = chat->talk.caller;
    if (event->conversation == NULL || sentence == NULL)
        return;
    struct cw_place *place = cw_chat_place(chat, event->conversation);
    cw_chat_notice(chat, place,
                   ringing ? "a call: Alt+c or /call answers, Alt+x or /refuse declines"
                           : sentence);
    if (ringing && !event->own) {
        cw_talk_ring(chat, place->name);
        ring_bell(chat, place->name, NULL, "is calling you");
    } else if (caller != NULL && strcmp(caller, place->name) == 0) {
        cw_talk_ring(chat, NULL);
    }
}

static void hear_link(struct cw_chat *chat, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_DISCONNECTED:
        set_link(chat, CW_CHAT_AWAY, event->text);
        chat->retry_at_ms = chat->now_ms + event->delay_ms;
        break;
    case CHINWAG_ATTACHED:
        hear_attached(chat);
        break;
    case CHINWAG_SESSION_LOST:
    case CHINWAG_SESSION_MOVED:
        set_link(chat, CW_CHAT_OVER, event->text);
        break;
    case CHINWAG_RESTARTED:
        cw_chat_notice(chat, NULL, event->text);
        break;
    default:
        break;
    }
}

static void hear_person(struct cw_chat *chat, const struct chinwag_event *event)
{
    switch (event->type) {
    case CHINWAG_READ:
        hear_read(chat, event);
        break;
    case CHINWAG_DELIVERED:
        hear_delivered(chat, event);
        break;
    case CHINWAG_PRESENCE:
        hear_presence(chat, event);
        break;
    case CHINWAG_TYPING:
        hear_typing(chat, event);
        break;
    default:
        hear_link(chat, event);
    }
}

/* Those that stand are told again by each attach. */
static void hear_announcement(struct cw_chat *chat, const struct chinwag_event *event,
                              const char *sentence)
{
    if (event->id <= chat->announced || sentence == NULL)
        return;
    chat->announced = event->id;
    cw_chat_notice(chat, NULL, sentence);
}

static void hear_any(struct cw_chat *chat, const struct chinwag_event *event, const char *sentence)
{
    switch (event->type) {
    case CHINWAG_RESPONSE:
        hear_response(chat, event, sentence);
        break;
    case CHINWAG_WHISPER:
    case CHINWAG_GROUP_MESSAGE:
    case CHINWAG_VOICE_MESSAGE:
        hear_message(chat, event);
        break;
    case CHINWAG_EDITED:
    case CHINWAG_DELETED:
        hear_change(chat, event);
        break;
    case CHINWAG_REACTED:
    case CHINWAG_UNREACTED:
        hear_reaction(chat, event);
        break;
    case CHINWAG_GROUP_EVENT:
        hear_group(chat, event, sentence);
        break;
    case CHINWAG_RING:
        hear_ring(chat, event, sentence);
        break;
    case CHINWAG_ANNOUNCED:
        hear_announcement(chat, event, sentence);
        break;
    case CHINWAG_ANNOUNCEMENT_ENDED:
        if (event->id <= chat->announced && sentence != NULL)
            cw_chat_notice(chat, NULL, sentence);
        break;
    default:
        hear_person(chat, event);
    }
}

void cw_chat_heard(struct cw_chat *chat, const struct chinwag_event *event, const char *sentence)
{
    hear_any(chat, event, sentence);
    struct cw_place *place = cw_chat_current(chat); /* the first one that there is */
    if (chat->link == CW_CHAT_READY && place != NULL && !place->loaded && !place->asking)
        cw_chat_open(chat, place);
    if (chat->greeting == NULL || place == NULL || !place->loaded)
        return;
    cw_chat_notice(chat, place, chat->greeting);
    cw_place_set(&chat->greeting, NULL);
}
