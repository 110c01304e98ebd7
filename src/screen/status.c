/* status.c - see status.h. */
#include "screen/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void say(struct cw_buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct cw_buf *out, const char *format, ...)
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
    say(out, "you are %.80s at %.200s, ", chat->me, chat->server);
    if (chat->link == CW_CHAT_READY)
        say(out, "connected; the last answer took %" PRIu64 " ms", chat->lag_ms);
    else
        say(out, "not connected (%.100s); it is tried again",
            chat->link_text == NULL ? "?" : chat->link_text);
}

static size_t count_state(const struct cw_place *place, enum cw_line_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < place->count; i++)
        count += place->lines[i]->state == state;
    return count;
}

static void say_place(const struct cw_chat *chat, const struct cw_place *place, struct cw_buf *out)
{
    say(out, "\nthis is %.80s, conversation %zu of %zu: %" PRIu64 " messages, read up to %" PRIu64,
        place->name, chat->current + 1, chat->place_count, place->last, place->read);
    if (!cw_place_is_group(place))
        say(out, "; %.80s is %s, and has read up to %" PRIu64, place->name,
            place->online ? "online" : "offline", place->peer_read);
    say(out, "\nof yours here %zu are under way, %zu were refused",
        count_state(place, CW_LINE_PALE), count_state(place, CW_LINE_FAILED));
    if (place->in_call != 0)
        say(out, "\nin the call of it: %" PRIu64, place->in_call);
}

/* "2 #cooks (3, 1 mentions you)" */
static void say_unread(const struct cw_chat *chat, struct cw_buf *out)
{
    size_t count = 0;
    for (size_t i = 0; i < chat->place_count; i++) {
        const struct cw_place *place = chat->places[i];
        if (place->unread == 0 || i == chat->current)
            continue;
        say(out, "%s%zu %.80s (%" PRIu64, count++ == 0 ? "\nunread elsewhere: " : ", ", i + 1,
            place->name, place->unread);
        if (place->mentions != 0)
            say(out, ", %" PRIu64 " of them mention you", place->mentions);
        say(out, ")");
    }
    if (count == 0)
        say(out, "\nnothing is unread elsewhere");
}

static void say_call(const struct cw_chat *chat, struct cw_buf *out)
{
    if (chat->calling)
        say(out, "\nyou are in a call, %s",
            chat->deafened ? "deafened"
            : chat->muted  ? "muted"
                           : "on air");
    else
        say(out, "\nyou are in no call");
}

static void say_screen(const struct cw_screen *screen, struct cw_buf *out)
{
    say(out, "\ntheme %s, mouse %s, numbers of messages %s", cw_theme_name(screen->theme),
        screen->mouse ? "on" : "off", screen->numbers ? "shown" : "hidden");
    say(out, "\nbefore a message: \xe2\x80\xa6 is under way, ! was not sent, @ mentions you, > was "
             "searched");
}

void cw_status_write(const struct cw_screen *screen, struct cw_buf *out)
{
    const struct cw_chat *chat = screen->chat;
    const struct cw_place *place = cw_chat_current(chat);
    say_link(chat, out);
    if (place != NULL)
        say_place(chat, place, out);
    say_unread(chat, out);
    say_call(chat, out);
    say_screen(screen, out);
}
