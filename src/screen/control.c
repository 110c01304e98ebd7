/* control.c - what a key does (keys.def has which). */
#include <stdlib.h>
#include <string.h>

#include "chat/doing.h"
#include "chat/talk.h"
#include "screen/complete.h"
#include "screen/draft.h"
#include "screen/encode.h"
#include "screen/query.h"
#include "screen/slash.h"
#include "screen/slash_rows.h"
#include "screen/speak.h"
#include "screen/view.h"

/* A paste of more lines than this is asked about. */
#define PASTE_LINES 5

void cw_screen_init(struct cw_screen *screen, struct cw_chat *chat,
                    const struct cw_screen_command *commands, size_t count, cw_local_time *local)
{
    *screen = (struct cw_screen){.chat = chat,
                                 .commands = commands,
                                 .command_count = count,
                                 .local = local,
                                 .talk_key = CW_SPEAK_KEY};
}

void cw_screen_report(struct cw_screen *screen, const char *text)
{
    enum cw_theme theme;
    if (strcmp(text, CW_PICTURES_ANSWER) == 0)
        screen->chat->images.can = true;
    if (!screen->theme_set && cw_theme_of_report(text, &theme))
        screen->usual_theme = theme;
    if (!screen->theme_chosen)
        screen->theme = screen->usual_theme;
}

static void look_for_device(struct cw_chat *chat, const char *name)
{
    const char *before = chat->talk.device;
    bool same = name == NULL || before == NULL ? name == before : strcmp(name, before) == 0;
    if (!same)
        cw_talk_set_device(chat, name);
}

void cw_screen_look_as(struct cw_screen *screen, const struct cw_screen *other)
{
    screen->bindings = other->bindings;
    screen->theme = other->theme;
    screen->usual_theme = other->usual_theme;
    screen->theme_set = other->theme_set;
    screen->theme_chosen = other->theme_chosen;
    screen->mouse = other->mouse;
    screen->mouse_chosen = other->mouse_chosen;
    look_for_device(screen->chat, other->chat->talk.device);
    if (screen->talk_on != other->talk_on)
        cw_talk_arm(screen->chat, other->talk_on);
    screen->talk_on = other->talk_on;
    screen->talk_chosen = other->talk_chosen;
    screen->talk_key = other->talk_key;
    screen->chat->images.can = other->chat->images.can;
}

void cw_screen_finish(struct cw_screen *screen)
{
    cw_complete_forget(screen);
    cw_edit_finish(&screen->edit);
    cw_edit_finish(&screen->query);
    cw_rows_finish(&screen->rows);
}

/* --- saying --------------------------------------------------------------------------------- */

/* "//" begins a text with a slash. */
static void send_line(struct cw_screen *screen, char *line)
{
    struct cw_place *place = cw_chat_current(screen->chat);
    bool command = line[0] == '/' && line[1] != '/';
    if (command) {
        if (!cw_slash_run(screen, line + 1) && screen->edit.text.n == 0)
            cw_edit_set(&screen->edit, cw_slice_str(line));
        return;
    }
    const char *text = line + (line[0] == '/');
    if (place != NULL) {
        cw_chat_say(screen->chat, place, text, strlen(text), 0);
        return;
    }
    cw_chat_notice(screen->chat, NULL, "Nobody would read this: /msg NAME TEXT writes to somebody");
    cw_edit_set(&screen->edit, cw_slice_str(line));
}

static void do_say(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_view_end(screen);
    if (screen->edit.text.n != 0) {
        char *line = cw_edit_copy(&screen->edit);
        cw_edit_done(&screen->edit);
        send_line(screen, line);
        free(line);
    }
}

static void do_new_line(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_edit_insert_character(&screen->edit, '\n');
}

static void do_complete(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_complete(screen);
}

static void do_retry(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_retry(screen->chat);
}

/* --- going ---------------------------------------------------------------------------------- */

static void do_next_active(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_open_active(screen->chat);
}

static void do_next(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_open_neighbour(screen->chat, 1);
}

static void do_previous(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_open_neighbour(screen->chat, -1);
}

static void do_number(struct cw_screen *screen, const struct cw_key *key)
{
    size_t number = key->c == '0' ? 10 : (size_t)(key->c - '0');
    if (key->c >= '0' && key->c <= '9' && number <= screen->chat->place_count)
        cw_chat_open(screen->chat, screen->chat->places[number - 1]);
}

static void do_switch_place(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_query_begin(screen, CW_MODE_SWITCH);
}

static void do_look(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_query_begin(screen, CW_MODE_LOOK);
}

static void do_search(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_query_begin(screen, CW_MODE_SEARCH);
}

static void do_next_server(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_NEXT_SERVER});
}

static int page_of(const struct cw_screen *screen)
{
    return screen->height > 2 ? (int)screen->height - 2 : 1;
}

static void do_page_up(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_view_scroll(screen, page_of(screen));
}

static void do_page_down(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_view_scroll(screen, -page_of(screen));
}

static void do_to_end(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_view_end(screen);
}

static void do_to_unread(struct cw_screen *screen, const struct cw_key *key)
{
    const struct cw_place *place = cw_chat_current(screen->chat);
    (void)key;
    if (place != NULL && (place->fresh != 0 || place->unread != 0))
        cw_view_go(screen, (place->fresh != 0 ? place->fresh : place->read) + 1);
}

/* By half of what is shown of them. */
static void do_members_up(struct cw_screen *screen, const struct cw_key *key)
{
    size_t by = screen->height / 2 + 1;
    (void)key;
    screen->first_member -= screen->first_member < by ? screen->first_member : by;
}

static void do_members_down(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    screen->first_member += screen->height / 2 + 1;
}

static void do_numbers(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    screen->numbers = !screen->numbers;
}

/* --- writing -------------------------------------------------------------------------------- */

static void do_look_up(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_edit_look(&screen->edit, -1);
}

static void do_look_down(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_edit_look(&screen->edit, 1);
}

#define MOVE(name, move)                                                                           \
    static void do_##name(struct cw_screen *screen, const struct cw_key *key)                      \
    {                                                                                              \
        (void)key;                                                                                 \
        cw_edit_move(&screen->edit, move);                                                         \
    }
MOVE(begin, CW_EDIT_BEGIN)
MOVE(end, CW_EDIT_END)
MOVE(left, CW_EDIT_LEFT)
MOVE(right, CW_EDIT_RIGHT)
MOVE(word_left, CW_EDIT_WORD_LEFT)
MOVE(word_right, CW_EDIT_WORD_RIGHT)
#undef MOVE

#define REMOVE(name, move, keep)                                                                   \
    static void do_##name(struct cw_screen *screen, const struct cw_key *key)                      \
    {                                                                                              \
        (void)key;                                                                                 \
        cw_edit_remove(&screen->edit, move, keep);                                                 \
    }
REMOVE(backspace, CW_EDIT_LEFT, false)
REMOVE(delete, CW_EDIT_RIGHT, false)
REMOVE(cut_word, CW_EDIT_WORD_LEFT, true)
REMOVE(cut_word_right, CW_EDIT_WORD_RIGHT, true)
REMOVE(cut_left, CW_EDIT_BEGIN, true)
REMOVE(cut_right, CW_EDIT_END, true)
#undef REMOVE

static void do_paste(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_edit_paste(&screen->edit);
}

static void do_swap(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_edit_swap(&screen->edit);
}

/* --- the terminal --------------------------------------------------------------------------- */

static void do_redraw(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_REDRAW});
}

static void do_suspend(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_SUSPEND});
}

/* --- what is spoken ------------------------------------------------------------------------- */

#define SPEAK(name, say)                                                                           \
    static void do_##name(struct cw_screen *screen, const struct cw_key *key)                      \
    {                                                                                              \
        (void)key;                                                                                 \
        say;                                                                                       \
    }
SPEAK(mute, cw_speak_call(screen, "mute"))
SPEAK(answer, cw_speak_answer(screen))
SPEAK(decline, cw_speak_decline(screen))
SPEAK(record, cw_slash_record(screen, ""))
SPEAK(play, cw_speak_play(screen))
SPEAK(faster, cw_speak_faster(screen))
#undef SPEAK

static void do_seek(struct cw_screen *screen, const struct cw_key *key)
{
    cw_speak_steer(screen, key->c == ',' ? "seek -5" : "seek 5");
}

static void do_drop(struct cw_screen *screen, const struct cw_key *key)
{
    (void)key;
    if (screen->edit.text.n == 0)
        cw_chat_notice(screen->chat, NULL, "/quit leaves");
    cw_edit_set(&screen->edit, cw_slice_str(""));
}

/* --- which of them -------------------------------------------------------------------------- */

/* By the row of keys.def. */
static void (*const actions[])(struct cw_screen *, const struct cw_key *) = {
#define KEY(kind, alt, c, action, shown, help) do_##action,
#include "screen/keys.def"
#undef KEY
};

/* False: it is no key of an action. One that the user has bound to nothing is. */
static bool press_bound(struct cw_screen *screen, const struct cw_key *key)
{
    bool own;
    int action = cw_bindings_find(&screen->bindings, key, &own);
    if (action < 0)
        return own;
    if (actions[action] != do_complete)
        cw_complete_forget(screen);
    actions[action](screen, key);
    return true;
}

static void type_character(struct cw_screen *screen, const struct cw_key *key)
{
    cw_complete_forget(screen);
    cw_edit_insert_character(&screen->edit, key->c);
    if (screen->edit.text.n != 0 && screen->edit.text.p[0] != '/')
        cw_chat_typing(screen->chat);
}

/* --- pasting -------------------------------------------------------------------------------- */

static size_t count_lines(struct cw_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.n; i++)
        count += text.p[i] == '\n';
    return count;
}

static void end_paste(struct cw_screen *screen)
{
    const struct cw_edit *edit = &screen->edit;
    screen->pasting = false;
    if (edit->at > screen->paste_from &&
        count_lines(cw_slice_of(edit->text.p + screen->paste_from, edit->at - screen->paste_from)) >
            PASTE_LINES)
        screen->mode = CW_MODE_PASTED;
}

/* What is pasted does nothing but stand in the line. */
static void paste_key(struct cw_screen *screen, const struct cw_key *key)
{
    if (key->kind == CW_KEY_PASTE_END)
        end_paste(screen);
    else if (key->kind == CW_KEY_ENTER || (key->kind == CW_KEY_CONTROL && key->c == 'j'))
        cw_edit_insert_character(&screen->edit, '\n');
    else if (key->kind == CW_KEY_TAB)
        cw_edit_insert_character(&screen->edit, ' ');
    else if (key->kind == CW_KEY_CHARACTER)
        cw_edit_insert_character(&screen->edit, key->c);
}

static void answer_paste(struct cw_screen *screen, const struct cw_key *key)
{
    if (key->kind == CW_KEY_ENTER) {
        screen->mode = CW_MODE_TALK;
        do_say(screen, key);
    } else if (key->kind == CW_KEY_ESCAPE || (key->kind == CW_KEY_CONTROL && key->c == 'c')) {
        screen->mode = CW_MODE_TALK;
        cw_edit_cut(&screen->edit, screen->paste_from);
    }
}

/* --- the mouse ------------------------------------------------------------------------------ */

#define WHEEL_ROWS 3

static void use_mouse(struct cw_screen *screen, const struct cw_key *key)
{
    size_t i = screen->list_first + key->row - screen->list_top;
    bool in_list = key->column < screen->list_right && key->row >= screen->list_top &&
                   key->row < screen->list_bottom;
    if (key->c == CW_MOUSE_UP || key->c == CW_MOUSE_DOWN)
        cw_view_scroll(screen, key->c == CW_MOUSE_UP ? WHEEL_ROWS : -WHEEL_ROWS);
    else if (key->c == CW_MOUSE_LEFT && in_list && i < screen->chat->place_count)
        cw_chat_open(screen->chat, screen->chat->places[i]);
}

/* --- a key ---------------------------------------------------------------------------------- */

/* Esc, then a key: the same as with Alt. */
static struct cw_key with_alt(struct cw_screen *screen, const struct cw_key *key)
{
    struct cw_key whole = *key;
    whole.alt |= screen->alt_next;
    screen->alt_next = false;
    return whole;
}

static void talk_key(struct cw_screen *screen, const struct cw_key *pressed)
{
    struct cw_key key = with_alt(screen, pressed);
    if (key.kind == CW_KEY_PASTE_BEGIN) {
        cw_complete_forget(screen);
        screen->pasting = true;
        screen->paste_from = screen->edit.at;
    } else if (key.kind == CW_KEY_ESCAPE) {
        screen->alt_next = true;
    } else if (!press_bound(screen, &key) && key.kind == CW_KEY_CHARACTER && !key.alt) {
        type_character(screen, &key);
    }
}

/* A key that is held while another window comes to the front is never said to be released. */
static void set_focus(struct cw_screen *screen, bool focused)
{
    screen->chat->focused = focused;
    if (!focused)
        cw_talk_release(screen->chat);
}

void cw_screen_key(struct cw_screen *screen, const struct cw_key *key)
{
    cw_screen_follow(screen);
    if (key->kind == CW_KEY_FOCUS_IN || key->kind == CW_KEY_FOCUS_OUT)
        set_focus(screen, key->kind == CW_KEY_FOCUS_IN);
    else if (key->kind == CW_KEY_FLAGS)
        cw_talk_holds(screen->chat, (key->c & CW_KEYS_RELEASES) != 0);
    else if (key->kind == CW_KEY_MOUSE)
        use_mouse(screen, key);
    else if (cw_speak_key(screen, key))
        cw_complete_forget(screen);
    else if (screen->pasting)
        paste_key(screen, key);
    else if (screen->mode == CW_MODE_PASTED)
        answer_paste(screen, key);
    else if (screen->mode != CW_MODE_TALK)
        cw_query_key(screen, key);
    else
        talk_key(screen, key);
    cw_screen_follow(screen);
}
