/* answers.c - see answers.h. */
#include "chat/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/doing.h"

/* --- lists ---------------------------------------------------------------------------------- */

static void take_conversation(struct cw_chat *chat, const struct chinwag_entry *entry)
{
    if (entry->conversation == NULL)
        return;
    struct cw_place *place = cw_chat_place(chat, entry->conversation);
    place->gone = place->kept = false;
    if (entry->seq > place->last)
        place->last = entry->seq;
    if (entry->read > place->read)
        place->read = entry->read;
    place->unread = place->read >= place->last ? 0 : entry->unread;
    place->mentions = place->unread == 0 ? 0 : entry->unread_mentions;
    place->peer_read = entry->peer_read;
    place->delivered = entry->delivered;
    place->online = entry->state != NULL && strcmp(entry->state, "offline") != 0;
    place->in_call = entry->in_call;
    cw_place_set(&place->topic, entry->topic);
    /* Messages that came before the list have opened it. */
    if (!place->listed && place == cw_chat_current(chat) && place->unread != 0)
        place->fresh = place->read;
    place->listed = true;
}

/* The list is complete: what the last run knew, and the server does not any more, goes, unless the
 * user has something to say there. */
static void forget_kept(struct cw_chat *chat)
{
    for (size_t i = 0; i < chat->place_count; i++) {
        struct cw_place *place = chat->places[i];
        place->gone |= place->kept && place->count == 0 && place->draft == NULL;
        place->kept = false;
    }
    cw_chat_forget_gone(chat);
}

/* The list is complete, so it is known of which groups the user is a member. */
static void go_wanted(struct cw_chat *chat)
{
    char text[300];
    char *name = chat->wanted;
    if (name == NULL)
        return;
    chat->wanted = NULL;
    struct cw_place *place = name[0] == '#' ? cw_chat_known(chat, name) : cw_chat_place(chat, name);
    if (place != NULL && (place->listed || name[0] != '#')) {
        cw_chat_open(chat, place);
    } else if (chat->wanted_told) {
        snprintf(text, sizeof text,
                 "the link leads to the group %.80s, and you are not in it: /join %.80s joins it",
                 name, name);
        cw_chat_notice(chat, NULL, text);
    }
    free(name);
}

/* Numbers of pages fall; a server that turns in circles is not followed. */
static bool goes_on(const struct cw_ask *ask, const struct chinwag_event *event)
{
    return event->next != 0 && (ask->page.before == 0 || event->next < ask->page.before);
}

static void end_conversations(struct cw_chat *chat)
{
    forget_kept(chat);
    go_wanted(chat);
}

static void take_conversations(struct cw_chat *chat, const struct cw_ask *ask,
                               const struct chinwag_event *event)
{
    for (size_t i = 0; i < event->entry_count; i++)
        take_conversation(chat, &event->entries[i]);
    if (goes_on(ask, event))
        cw_chat_ask(
            chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS, .page = {.before = event->next}});
    else
        end_conversations(chat);
    struct cw_place *place = cw_chat_current(chat);
    if (place != NULL && place->count == 0)
        place->loaded = false; /* its page may have been lost with the connection */
}

/* The first page takes the place of what was known. */
static void take_members(struct cw_chat *chat, struct cw_place *place, const struct cw_ask *ask,
                         const struct chinwag_event *event)
{
    uint64_t in_call = ask->page.after == 0 ? 0 : place->in_call;
    if (ask->page.after == 0)
        cw_place_forget_members(place);
    for (size_t i = 0; i < event->entry_count; i++) {
        const struct chinwag_entry *entry = &event->entries[i];
        if (entry->name == NULL || entry->banned)
            continue;
        struct cw_member *member = cw_place_add_member(place, entry->name);
        const char *role = entry->role == NULL ? "" : entry->role;
        member->role = strcmp(role, "owner") == 0       ? '@'
                       : strcmp(role, "moderator") == 0 ? '+'
                                                        : ' ';
        member->online = entry->state != NULL && strcmp(entry->state, "offline") != 0;
        member->in_call = entry->in_call != 0;
        in_call += member->in_call;
    }
    place->in_call = in_call;
    if (event->next > ask->page.after) /* else it turns in circles */
        cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_MEMBERS,
                                           .place = place->name,
                                           .page = {.after = event->next}});
}

/* Messages that were said while this client was away come one by one, and the newest page before
 * most of them. */
static bool is_behind_gap(const struct cw_place *place, const struct chinwag_event *event)
{
    uint64_t newest = cw_place_newest(place), lowest = UINT64_MAX;
    for (size_t i = 0; i < event->entry_count; i++)
        if (event->entries[i].seq < lowest)
            lowest = event->entries[i].seq;
    return event->entry_count != 0 && newest != 0 && lowest > newest + 1;
}

/* A page that does not touch the window takes its place. */
static void begin_page(struct cw_place *place, const struct cw_ask *ask,
                       const struct chinwag_event *event)
{
    bool latest = ask->page.before == 0 && ask->page.after == 0 && ask->page.around == 0;
    if (ask->page.around == 0 && !(latest && (place->torn || is_behind_gap(place, event))))
        return;
    cw_place_forget_window(place);
    place->torn = place->complete = false;
}

static bool is_message(const struct chinwag_entry *entry)
{
    return entry->kind == NULL ||
           (strcmp(entry->kind, "edit") != 0 && strcmp(entry->kind, "delete") != 0);
}

static void end_page(struct cw_place *place, const struct cw_ask *ask,
                     const struct chinwag_event *event)
{
    uint64_t until = event->entry_count == 0 ? 0 : event->entries[event->entry_count - 1].seq;
    if (ask->page.after != 0 || ask->page.around != 0)
        place->torn = until != 0 && until < place->last;
    if (ask->page.after == 0 && ask->page.around == 0 && event->next == 0)
        place->complete = true;
    if (ask->page.around != 0) /* the page has some below that number, if there are any */
        place->complete = cw_place_first(place) >= ask->page.around;
    if (ask->page.before != 0)
        cw_place_trim_new(place, CW_PLACE_LINES_MAX);
    else
        cw_place_trim_old(place, CW_PLACE_LINES_MAX);
    place->loaded = true;
}

/* It was asked for when the window was another one, and does not touch this one. */
static bool is_late(const struct cw_place *place, const struct cw_ask *ask)
{
    return (ask->page.before != 0 && ask->page.before != cw_place_first(place)) ||
           (ask->page.after != 0 && ask->page.after != cw_place_newest(place));
}

static void take_history(struct cw_chat *chat, struct cw_place *place, const struct cw_ask *ask,
                         const struct chinwag_event *event)
{
    place->asking = false;
    if (is_late(place, ask))
        return;
    begin_page(place, ask, event);
    for (size_t i = 0; i < event->entry_count; i++) {
        const struct chinwag_entry *entry = &event->entries[i];
        if (!is_message(entry) || entry->seq == 0)
            continue;
        struct cw_line *line = cw_line_of_entry(entry, chat->me);
        line->uid = chat->next_uid++;
        cw_place_put(place, line);
    }
    if (event->last > place->last)
        place->last = event->last;
    if (event->read > place->read)
        place->read = event->read;
    if (event->peer_read > place->peer_read)
        place->peer_read = event->peer_read;
    if (event->delivered > place->delivered)
        place->delivered = event->delivered;
    end_page(place, ask, event);
}

/* --- own messages --------------------------------------------------------------------------- */

static void take_said(struct cw_place *place, const struct cw_ask *ask,
                      const struct chinwag_event *event)
{
    struct cw_line *line = cw_place_find_uid(place, ask->tag);
    if (line == NULL || line->state == CW_LINE_STORED)
        return;
    line->state = CW_LINE_STORED;
    line->seq = event->seq;
    line->id = event->id;
    line->time_ms = event->time_ms;
    if (event->seq > place->last) {
        place->last = event->seq;
        place->read = event->seq;
        place->unread = place->mentions = 0;
    }
    cw_place_take(place, line);
    if (place->torn)
        cw_line_destroy(line); /* the window is elsewhere */
    else
        cw_place_put(place, line);
}

static void take_changed(struct cw_place *place, const struct cw_ask *ask)
{
    struct cw_line *line = cw_place_find(place, ask->seq);
    if (line == NULL)
        return;
    if (ask->kind == CW_ASK_EDIT) {
        cw_line_set_text(line, ask->text, ask->length);
        line->edited = true;
    } else if (ask->kind == CW_ASK_DELETE) {
        cw_line_delete(line);
    } else if (ask->kind == CW_ASK_REACT) {
        cw_line_react(line, ask->text, true);
    } else if (ask->kind == CW_ASK_UNREACT) {
        cw_line_unreact(line, ask->text, true);
    }
}

/* --- each answer ---------------------------------------------------------------------------- */

void cw_chat_not_sent(struct cw_chat *chat, const struct cw_ask *ask, const char *reason)
{
    struct cw_place *place = ask->place == NULL ? NULL : cw_chat_known(chat, ask->place);
    struct cw_line *line =
        place == NULL || ask->kind != CW_ASK_SAY ? NULL : cw_place_find_uid(place, ask->tag);
    char notice[400];
    struct cw_image *image =
        ask->kind == CW_ASK_PIECE ? cw_image_of(&chat->images, ask->seq) : NULL;
    if (image != NULL)
        image->failed = true;
    if (ask->kind == CW_ASK_SEARCH)
        cw_found_refuse(&chat->found, ask->text, reason);
    if (ask->kind == CW_ASK_HISTORY && place != NULL) {
        place->asking = false;
        place->loaded |= chat->link == CW_CHAT_READY; /* it is not asked for again and again */
    }
    if (line != NULL) {
        line->state = CW_LINE_FAILED;
        line->n = 0; /* the server has not used it, and may not take it any more */
        cw_place_set(&line->failure, reason);
    } else if (ask->kind != CW_ASK_READ && ask->kind != CW_ASK_TYPING &&
               ask->kind != CW_ASK_SEARCH && ask->kind != CW_ASK_PIECE) {
        snprintf(notice, sizeof notice, "not done: %s", reason);
        cw_chat_notice(chat, place, notice);
    }
}

static void take_done(struct cw_chat *chat, struct cw_place *place, const struct cw_ask *ask,
                      const struct chinwag_event *event)
{
    switch (ask->kind) {
    case CW_ASK_HISTORY:
        take_history(chat, place, ask, event);
        break;
    case CW_ASK_MEMBERS:
        take_members(chat, place, ask, event);
        break;
    case CW_ASK_SAY:
        take_said(place, ask, event);
        break;
    default:
        take_changed(place, ask);
    }
}

static void take_piece(struct cw_chat *chat, const struct cw_ask *ask,
                       const struct chinwag_event *event)
{
    struct cw_image *image = cw_image_of(&chat->images, ask->seq);
    if (image != NULL && cw_image_take(image, event))
        cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_PIECE,
                                           .seq = image->file,
                                           .page = {.after = image->bytes.n}});
}

/* The connection was lost: what is known is asked for again with the next one. */
static bool is_asked_again(struct cw_chat *chat, struct cw_place *place, const struct cw_ask *ask)
{
    if (ask->kind == CW_ASK_HISTORY && place != NULL)
        place->asking = false;
    if (ask->kind == CW_ASK_PIECE) /* it is wanted again when it is drawn */
        cw_image_forget(&chat->images, ask->seq);
    return ask->kind == CW_ASK_HISTORY || ask->kind == CW_ASK_CONVERSATIONS ||
           ask->kind == CW_ASK_MEMBERS || ask->kind == CW_ASK_PIECE;
}

/* Where it is unknown whether a message is stored, it keeps its number, under which it is stored
 * once. */
static void take_refusal(struct cw_chat *chat, struct cw_place *place, const struct cw_ask *ask,
                         const struct chinwag_event *event, const char *refusal)
{
    if (event->code == CHINWAG_UNANSWERED && is_asked_again(chat, place, ask))
        return;
    cw_chat_not_sent(chat, ask,
                     refusal != NULL         ? refusal
                     : event->reason != NULL ? event->reason
                     : event->text != NULL   ? event->text
                                             : "refused");
    struct cw_line *line =
        place == NULL || ask->kind != CW_ASK_SAY ? NULL : cw_place_find_uid(place, ask->tag);
    if (line != NULL && event->code == CHINWAG_UNANSWERED)
        line->n = ask->n;
}

void cw_chat_answer(struct cw_chat *chat, const struct chinwag_event *event, const char *refusal)
{
    struct cw_ask ask;
    if (!cw_chat_answered(chat, event->request, &ask))
        return;
    struct cw_place *place = ask.place == NULL ? NULL : cw_chat_known(chat, ask.place);
    chat->lag_ms = chat->now_ms - ask.asked_ms;
    if (event->code != CHINWAG_SUCCESS)
        take_refusal(chat, place, &ask, event, refusal);
    else if (ask.kind == CW_ASK_CONVERSATIONS)
        take_conversations(chat, &ask, event);
    else if (ask.kind == CW_ASK_SEARCH)
        cw_found_take(&chat->found, ask.text, event);
    else if (ask.kind == CW_ASK_PIECE)
        take_piece(chat, &ask, event);
    else if (place != NULL)
        take_done(chat, place, &ask, event);
    if (event->code == CHINWAG_GROUP_DOES_NOT_EXIST && place != NULL && cw_place_is_group(place)) {
        place->gone = true;
        cw_chat_forget_gone(chat);
    }
    cw_ask_finish(&ask);
}
