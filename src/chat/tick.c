/* tick.c - what a chat does by the clock, of which the program tells it; see chat.h. */
#include "chat/talk.h"

uint64_t cw_chat_deadline(const struct cw_chat *chat)
{
    const struct cw_place *place = cw_chat_current(chat);
    uint64_t typer_ms = place != NULL && place->typer != NULL ? place->typer_until_ms : 0;
    uint64_t talk_ms = cw_talk_deadline(chat);
    if (typer_ms == 0 || talk_ms == 0)
        return typer_ms + talk_ms;
    return typer_ms < talk_ms ? typer_ms : talk_ms;
}

void cw_chat_tick(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    if (place != NULL && place->typer != NULL && chat->now_ms >= place->typer_until_ms)
        cw_place_set(&place->typer, NULL);
    cw_talk_tick(chat);
}
