/* play_asks.c - see play_asks.h. */
#include "play_asks.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/attributes.h"

CW_PRINTF_LIKE(2, 3)
static void put(struct cw_buf *out, const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    cw_buf_append_str(out, line);
}

static const char *const ask_names[] = {
    [CW_ASK_CONVERSATIONS] = "conversations",
    [CW_ASK_HISTORY] = "history",
    [CW_ASK_MEMBERS] = "members",
    [CW_ASK_SAY] = "say",
    [CW_ASK_EDIT] = "edit",
    [CW_ASK_DELETE] = "delete",
    [CW_ASK_REACT] = "react",
    [CW_ASK_UNREACT] = "unreact",
    [CW_ASK_SEARCH] = "search",
    [CW_ASK_PIECE] = "piece",
    [CW_ASK_READ] = "read",
    [CW_ASK_TYPING] = "typing",
    [CW_ASK_RUN] = "run",
    [CW_ASK_LEAVE_CALL] = "leave call",
    [CW_ASK_TELL_CALL] = "tell call",
    [CW_ASK_TELL_VOICE] = "tell voice",
    [CW_ASK_KEYS] = "keys",
    [CW_ASK_BELL] = "bell",
    [CW_ASK_RING] = "ring",
    [CW_ASK_REDRAW] = "redraw",
    [CW_ASK_SUSPEND] = "suspend",
    [CW_ASK_SERVER] = "server",
    [CW_ASK_NEXT_SERVER] = "next server",
    [CW_ASK_LOGOUT] = "logout",
    [CW_ASK_QUIT] = "quit",
};

static void put_quoted(struct cw_buf *out, const char *text)
{
    cw_buf_append_str(out, " '");
    for (const char *p = text; *p != 0; p++)
        if (*p == '\n')
            cw_buf_append_str(out, "\\n");
        else
            cw_buf_append_byte(out, (uint8_t)*p);
    cw_buf_append_str(out, "'");
}

void play_put_ask(const struct cw_ask *ask, struct cw_buf *out)
{
    put(out, "    ask %s", ask_names[ask->kind]);
    if (ask->place != NULL)
        put(out, " %s", ask->place);
    if (ask->page.before != 0)
        put(out, " before %" PRIu64, ask->page.before);
    if (ask->page.after != 0)
        put(out, " after %" PRIu64, ask->page.after);
    if (ask->page.around != 0)
        put(out, " around %" PRIu64, ask->page.around);
    if (ask->seq != 0)
        put(out, " [%" PRIu64 "]", ask->seq);
    for (size_t i = 0; ask->text != NULL && i < ask->length; i += strlen(ask->text + i) + 1)
        put_quoted(out, ask->text + i);
    put(out, "\n");
}

void play_put_lines(const char *text, struct cw_buf *out)
{
    for (const char *p = text; *p != 0; p += strcspn(p, "\n") + 1) {
        cw_buf_append_str(out, "    ");
        cw_buf_append(out, p, strcspn(p, "\n") + 1);
    }
}

bool play_hold(struct play_held *held, const struct cw_ask *ask)
{
    if (!held->on || ask->kind != CW_ASK_SAY || held->count == PLAY_HELD_MAX)
        return false;
    held->p[held->count++] = *ask;
    return true;
}

void play_release(struct play_held *held, struct cw_chat *chat, struct cw_buf *out,
                  int64_t *requests)
{
    held->on = false;
    for (size_t i = 0; i < held->count; i++) {
        play_put_ask(&held->p[i], out);
        cw_chat_asked(chat, &held->p[i], ++*requests);
    }
    held->count = 0;
}

void play_forget_held(struct play_held *held)
{
    for (size_t i = 0; i < held->count; i++)
        cw_ask_finish(&held->p[i]);
    held->count = 0;
}
