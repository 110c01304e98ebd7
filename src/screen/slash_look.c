/* slash_look.c - see slash_rows.h. */
#include "screen/slash_rows.h"

#include <stdio.h>
#include <string.h>

#include "screen/query.h"
#include "screen/status.h"
#include "screen/template.h"

static bool say_why_not(struct cw_screen *screen, const char *text)
{
    cw_chat_notice(screen->chat, NULL, text);
    return false;
}

/* Takes over what is written there. */
static bool say_all(struct cw_screen *screen, struct cw_buf *text)
{
    cw_buf_append_byte(text, 0);
    cw_chat_notice(screen->chat, NULL, (const char *)text->p);
    cw_buf_finish(text);
    return true;
}

bool cw_slash_status(struct cw_screen *screen, const char *rest)
{
    struct cw_buf text = {.n = 0};
    (void)rest;
    cw_status_write(screen, &text);
    return say_all(screen, &text);
}

bool cw_slash_keys(struct cw_screen *screen, const char *rest)
{
    struct cw_buf text = {.n = 0};
    (void)rest;
    cw_bindings_list(&screen->bindings, &text);
    return say_all(screen, &text);
}

bool cw_slash_theme(struct cw_screen *screen, const char *rest)
{
    char text[200];
    enum cw_theme theme;
    bool usual = strcmp(rest, "usual") == 0;
    if (*rest != 0 && !usual && !cw_theme_read(rest, &theme))
        return say_why_not(screen, "the themes are: terminal, dark, light, plain; usual is that of "
                                   "your settings, or of the terminal");
    if (*rest != 0) {
        screen->theme = usual ? screen->usual_theme : theme;
        screen->theme_chosen = !usual;
    }
    snprintf(text, sizeof text,
             screen->theme_chosen
                 ? "the theme is %s; it stays so. /theme usual is that of your settings, or of the "
                   "terminal"
                 : "the theme is %s; your settings have it, or the terminal",
             cw_theme_name(screen->theme));
    cw_chat_notice(screen->chat, NULL, text);
    return true;
}

bool cw_slash_mouse(struct cw_screen *screen, const char *rest)
{
    if (strcmp(rest, "on") != 0 && strcmp(rest, "off") != 0)
        return say_why_not(screen, "/mouse on, or /mouse off");
    screen->mouse = strcmp(rest, "on") == 0;
    screen->mouse_chosen = true;
    cw_chat_notice(screen->chat, NULL,
                   screen->mouse ? "the mouse scrolls and chooses conversations; with Shift it "
                                   "selects text"
                                 : "the mouse selects text");
    return true;
}

/* Without a screen there is nothing to choose from. */
bool cw_slash_search(struct cw_screen *screen, const char *rest)
{
    if (*rest == 0)
        return say_why_not(screen, "words go behind it: /search soup from:bob");
    if (screen->chat->by_lines)
        cw_template_run(screen, "search -- %r", rest);
    else
        cw_query_search(screen, rest);
    return true;
}
