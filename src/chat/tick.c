/* tick.c - what a chat does by the clock, of which the program tells it; see chat.h. */
#include "chat/talk.h"

uint64_t cw_chat_retry_s(const struct cw_chat *chat)
{
    uint64_t left_ms = chat->retry_at_ms > chat->now_ms ? chat->retry_at_ms - chat->now_ms : 0;
    return (left_ms + 999) / 1000;
}

/* When the number of seconds until the next attempt is another one. */
static uint64_t countdown_deadline(const struct cw_chat *chat)
{
    uint64_t left_s = chat->link == CW_CHAT_AWAY ? cw_chat_retry_s(chat) : 0;
    return left_s == 0 ? 0 : chat->retry_at_ms - (left_s - 1) * 1000;
}

/* 0: never. */
static uint64_t sooner(uint64_t a_ms, uint64_t b_ms)
{
    return a_ms == 0 || (b_ms != 0 && b_ms < a_ms) ? b_ms : a_ms;
}

uint64_t cw_chat_deadline(const struct cw_chat *chat)
{
    const struct cw_place *place = cw_chat_current(chat);
    uint64_t typer_ms = place != NULL && place->typer != NULL ? place->typer_until_ms : 0;
    return sooner(sooner(typer_ms, countdown_deadline(chat)), cw_talk_deadline(chat));
}

bool cw_chat_tick(struct cw_chat *chat)
{
    struct cw_place *place = cw_chat_current(chat);
    bool typed = place != NULL && place->typer != NULL && chat->now_ms >= place->typer_until_ms;
    uint64_t talk_ms = cw_talk_deadline(chat);
    bool talked = talk_ms != 0 && chat->now_ms >= talk_ms;
    if (typed)
        cw_place_set(&place->typer, NULL);
    cw_talk_tick(chat);
    uint64_t shown_s = chat->link == CW_CHAT_AWAY ? cw_chat_retry_s(chat) : 0;
    bool counted = shown_s != chat->shown_s;
    chat->shown_s = shown_s;
    return typed || talked || counted;
}
