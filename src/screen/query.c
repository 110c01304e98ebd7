/* query.c - see query.h. */
#include "screen/query.h"

#include <stdlib.h>

#include "chat/doing.h"
#include "screen/matches.h"
#include "screen/view.h"

bool cw_query_is_open(const struct cw_screen *screen)
{
    return screen->mode == CW_MODE_SWITCH || screen->mode == CW_MODE_LOOK ||
           screen->mode == CW_MODE_SEARCH;
}

void cw_query_begin(struct cw_screen *screen, enum cw_screen_mode mode)
{
    screen->mode = mode;
    screen->chosen = 0;
    cw_edit_set(&screen->query, cw_slice_str(""));
}

void cw_query_search(struct cw_screen *screen, const char *words)
{
    cw_query_begin(screen, CW_MODE_SEARCH);
    cw_edit_set(&screen->query, cw_slice_str(words));
    cw_chat_search(screen->chat, words);
}

/* --- taking one ----------------------------------------------------------------------------- */

static void take_line(struct cw_screen *screen, size_t i)
{
    const char *found = cw_match_at(screen, i);
    screen->mode = CW_MODE_TALK;
    if (found != NULL)
        cw_edit_set(&screen->edit, cw_slice_str(found));
}

static void take_place(struct cw_screen *screen, size_t i)
{
    const char *found = cw_match_at(screen, i);
    screen->mode = CW_MODE_TALK;
    if (found != NULL)
        cw_chat_open(screen->chat, cw_chat_place(screen->chat, found));
}

/* The conversation around the message is shown, and the message marked. */
static void take_hit(struct cw_screen *screen, const struct cw_hit *hit)
{
    screen->mode = CW_MODE_TALK;
    cw_chat_open(screen->chat, cw_chat_place(screen->chat, hit->place));
    cw_screen_follow(screen);
    cw_view_go(screen, hit->seq);
    screen->marked = hit->seq;
}

/* Other words than those that were searched are searched first. */
static void take_search(struct cw_screen *screen, size_t i)
{
    const struct cw_found *found = cw_match_found(screen);
    if (found != NULL && i < found->count) {
        take_hit(screen, &found->hits[i]);
        return;
    }
    if (screen->query.text.n == 0 || (found != NULL && found->asking))
        return;
    char *words = cw_edit_copy(&screen->query);
    screen->chosen = 0;
    cw_chat_search(screen->chat, words);
    free(words);
}

static void take_chosen(struct cw_screen *screen)
{
    if (screen->mode == CW_MODE_LOOK)
        take_line(screen, screen->chosen);
    else if (screen->mode == CW_MODE_SWITCH)
        take_place(screen, screen->chosen);
    else
        take_search(screen, screen->chosen);
}

/* --- keys ----------------------------------------------------------------------------------- */

static bool is_older(const struct cw_key *key)
{
    bool again = key->kind == CW_KEY_CONTROL && (key->c == 'k' || key->c == 'r' || key->c == 'p');
    return key->kind == CW_KEY_UP || key->kind == CW_KEY_TAB || again;
}

static bool is_newer(const struct cw_key *key)
{
    return key->kind == CW_KEY_DOWN || key->kind == CW_KEY_BACK_TAB ||
           (key->kind == CW_KEY_CONTROL && key->c == 'n');
}

static bool is_stop(const struct cw_key *key)
{
    return key->kind == CW_KEY_ESCAPE ||
           (key->kind == CW_KEY_CONTROL && (key->c == 'c' || key->c == 'g'));
}

static void type_query(struct cw_screen *screen, const struct cw_key *key)
{
    if (key->kind == CW_KEY_BACKSPACE || (key->kind == CW_KEY_CONTROL && key->c == 'h'))
        cw_edit_remove(&screen->query, CW_EDIT_LEFT, false);
    else if (key->kind == CW_KEY_CONTROL && key->c == 'w')
        cw_edit_remove(&screen->query, CW_EDIT_WORD_LEFT, false);
    else if (key->kind == CW_KEY_CONTROL && key->c == 'u')
        cw_edit_remove(&screen->query, CW_EDIT_BEGIN, false);
    else if (key->kind == CW_KEY_CHARACTER && !key->alt)
        cw_edit_insert_character(&screen->query, key->c);
    else
        return;
    screen->chosen = 0;
}

void cw_query_key(struct cw_screen *screen, const struct cw_key *key)
{
    if (key->kind == CW_KEY_ENTER)
        take_chosen(screen);
    else if (is_stop(key))
        screen->mode = CW_MODE_TALK;
    else if (is_older(key))
        screen->chosen += screen->chosen + 1 < cw_match_count(screen);
    else if (is_newer(key))
        screen->chosen -= screen->chosen > 0;
    else
        type_query(screen, key);
}
