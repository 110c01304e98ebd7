/* command_chat.c - the terminal client: what comes from a server and from the keyboard, and what is
 * done about it; chat_run.c has the commands that run. What is known stands in src/chat, what is
 * seen in src/screen, both pure. chat_loop.c waits, and calls this; it has the function of the
 * command, too. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/heard.h"
#include "chat/talk.h"
#include "chat_asks.h"
#include "chat_keyboard.h"
#include "chat_paint.h"
#include "chat_paths.h"
#include "chat_program.h"
#include "chat_told.h"
#include "chat_wait.h"
#include "output.h"
#include "refused.h"
#include "screen/complete.h"

/* Events are taken in turns of so many, so that keys are read between them. */
#define EVENTS_TURN 200

/* --- events --------------------------------------------------------------------------------- */

void program_hear(struct program *p, const struct chinwag_event *event)
{
    bool announced = event->type == CHINWAG_ANNOUNCED || event->type == CHINWAG_ANNOUNCEMENT_ENDED;
    bool told = announced || event->type == CHINWAG_GROUP_EVENT || event->type == CHINWAG_RING;
    bool refused = event->type == CHINWAG_RESPONSE && event->code != CHINWAG_SUCCESS;
    char *sentence = told ? output_sentence(event) : refused ? refused_words(event) : NULL;
    cw_chat_heard(p->chat, event, sentence);
    free(sentence);
    /* The id of an announcement is no message's. */
    if (!announced && event->type != CHINWAG_DELIVERED && event->type != CHINWAG_RESPONSE &&
        event->id != 0)
        listening_note(&p->stream, event->id);
}

/* The screen goes before a message that ends the program is printed. */
static bool is_end(const struct program *p, const struct chinwag_event *event)
{
    bool attach = event->type == CHINWAG_RESPONSE && event->request == p->stream.session.attach;
    return event->type == CHINWAG_SESSION_LOST || event->type == CHINWAG_SESSION_MOVED ||
           (attach && event->code != CHINWAG_SUCCESS) ||
           (event->type == CHINWAG_DISCONNECTED &&
            (event->code == CHINWAG_UNKNOWN_ACTION || event->code == CHINWAG_NOT_VERIFIED));
}

/* What a command would print: below the screen where all ends with it, else in the chat; of a
 * server that goes, in another one. */
static void tell(struct program *p, const struct chinwag_event *event, const char *text)
{
    bool ends = is_end(p, event), last = ends && p->screen.server_count == 1;
    if (last)
        paint_end();
    if (last || !p->painted) {
        fputs(text, stderr);
        return;
    }
    char *words = text[0] == 0 ? NULL : chat_told(text);
    if (words != NULL && !ends)
        cw_chat_notice(p->chat, NULL, words);
    if (words != NULL && ends && p->last_words == NULL)
        p->last_words = words;
    else
        free(words);
}

static int take_and_tell(struct program *p, const struct chinwag_event *event)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    output_errors_to(out);
    int code = listening_take(&p->stream, event);
    output_errors_to(NULL);
    fclose(out);
    tell(p, event, text);
    free(text);
    return code;
}

static void take_event(struct program *p, const struct chinwag_event *event)
{
    int code = take_and_tell(p, event);
    if (code != CLI_DONE || is_end(p, event)) {
        p->over = true;
        p->code = code == CLI_DONE ? CLI_UNREACHABLE : code;
    }
    program_hear(p, event);
    p->changed = true;
}

void program_take_events(struct program *p)
{
    struct chinwag_event event;
    int n = 0;
    while (!p->over && n < EVENTS_TURN && chinwag_poll(p->stream.session.client, 0, &event)) {
        take_event(p, &event);
        n++;
    }
    p->pending = n == EVENTS_TURN;
}

/* --- what is kept --------------------------------------------------------------------------- */

void program_keep(struct program *p)
{
    cw_screen_keep_draft(&p->screen);
    chat_kept_put(&p->kept, p->chat);
    chat_held_put(&p->held, p->kept.put);
}

/* --- asks ----------------------------------------------------------------------------------- */

/* NULL: it was told before, and only rings. */
static void bell(const struct program *p, const char *text)
{
    if (p->painted)
        paint_bell(text);
    else
        fputc('\a', stdout);
}

static void suspend(struct program *p)
{
    cw_talk_release(p->chat); /* that it is released nobody would hear */
    program_carry_out_all(p);
    if (p->painted)
        paint_suspend();
    chat_resized = 1;
}

/* Of one server, or of all. */
static void leave(struct program *p, bool logout)
{
    p->over = true;
    p->logout = logout;
    p->quits = !logout;
}

/* The loop knows the other servers. */
static void take_wish(struct program *p, struct cw_ask *ask)
{
    cw_ask_finish(&p->wish);
    p->wish = *ask;
    *ask = (struct cw_ask){.kind = CW_ASK_SERVER};
    p->wishes = true;
}

/* By lines there are no keys. */
void program_want_keys(struct program *p, bool all)
{
    if (!p->painted || p->all_keys == all)
        return;
    p->all_keys = all;
    keyboard_tell(all);
}

static void carry_out(struct program *p, struct cw_ask *ask)
{
    if (ask->kind == CW_ASK_SAY && (!ask->kept || p->held.count != 0)) {
        chat_held_add(&p->held, ask); /* before it can be lost, or sent twice */
        return;
    }
    if (chat_ask_server(p->chat, p->stream.session.client, ask))
        return;
    if (ask->kind == CW_ASK_KEYS)
        program_want_keys(p, strcmp(ask->text, "all") == 0);
    else if (ask->kind == CW_ASK_BELL || ask->kind == CW_ASK_RING)
        bell(p, ask->kind == CW_ASK_BELL ? ask->text : NULL);
    else if (ask->kind == CW_ASK_REDRAW && p->painted)
        paint_forget();
    else if (ask->kind == CW_ASK_SUSPEND)
        suspend(p);
    else if (ask->kind == CW_ASK_QUIT || ask->kind == CW_ASK_LOGOUT)
        leave(p, ask->kind == CW_ASK_LOGOUT);
    else if (ask->kind == CW_ASK_SERVER || ask->kind == CW_ASK_NEXT_SERVER)
        take_wish(p, ask);
    else
        chat_run_ask(&p->run, ask);
    cw_ask_finish(ask);
}

/* What was kept is sent, also what could not be. */
static bool look_kept(struct program *p)
{
    struct cw_ask ask;
    bool any = false;
    p->changed |= chat_kept_look(&p->kept, p->chat, NULL);
    p->changed |= chat_position_look(&p->position, p->chat, NULL);
    while (chat_held_next(&p->held, p->kept.done, &ask)) {
        chat_ask_server(p->chat, p->stream.session.client, &ask);
        any = p->changed = true;
    }
    return any;
}

bool program_carry_out_all(struct program *p)
{
    struct cw_ask ask;
    bool any = look_kept(p);
    while (cw_chat_next_ask(p->chat, &ask)) {
        carry_out(p, &ask);
        any = p->changed = true;
    }
    if (chat_held_any_new(&p->held))
        program_keep(p);
    return any;
}

/* --- input ---------------------------------------------------------------------------------- */

void program_take_files(struct program *const *all, size_t count)
{
    char *begin, *files = chat_paths_take(&begin);
    for (size_t i = 0; files != NULL && i < count; i++)
        if (cw_complete_files(&all[i]->screen, begin, files)) {
            all[i]->changed = true;
            files = NULL;
        }
    free(files);
    free(begin);
}

static void press_key(struct program *p, const struct cw_key *key)
{
    if (key->kind == CW_KEY_REPORT)
        cw_screen_report(&p->screen, p->keys.report);
    else
        cw_screen_key(&p->screen, key);
    if (p->screen.files_wanted) {
        chat_paths_ask(p->screen.completing);
        program_take_files(&p, 1);
    }
    p->changed = true;
}

void program_read_keyboard(struct program *p)
{
    char bytes[4096];
    struct cw_key key;
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        p->closing = !p->painted;
        p->over = p->quits = p->painted; /* the terminal is gone */
    }
    if (!p->painted && n > 0)
        chat_plain_type(&p->plain, &p->screen, bytes, (size_t)n);
    for (ssize_t i = 0; p->painted && i < n; i++)
        if (cw_keys_take(&p->keys, (uint8_t)bytes[i], &key))
            press_key(p, &key);
    p->changed = true;
}

void program_flush_input(struct program *p)
{
    struct cw_key key;
    if (cw_keys_flush(&p->keys, &key))
        press_key(p, &key);
}
