/* trim.c - what of all conversations together is not on the server, and what is too much:
 * cw_chat_trim and cw_chat_count_unsent of chat.h. */
#include "chat/chat.h"

size_t cw_chat_count_unsent(const struct cw_chat *chat)
{
    size_t count = 0;
    for (size_t i = 0; i < chat->place_count; i++)
        count += chat->places[i]->count - cw_place_count(chat->places[i], CW_LINE_STORED);
    return count;
}

/* Of all conversations but the one that is shown. */
#define BYTES_MAX (2 * 1024 * 1024)

static struct cw_place *longest_unseen(const struct cw_chat *chat, size_t *bytes)
{
    struct cw_place *oldest = NULL;
    *bytes = 0;
    for (size_t i = 0; i < chat->place_count; i++) {
        struct cw_place *place = chat->places[i];
        if (i == chat->current || (place->count == 0 && place->member_count == 0))
            continue;
        *bytes += cw_place_bytes(place);
        if (cw_place_newest(place) == 0 && place->member_count == 0)
            continue;
        if (oldest == NULL || place->visited < oldest->visited)
            oldest = place;
    }
    return oldest;
}

void cw_chat_trim(struct cw_chat *chat)
{
    struct cw_place *place;
    size_t bytes;
    while ((place = longest_unseen(chat, &bytes)) != NULL && bytes > BYTES_MAX) {
        cw_place_forget_window(place);
        cw_place_forget_members(place);
        place->loaded = place->complete = place->torn = place->asked_members = false;
    }
}
