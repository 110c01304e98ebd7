/* status.c - see status.h. */
#include "screen/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/attributes.h"
#include "screen/speech.h"

CW_PRINTF_LIKE(2, 3)
static void status_add(struct cw_buf *out, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cw_buf_append_str(out, text);
}

static void say_link(const struct cw_chat *chat, struct cw_buf *out)
{
    status_add(out, "you are %.80s at %.200s, ", chat->me, chat->server);
    if (chat->link == CW_CHAT_READY)
        status_add(out, "connected; the last answer took %" PRIu64 " ms", chat->lag_ms);
    else
        status_add(out, "not connected (%.100s); it is tried again",
                   chat->link_text == NULL ? "?" : chat->link_text);
}

static void say_place(const struct cw_chat *chat, const struct cw_place *place, struct cw_buf *out)
{
    status_add(
        out, "\nthis is %.80s, conversation %zu of %zu: %" PRIu64 " messages, read up to %" PRIu64,
        place->name, chat->current + 1, chat->place_count, place->last, place->read);
    if (!cw_place_is_group(place))
        status_add(out, "; %.80s is %s, and has read up to %" PRIu64, place->name,
                   place->online ? "online" : "offline", place->peer_read);
    size_t unkept = cw_place_count_unkept(place);
    status_add(out, "\nof yours here %zu are under way, %zu were refused",
               cw_place_count(place, CW_LINE_PALE) - unkept, cw_place_count(place, CW_LINE_FAILED));
    if (unkept != 0)
        status_add(out, ", %zu wait for the disk of this machine", unkept);
    if (place->in_call != 0)
        status_add(out, "\nin the call of it: %" PRIu64, place->in_call);
}

/* "2 #cooks (3, 1 mentions you)" */
static void say_unread(const struct cw_chat *chat, struct cw_buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < chat->place_count; i++) {
        const struct cw_place *place = chat->places[i];
        if (place->unread == 0 || i == chat->current)
            continue;
        status_add(out, "%s%zu %.80s (%" PRIu64, count++ == 0 ? "\nunread elsewhere: " : ", ",
                   i + 1, place->name, place->unread);
        if (place->mentions != 0)
            status_add(out, ", %" PRIu64 " of them mention you", place->mentions);
        status_add(out, ")");
    }
    if (count == 0)
        status_add(out, "\nnothing is unread elsewhere");
}

static void say_call(const struct cw_screen *screen, struct cw_buf *out)
{
    char call[600];
    cw_speech_words(screen, call, sizeof call);
    status_add(out, "\n%s", call[0] == 0 ? "you are in no call" : call);
}

static void say_screen(const struct cw_screen *screen, struct cw_buf *out)
{
    status_add(out, "\ntheme %s, mouse %s, numbers of messages %s", cw_theme_name(screen->theme),
               screen->mouse ? "on" : "off", screen->numbers ? "shown" : "hidden");
    if (screen->chat->talk.device != NULL)
        status_add(out, ", sound by '%.256s'", screen->chat->talk.device);
    status_add(out,
               "\nbefore a message: \xc2\xb7 is not kept yet, \xe2\x80\xa6 is under way, ! was not "
               "sent, @ mentions you, > was searched");
}

void cw_status_write(const struct cw_screen *screen, struct cw_buf *out)
{
    const struct cw_chat *chat = screen->chat;
    const struct cw_place *place = cw_chat_current(chat);
    say_link(chat, out);
    if (place != NULL)
        say_place(chat, place, out);
    say_unread(chat, out);
    say_call(screen, out);
    say_screen(screen, out);
}
