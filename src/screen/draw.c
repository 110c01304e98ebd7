/* draw.c - the frame of the screen: topic, lists, status, and what is written; view.c draws the
 * messages. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "screen/ink.h"
#include "screen/input.h"
#include "screen/matches.h"
#include "screen/query.h"
#include "screen/speech.h"
#include "screen/view.h"

/* From these sizes on there is room for a list of conversations, one of members, a topic. */
#define LIST_COLUMNS    60
#define MEMBERS_COLUMNS 100
#define TOPIC_ROWS      8
#define LIST_WIDTH      18
#define MEMBERS_WIDTH   18
/* From this width on both lists have more. */
#define WIDE_COLUMNS   140
#define WIDE_WIDTH     26
#define INPUT_ROWS_MAX 8
#define MATCHES_MAX    12

#define BAR "\xe2\x94\x82"

static unsigned width_of_lists(const struct cw_grid *grid, unsigned usual)
{
    return grid->columns >= WIDE_COLUMNS ? WIDE_WIDTH : usual;
}

/* Up to `end`; what has no room there ends in an ellipsis. */
static unsigned put_within(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                           const char *text, unsigned style)
{
    bool cut = column < end && cw_grid_width(cw_slice_str(text)) > end - column;
    column = cw_grid_put_str(grid, row, column, end, text, style);
    if (cut && end > 1)
        cw_grid_put_str(grid, row, end - 1, end, "\xe2\x80\xa6", style);
    return cut ? end : column;
}

static void draw_bar(struct cw_grid *grid, unsigned column, unsigned top, unsigned bottom)
{
    for (unsigned row = top; row < bottom; row++)
        cw_grid_put_str(grid, row, column, column + 1, BAR, CW_STYLE_DIM);
}

/* --- conversations -------------------------------------------------------------------------- */

/* "3 #cooks  2", "4 bob  !1": a number, the name, what is unread; "!" before mentions. */
static void draw_place(const struct cw_chat *chat, size_t i, struct cw_grid *grid, unsigned row,
                       unsigned right)
{
    const struct cw_place *place = chat->places[i];
    char number[24], unread[32] = "";
    bool current = i == chat->current;
    unsigned style = place->mentions != 0 ? CW_STYLE_BOLD | CW_RED
                     : place->unread != 0 ? CW_STYLE_BOLD
                                          : CW_PLAIN;
    if (current)
        cw_grid_style(grid, row, 0, right, style |= CW_STYLE_REVERSE);
    snprintf(number, sizeof number, "%2zu ", i + 1);
    if (place->unread != 0)
        snprintf(unread, sizeof unread, " %s%" PRIu64, place->mentions != 0 ? "!" : "",
                 place->mentions != 0 ? place->mentions : place->unread);
    unsigned end = right - (unsigned)strlen(unread);
    unsigned column = cw_grid_put_str(grid, row, 0, end, number, style);
    if (place->in_call != 0)
        column = cw_grid_put_str(grid, row, column, end, "\xe2\x99\xaa", style);
    put_within(grid, row, column, end, place->name, style);
    cw_grid_put_str(grid, row, end, right, unread, style);
}

/* Returns the row behind them. */
static unsigned draw_places(struct cw_screen *screen, struct cw_grid *grid, unsigned top,
                            unsigned bottom)
{
    const struct cw_chat *chat = screen->chat;
    size_t height = bottom - top, first = 0, i;
    if (chat->current >= height)
        first = chat->current - height + 1;
    screen->list_top = top;
    screen->list_bottom = bottom;
    screen->list_right = width_of_lists(grid, LIST_WIDTH) - 1;
    screen->list_first = first;
    for (i = first; i < chat->place_count && i - first < height; i++)
        draw_place(chat, i, grid, top + (unsigned)(i - first), screen->list_right);
    return top + (unsigned)(i - first);
}

/* "chat.example.or !1"; "?" behind one without a connection. */
static void draw_server(const struct cw_screen_server *server, bool shown, struct cw_grid *grid,
                        unsigned row)
{
    char unread[32] = "";
    unsigned style = CW_STYLE_UNDERLINE | (server->mentions != 0 ? CW_STYLE_BOLD | CW_RED
                                           : server->unread != 0 ? CW_STYLE_BOLD
                                                                 : CW_PLAIN);
    if (!shown && server->unread != 0)
        snprintf(unread, sizeof unread, " %s%" PRIu64, server->mentions != 0 ? "!" : "",
                 server->mentions != 0 ? server->mentions : server->unread);
    else if (server->away)
        snprintf(unread, sizeof unread, " ?");
    unsigned right = width_of_lists(grid, LIST_WIDTH) - 1;
    unsigned end = right - (unsigned)strlen(unread);
    put_within(grid, row, 0, end, server->name, shown ? CW_STYLE_UNDERLINE : style);
    cw_grid_put_str(grid, row, end, right, unread, style);
}

/* The sections of all servers; that of a single one has no heading. */
static void draw_list(struct cw_screen *screen, struct cw_grid *grid, unsigned top, unsigned bottom)
{
    size_t count = screen->server_count > 1 ? screen->server_count : 0;
    unsigned row = top;
    draw_bar(grid, width_of_lists(grid, LIST_WIDTH) - 1, top, bottom);
    for (size_t i = 0; i < count && row < bottom; i++) {
        draw_server(&screen->servers[i], i == screen->server, grid, row++);
        size_t below = count - i - 1;
        if (i == screen->server && row + below < bottom)
            row = draw_places(screen, grid, row, bottom - (unsigned)below);
    }
    if (count == 0)
        draw_places(screen, grid, top, bottom);
}

/* --- members -------------------------------------------------------------------------------- */

/* "@alice" the owner, "+bob" a moderator; behind it how they are heard in the call. */
static void draw_member(const struct cw_chat *chat, const struct cw_place *place, size_t i,
                        struct cw_grid *grid, unsigned row, unsigned left)
{
    const struct cw_member *member = &place->members[i];
    char role[2] = {member->role, 0}, call[16], volume[16];
    unsigned style = member->online ? cw_ink_of_name(member->name) : CW_STYLE_DIM;
    cw_speech_member(chat, place, member, call);
    cw_speech_volume(chat, place, member->name, volume);
    unsigned marks = (unsigned)strlen(volume) + (call[0] == 0 ? 0 : 3);
    unsigned column = cw_grid_put_str(grid, row, left, grid->columns, role, CW_STYLE_BOLD);
    marks += member->online ? 0 : 2;
    column = put_within(grid, row, column, grid->columns - marks, member->name, style);
    if (!member->online)
        column = cw_grid_put_str(grid, row, column, grid->columns, " -", CW_STYLE_DIM);
    column = cw_grid_put_str(grid, row, column, grid->columns, volume, CW_STYLE_DIM);
    cw_grid_put_str(grid, row, column, grid->columns, call, CW_GREEN);
}

/* "... 180 more", in the last row, where not all are shown. */
static void draw_more(size_t more, struct cw_grid *grid, unsigned row, unsigned left)
{
    char text[40];
    snprintf(text, sizeof text, "... %zu more", more);
    cw_grid_put_str(grid, row, left, grid->columns, text, CW_STYLE_DIM);
}

/* From the one on that Alt+PgDn has come to. */
static void draw_members(struct cw_screen *screen, const struct cw_place *place,
                         struct cw_grid *grid, unsigned top, unsigned bottom)
{
    unsigned left = grid->columns - width_of_lists(grid, MEMBERS_WIDTH) + 1;
    size_t height = bottom - top, count = place->member_count;
    draw_bar(grid, left - 1, top, bottom);
    if (screen->first_member + height > count)
        screen->first_member = count > height ? count - height : 0;
    size_t first = screen->first_member, shown = count - first < height ? count - first : height;
    bool more = first + shown < count;
    for (size_t i = 0; i < shown - more; i++)
        draw_member(screen->chat, place, first + i, grid, top + (unsigned)i, left);
    if (more)
        draw_more(count - first - shown + 1, grid, bottom - 1, left);
}

/* --- status --------------------------------------------------------------------------------- */

struct bar {
    struct cw_grid *grid;
    unsigned row, column;
};

/* Up to the end of the row. */
static unsigned put_cut(struct cw_grid *grid, unsigned row, unsigned column, const char *text,
                        unsigned style)
{
    return put_within(grid, row, column, grid->columns, text, style);
}

static void add_part(struct bar *bar, const char *text, unsigned style)
{
    unsigned end = bar->grid->columns;
    if (bar->column != 0)
        bar->column = cw_grid_put_str(bar->grid, bar->row, bar->column, end, " ", CW_STYLE_REVERSE);
    bar->column = put_cut(bar->grid, bar->row, bar->column, text, style | CW_STYLE_REVERSE);
}

/* "[Act: 1,4!]" */
static void add_active(struct bar *bar, const struct cw_chat *chat)
{
    char text[120] = "[Act: ";
    size_t n = strlen(text), count = 0;
    for (size_t i = 0; i < chat->place_count && n < sizeof text - 32; i++) {
        const struct cw_place *place = chat->places[i];
        if (place->unread == 0 || i == chat->current)
            continue;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%zu%s", count++ == 0 ? "" : ",", i + 1,
                              place->mentions != 0 ? "!" : "");
    }
    snprintf(text + n, sizeof text - n, "]");
    if (count != 0)
        add_part(bar, text, CW_STYLE_BOLD);
}

/* "[work.example.org: 3!]": what is unread elsewhere. */
static void add_servers(struct bar *bar, const struct cw_screen *screen)
{
    char text[120];
    for (size_t i = 0; i < screen->server_count; i++) {
        const struct cw_screen_server *server = &screen->servers[i];
        if (i == screen->server || server->unread == 0)
            continue;
        snprintf(text, sizeof text, "[%.80s: %" PRIu64 "%s]", server->name, server->unread,
                 server->mentions != 0 ? "!" : "");
        add_part(bar, text, CW_STYLE_BOLD);
    }
}

static void add_link(struct bar *bar, const struct cw_chat *chat)
{
    char text[160];
    uint64_t left_s = cw_chat_retry_s(chat);
    if (chat->link != CW_CHAT_AWAY)
        return;
    if (chat->link_text == NULL)
        snprintf(text, sizeof text, "[connecting]");
    else if (left_s == 0)
        snprintf(text, sizeof text, "[no connection, trying again: %.120s]", chat->link_text);
    else
        snprintf(text, sizeof text, "[no connection, again in %" PRIu64 " s: %.100s]", left_s,
                 chat->link_text);
    add_part(bar, text, CW_RED | CW_STYLE_BOLD);
}

/* Of the last request; below 10 ms nobody feels it. */
static void add_lag(struct bar *bar, const struct cw_chat *chat)
{
    char text[40];
    snprintf(text, sizeof text, "[lag %" PRIu64 " ms]", chat->lag_ms);
    if (chat->link == CW_CHAT_READY && chat->lag_ms >= 10)
        add_part(bar, text, CW_PLAIN);
}

/* How far the user's newest message has come, where it is the last one that was said. */
static const char *receipt_of(const struct cw_place *place)
{
    const struct cw_line *last = NULL;
    for (size_t i = 0; i < place->count; i++)
        if (place->lines[i]->seq != 0)
            last = place->lines[i];
    if (cw_place_is_group(place) || last == NULL || !last->own)
        return NULL;
    if (place->peer_read >= last->seq)
        return "[read]";
    return last->id != 0 && place->delivered >= last->id ? "[received]" : NULL;
}

/* What is spoken; see speech.h. */
static void add_call(struct bar *bar, const struct cw_screen *screen, const struct cw_place *place)
{
    char text[CW_SPEECH_SIZE];
    cw_speech_ring(screen->chat, bar->grid->columns, text);
    if (text[0] != 0)
        add_part(bar, text, CW_YELLOW | CW_STYLE_BOLD);
    cw_speech_voice(screen->chat, bar->grid->columns, text);
    if (text[0] != 0)
        add_part(bar, text, CW_STYLE_BOLD);
    cw_speech_call(screen, place, bar->grid->columns, text);
    if (text[0] != 0)
        add_part(bar, text, CW_GREEN | (screen->chat->talk.calling ? CW_STYLE_BOLD : 0));
}

static void add_unsent(struct bar *bar, const struct cw_place *place)
{
    char text[60];
    size_t unkept = cw_place_count_unkept(place);
    size_t pale = cw_place_count(place, CW_LINE_PALE) - unkept;
    if (pale != 0) {
        snprintf(text, sizeof text, "[%zu under way]", pale);
        add_part(bar, text, CW_PLAIN);
    }
    if (unkept != 0) {
        snprintf(text, sizeof text, "[%zu being kept]", unkept);
        add_part(bar, text, CW_PLAIN);
    }
}

static void add_place(struct bar *bar, const struct cw_screen *screen, const struct cw_place *place)
{
    char text[160];
    snprintf(text, sizeof text, "[%zu] %.100s", screen->chat->current + 1, place->name);
    add_part(bar, text, CW_STYLE_BOLD);
    add_unsent(bar, place);
    if (screen->chat->progress != NULL) {
        snprintf(text, sizeof text, "[file: %.100s]", screen->chat->progress);
        add_part(bar, text, CW_PLAIN);
    }
    add_link(bar, screen->chat);
    if (screen->back)
        add_part(bar, "[earlier; Alt+End: newest]", CW_YELLOW);
    add_active(bar, screen->chat);
    add_servers(bar, screen);
    add_call(bar, screen, place);
    add_lag(bar, screen->chat);
    if (receipt_of(place) != NULL)
        add_part(bar, receipt_of(place), CW_PLAIN);
    if (place->typer != NULL) {
        snprintf(text, sizeof text, "%.100s is typing", place->typer);
        add_part(bar, text, CW_PLAIN);
    }
}

static void draw_status(struct cw_screen *screen, struct cw_grid *grid, unsigned row)
{
    struct bar bar = {grid, row, 0};
    char recording[CW_SPEECH_SIZE];
    const struct cw_place *place = cw_chat_current(screen->chat);
    cw_grid_style(grid, row, 0, grid->columns, CW_STYLE_REVERSE);
    if (screen->mode == CW_MODE_PASTED) {
        add_part(&bar, "Send what was pasted as one message? Enter: yes, Esc: no", CW_STYLE_BOLD);
    } else if (screen->chat->talk.voice.own && screen->chat->talk.voice.state != CW_VOICE_NONE) {
        cw_speech_voice(screen->chat, grid->columns, recording);
        add_part(&bar, recording, CW_STYLE_BOLD);
    } else if (place != NULL) {
        add_place(&bar, screen, place);
    } else {
        add_part(&bar, screen->chat->me, CW_STYLE_BOLD);
        if (screen->notice_more)
            add_part(&bar, "[PgDn: more]", CW_YELLOW);
        add_part(&bar, screen->chat->server, CW_PLAIN);
        add_link(&bar, screen->chat);
    }
}

static void draw_topic(const struct cw_place *place, struct cw_grid *grid)
{
    cw_grid_style(grid, 0, 0, grid->columns, CW_STYLE_REVERSE);
    if (place == NULL)
        return;
    unsigned column =
        cw_grid_put_str(grid, 0, 0, grid->columns, place->name, CW_STYLE_REVERSE | CW_STYLE_BOLD);
    column = cw_grid_put_str(grid, 0, column, grid->columns, "  ", CW_STYLE_REVERSE);
    const char *presence = place->online ? "online" : "offline";
    const char *topic = place->topic == NULL ? "" : place->topic;
    put_cut(grid, 0, column, cw_place_is_group(place) ? topic : presence, CW_STYLE_REVERSE);
}

/* --- all of it ------------------------------------------------------------------------------ */

static const char *prompt_of(const struct cw_screen *screen)
{
    switch (screen->mode) {
    case CW_MODE_SWITCH:
        return "go to: ";
    case CW_MODE_LOOK:
        return "earlier line: ";
    case CW_MODE_SEARCH:
        return "search: ";
    default:
        return "> ";
    }
}

/* One of them, on a row of its own. */
static void draw_match(struct cw_screen *screen, struct cw_grid *grid, const struct cw_area *area,
                       unsigned row, size_t i)
{
    struct cw_buf text = {.n = 0};
    unsigned style = i == screen->chosen ? CW_STYLE_REVERSE | CW_STYLE_BOLD : CW_PLAIN;
    cw_match_write(screen, i, &text);
    cw_grid_put_str(grid, row, area->left, area->right, i == screen->chosen ? "> " : "  ", style);
    unsigned left = area->left + 2;
    if (left < area->right)
        cw_grid_put(grid, row, left, area->right, cw_buf_slice(&text), style);
    cw_buf_finish(&text);
}

static void clear_row(struct cw_grid *grid, const struct cw_area *area, unsigned row,
                      unsigned style)
{
    for (unsigned column = area->left; column < area->right; column++)
        cw_grid_put_str(grid, row, column, column + 1, " ", style);
}

/* What a query has found, above the line where it is typed; the likeliest at the bottom. */
static void draw_matches(struct cw_screen *screen, struct cw_grid *grid, const struct cw_area *area)
{
    size_t count = cw_match_count(screen), most = area->bottom - area->top, first = 0;
    const char *notice = cw_match_notice(screen);
    most = most > MATCHES_MAX ? MATCHES_MAX : most;
    if (screen->chosen >= most)
        first = screen->chosen - most + 1;
    for (size_t i = first; i < count && i - first < most; i++) {
        unsigned row = area->bottom - 1 - (unsigned)(i - first);
        clear_row(grid, area, row, i == screen->chosen ? CW_STYLE_REVERSE : CW_PLAIN);
        draw_match(screen, grid, area, row, i);
    }
    if (notice == NULL)
        return;
    clear_row(grid, area, area->bottom - 1, CW_PLAIN);
    cw_grid_put_str(grid, area->bottom - 1, area->left, area->right, notice, CW_STYLE_DIM);
}

static void draw_middle(struct cw_screen *screen, struct cw_grid *grid, struct cw_area area)
{
    const struct cw_place *place = cw_chat_current(screen->chat);
    bool members = place != NULL && cw_place_is_group(place) && grid->columns >= MEMBERS_COLUMNS;
    area.right = grid->columns;
    screen->list_right = 0;
    if (area.top >= area.bottom)
        return;
    bool list = grid->columns >= LIST_COLUMNS &&
                (screen->chat->place_count != 0 || screen->server_count > 1);
    if (list)
        area.left = width_of_lists(grid, LIST_WIDTH);
    if (members)
        area.right = grid->columns - width_of_lists(grid, MEMBERS_WIDTH);
    bool airy = grid->columns >= MEMBERS_COLUMNS; /* a blank beside the bars */
    area.left += airy && list;
    area.right -= airy && members;
    cw_view_draw(screen, grid, &area); /* first: what is seen is not unread in the list */
    if (list)
        draw_list(screen, grid, area.top, area.bottom);
    if (members)
        draw_members(screen, place, grid, area.top, area.bottom);
    if (cw_query_is_open(screen)) {
        draw_matches(screen, grid, &area);
        grid->picture_count = 0; /* they would lie over it */
    }
}

void cw_screen_draw(struct cw_screen *screen, struct cw_grid *grid)
{
    cw_screen_follow(screen);
    bool query = cw_query_is_open(screen);
    const struct cw_edit *edit = query ? &screen->query : &screen->edit;
    const char *prompt = prompt_of(screen);
    unsigned rows = cw_input_rows(edit, prompt, grid->columns), most = grid->rows / 3;
    most = most > INPUT_ROWS_MAX ? INPUT_ROWS_MAX : most < 1 ? 1 : most;
    rows = rows > most ? most : rows;
    cw_grid_clear(grid);
    struct cw_area area = {.bottom = grid->rows - rows};
    if (area.bottom > 0)
        area.bottom--;
    if (grid->rows >= TOPIC_ROWS) {
        draw_topic(cw_chat_current(screen->chat), grid);
        area.top = 1;
    }
    draw_middle(screen, grid, area);
    if (grid->rows > rows)
        draw_status(screen, grid, grid->rows - rows - 1);
    cw_input_draw(edit, prompt, grid, rows);
}
