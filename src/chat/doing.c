/* doing.c - see doing.h. */
#include "chat/doing.h"

#include <string.h>

/* How often the others are told that the user types. */
#define TYPING_MS 3000
#define PAGE      50
/* As many as can be looked through; more words find less. */
#define HITS_MAX 50

static void ask_history(struct cw_chat *chat, struct cw_place *place,
                        const struct chinwag_page *page)
{
    if (place->asking || chat->link != CW_CHAT_READY) /* with the connection it is shown anew */
        return;
    place->asking = true;
    cw_chat_ask(chat,
                &(struct cw_ask){.kind = CW_ASK_HISTORY, .place = place->name, .page = *page});
}

static void ask_members(struct cw_chat *chat, struct cw_place *place)
{
    if (!cw_place_is_group(place) || place->asked_members || chat->link != CW_CHAT_READY)
        return;
    place->asked_members = true;
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_MEMBERS, .place = place->name});
}

/* --- going from one to another -------------------------------------------------------------- */

/* Of a conversation that is not shown only the newest lines are kept. */
static void leave(struct cw_place *place)
{
    place->fresh = 0;
    if (place->torn) {
        cw_place_trim_new(place, 0);
        place->loaded = false;
        place->torn = place->complete = false;
    }
    cw_place_trim_old(place, CW_PLACE_LINES_KEPT);
}

void cw_chat_open(struct cw_chat *chat, struct cw_place *place)
{
    struct cw_place *before = cw_chat_current(chat);
    if (before != NULL && before != place)
        leave(before);
    for (size_t i = 0; i < chat->place_count; i++)
        if (chat->places[i] == place)
            chat->current = i;
    place->visited = chat->next_visit++;
    if (place->unread != 0 && (before != place || !place->loaded))
        place->fresh = place->read;
    if (!place->loaded)
        ask_history(chat, place, &(struct chinwag_page){.limit = PAGE});
    ask_members(chat, place);
    cw_chat_forget_gone(chat);
    cw_chat_trim(chat);
}

void cw_chat_open_anew(struct cw_chat *chat, struct cw_place *place)
{
    place->loaded = place->asked_members = place->gone = false;
    cw_chat_open(chat, place);
}

void cw_chat_lead(struct cw_chat *chat, const char *place, bool told)
{
    cw_place_set(&chat->wanted, place);
    chat->wanted_told = told;
    if (chat->link == CW_CHAT_READY) /* else it is asked for with the connection */
        cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
}

static struct cw_place *next_active(struct cw_chat *chat, bool mentions)
{
    for (size_t i = 1; i <= chat->place_count; i++) {
        struct cw_place *place = chat->places[(chat->current + i) % chat->place_count];
        if (place != cw_chat_current(chat) && (mentions ? place->mentions : place->unread) != 0)
            return place;
    }
    return NULL;
}

bool cw_chat_open_active(struct cw_chat *chat)
{
    struct cw_place *place = next_active(chat, true);
    if (place == NULL)
        place = next_active(chat, false);
    if (place != NULL)
        cw_chat_open(chat, place);
    return place != NULL;
}

void cw_chat_open_neighbour(struct cw_chat *chat, int by)
{
    if (chat->place_count == 0)
        return;
    size_t at = (chat->current + (by > 0 ? 1 : chat->place_count - 1)) % chat->place_count;
    cw_chat_open(chat, chat->places[at]);
}

/* --- saying --------------------------------------------------------------------------------- */

static void ask_say(struct cw_chat *chat, struct cw_place *place, const struct cw_line *line)
{
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_SAY,
                                       .tag = line->uid,
                                       .place = place->name,
                                       .text = line->text,
                                       .length = line->length,
                                       .seq = line->reply_to,
                                       .part = line->part,
                                       .n = line->n,
                                       .kept = line->kept});
}

/* The one with the lowest number above `behind` that is under way; NULL: none. */
static struct cw_line *next_kept(const struct cw_place *place, uint64_t behind)
{
    struct cw_line *next = NULL;
    for (size_t i = 0; i < place->count; i++) {
        struct cw_line *line = place->lines[i];
        if (line->state == CW_LINE_PALE && line->n > behind && (next == NULL || line->n < next->n))
            next = line;
    }
    return next;
}

void cw_chat_say_kept(struct cw_chat *chat)
{
    uint64_t behind = 0;
    struct cw_line *next;
    do {
        struct cw_place *place = NULL;
        next = NULL;
        for (size_t i = 0; i < chat->place_count; i++) {
            struct cw_line *line = next_kept(chat->places[i], behind);
            if (line == NULL || (next != NULL && line->n > next->n))
                continue;
            next = line;
            place = chat->places[i];
        }
        if (next != NULL)
            ask_say(chat, place, next);
        behind = next == NULL ? 0 : next->n;
    } while (next != NULL);
}

static void number_line(struct cw_chat *chat, struct cw_line *line)
{
    line->part = chat->part;
    line->n = ++chat->last_n;
}

void cw_chat_say(struct cw_chat *chat, struct cw_place *place, const char *text, size_t length,
                 uint64_t reply_to)
{
    struct cw_line *line = cw_line_make(CW_LINE_TEXT, chat->me, text, length);
    const struct cw_line *answered = cw_place_find(place, reply_to);
    line->uid = chat->next_uid++;
    number_line(chat, line);
    line->own = line->said = true;
    line->state = CW_LINE_PALE;
    line->reply_to = reply_to;
    if (answered != NULL) {
        line->quote_sender = cw_chat_copy(answered->sender);
        line->quote = answered->length == 0 ? NULL : cw_chat_copy(answered->text);
    }
    place->fresh = 0;
    chat->typed_ms = 0;
    cw_place_put(place, line);
    ask_say(chat, place, line);
}

bool cw_chat_retry(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    bool any = false;
    for (size_t i = 0; place != NULL && i < place->count; i++) {
        struct cw_line *line = place->lines[i];
        if (line->state != CW_LINE_FAILED)
            continue;
        line->state = CW_LINE_PALE;
        line->kept = false;
        if (line->n == 0)
            number_line(chat, line);
        cw_place_set(&line->failure, NULL);
        ask_say(chat, place, line);
        any = true;
    }
    return any;
}

void cw_chat_change(struct cw_chat *chat, enum cw_ask_kind kind, uint64_t seq, const char *text)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place != NULL)
        cw_chat_ask(chat, &(struct cw_ask){.kind = kind,
                                           .place = place->name,
                                           .text = (char *)text,
                                           .length = text == NULL ? 0 : strlen(text),
                                           .seq = seq});
}

uint64_t cw_chat_latest(const struct cw_chat *chat, bool own)
{
    const struct cw_place *place = cw_chat_current(chat);
    for (size_t i = place == NULL ? 0 : place->count; i > 0; i--) {
        const struct cw_line *line = place->lines[i - 1];
        if (line->seq != 0 && line->own == own && !line->deleted)
            return line->seq;
    }
    return 0;
}

void cw_chat_typing(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place == NULL || chat->link != CW_CHAT_READY ||
        (chat->typed_ms != 0 && chat->now_ms < chat->typed_ms + TYPING_MS))
        return;
    chat->typed_ms = chat->now_ms == 0 ? 1 : chat->now_ms;
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_TYPING, .place = place->name});
}

void cw_chat_search(struct cw_chat *chat, const char *words)
{
    cw_found_begin(&chat->found, words);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_SEARCH,
                                       .text = chat->found.words,
                                       .length = strlen(chat->found.words),
                                       .page = {.limit = HITS_MAX}});
}

void cw_chat_want_image(struct cw_chat *chat, const struct cw_line *line)
{
    struct cw_images *images = &chat->images;
    if (!cw_image_fits(images, line) || cw_image_of(images, line->file) != NULL ||
        cw_image_is_coming(images) || chat->link != CW_CHAT_READY)
        return;
    cw_image_add(images, line);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_PIECE, .seq = line->file});
}

/* --- reading -------------------------------------------------------------------------------- */

void cw_chat_seen(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place == NULL || !place->loaded || place->torn || !chat->focused ||
        place->read >= place->last)
        return;
    place->read = place->last;
    place->unread = place->mentions = 0;
    cw_chat_ask(chat,
                &(struct cw_ask){.kind = CW_ASK_READ, .place = place->name, .seq = place->last});
}

void cw_chat_more(struct cw_chat *chat, bool above)
{
    struct cw_place *place = cw_chat_current(chat);
    struct chinwag_page page = {.limit = PAGE};
    if (place == NULL || !place->loaded || (above ? place->complete : !place->torn))
        return;
    if (above)
        page.before = cw_place_first(place);
    else
        page.after = cw_place_newest(place);
    if (page.before != 0 || page.after != 0)
        ask_history(chat, place, &page);
}

void cw_chat_to_end(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place != NULL && place->torn)
        ask_history(chat, place, &(struct chinwag_page){.limit = PAGE});
}

void cw_chat_to(struct cw_chat *chat, uint64_t seq)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place != NULL && seq != 0 && cw_place_find(place, seq) == NULL)
        ask_history(chat, place, &(struct chinwag_page){.around = seq, .limit = PAGE});
}
