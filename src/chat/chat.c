/* chat.c - see chat.h. */
#include "chat/chat.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct cw_chat *cw_chat_create(const char *me, const char *server)
{
    struct cw_chat *chat = cw_alloc_zero(sizeof *chat);
    chat->me = cw_chat_copy(me);
    chat->server = cw_chat_copy(server);
    chat->focused = true;
    chat->next_uid = chat->next_tag = 1;
    return chat;
}

void cw_ask_finish(struct cw_ask *ask)
{
    free(ask->place);
    free(ask->text);
    ask->place = ask->text = NULL;
}

void cw_chat_destroy(struct cw_chat *chat)
{
    for (size_t i = 0; i < chat->place_count; i++)
        cw_place_destroy(chat->places[i]);
    for (size_t i = 0; i < chat->ask_count; i++)
        cw_ask_finish(&chat->asks[i]);
    for (size_t i = 0; i < chat->waiting_count; i++)
        cw_ask_finish(&chat->waiting[i]);
    cw_found_forget(&chat->found);
    cw_images_finish(&chat->images);
    free(chat->places);
    free(chat->asks);
    free(chat->waiting);
    free(chat->me);
    free(chat->server);
    cw_talk_finish(&chat->talk);
    free(chat->link_text);
    free(chat->notice);
    free(chat->progress);
    free(chat->greeting);
    free(chat->wanted);
    free(chat);
}

/* --- conversations -------------------------------------------------------------------------- */

struct cw_place *cw_chat_known(const struct cw_chat *chat, const char *name)
{
    name += name[0] == '@';
    for (size_t i = 0; i < chat->place_count; i++)
        if (strcmp(chat->places[i]->name, name) == 0)
            return chat->places[i];
    return NULL;
}

struct cw_place *cw_chat_place(struct cw_chat *chat, const char *name)
{
    struct cw_place *place = cw_chat_known(chat, name);
    if (place != NULL)
        return place;
    place = cw_place_create(name + (name[0] == '@'));
    place->uid = chat->next_uid++;
    chat->places = cw_realloc(chat->places, (chat->place_count + 1) * sizeof(struct cw_place *));
    chat->places[chat->place_count++] = place;
    return place;
}

struct cw_place *cw_chat_place_of(const struct cw_chat *chat, uint64_t uid)
{
    for (size_t i = 0; i < chat->place_count; i++)
        if (chat->places[i]->uid == uid)
            return chat->places[i];
    return NULL;
}

void cw_chat_forget_gone(struct cw_chat *chat)
{
    size_t kept = 0, current = chat->current;
    for (size_t i = 0; i < chat->place_count; i++) {
        struct cw_place *place = chat->places[i];
        if (place->gone && i != current) {
            cw_place_destroy(place);
            continue;
        }
        if (i == current)
            chat->current = kept;
        chat->places[kept++] = place;
    }
    chat->place_count = kept;
}

struct cw_place *cw_chat_current(const struct cw_chat *chat)
{
    return chat->current < chat->place_count ? chat->places[chat->current] : NULL;
}

void cw_chat_notice(struct cw_chat *chat, struct cw_place *place, const char *text)
{
    if (place == NULL)
        place = cw_chat_current(chat);
    if (place == NULL) {
        cw_place_set(&chat->notice, text);
        chat->notice_number++;
        return;
    }
    struct cw_line *line = cw_line_make(CW_LINE_NOTICE, "", text, strlen(text));
    line->uid = chat->next_uid++;
    line->floor = place->last;
    cw_place_put(place, line);
    cw_place_trim_old(place, CW_PLACE_LINES_MAX);
}

/* --- asks ----------------------------------------------------------------------------------- */

static void append_ask(struct cw_ask **asks, size_t *count, const struct cw_ask *ask)
{
    *asks = cw_realloc(*asks, (*count + 1) * sizeof **asks);
    (*asks)[(*count)++] = *ask;
}

static void remove_ask(struct cw_ask *asks, size_t *count, size_t at)
{
    --*count;
    memmove(asks + at, asks + at + 1, (*count - at) * sizeof *asks);
}

uint64_t cw_chat_ask(struct cw_chat *chat, const struct cw_ask *ask)
{
    struct cw_ask copy = *ask;
    copy.place = cw_chat_copy(ask->place);
    copy.text = NULL;
    if (ask->text != NULL) {
        copy.text = cw_alloc(ask->length + 1);
        memcpy(copy.text, ask->text, ask->length);
        copy.text[ask->length] = 0;
    }
    copy.tag = ask->tag != 0 ? ask->tag : chat->next_tag++;
    append_ask(&chat->asks, &chat->ask_count, &copy);
    return copy.tag;
}

bool cw_chat_next_ask(struct cw_chat *chat, struct cw_ask *ask)
{
    if (chat->ask_count == 0)
        return false;
    *ask = chat->asks[0];
    remove_ask(chat->asks, &chat->ask_count, 0);
    return true;
}

static void note_kept(const struct cw_chat *chat, const struct cw_ask *ask)
{
    const struct cw_place *place = cw_chat_known(chat, ask->place);
    struct cw_line *line = place == NULL ? NULL : cw_place_find_uid(place, ask->tag);
    if (line != NULL)
        line->kept = true;
}

void cw_chat_asked(struct cw_chat *chat, struct cw_ask *ask, int64_t request)
{
    if (ask->kind == CW_ASK_SAY)
        note_kept(chat, ask);
    ask->request = request;
    ask->asked_ms = chat->now_ms;
    append_ask(&chat->waiting, &chat->waiting_count, ask);
}

bool cw_chat_answered(struct cw_chat *chat, int64_t request, struct cw_ask *ask)
{
    for (size_t i = 0; i < chat->waiting_count; i++)
        if (chat->waiting[i].request == request) {
            *ask = chat->waiting[i];
            remove_ask(chat->waiting, &chat->waiting_count, i);
            return true;
        }
    return false;
}
