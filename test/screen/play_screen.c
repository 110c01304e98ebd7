/* play_screen.c - see play_screen.h. Lines that go in; '#' begins a comment:
 *
 *   size COLUMNS ROWS
 *   type BYTES               as a terminal sends them; \e, \r, \n, \t, \\ and \xNN in them
 *   times COUNT BYTES        the same, so often
 *   flush                    nothing more comes: a lone Esc is one
 *   at MS                    the clock of the program
 *   when MINUTES             the time of what comes next, since 2026-11-28 12:00 UTC
 *   conversation NAME LAST READ UNREAD MENTIONS    for the next list
 *   entry SEQ SENDER TEXT    the same: a message
 *   long SEQ SENDER COUNT    the same: a word of so many letters
 *   file SEQ SENDER NAME, voice SEQ SENDER MS [WAVE], png SEQ SENDER PIXELS
 *
 *   hit PLACE SEQ SENDER TEXT    the same: a message that was found
 *   member NAME ROLE STATE   the same
 *   piece AT                 answers the oldest request with half of a picture
 *   passed                   the terminal has those that are whole
 *   done [SEQ]               answers the oldest request, with the list; SEQ: a message's number
 *   page NEXT LAST READ      the same, for a page of history
 *   settle                   answers all requests, with empty lists
 *   refused TEXT             answers it with a refusal;  unanswered: its connection was lost
 *   message PLACE SENDER SEQ TEXT    comes live; mention: the same, and mentions the user
 *   edited PLACE SEQ TEXT, deleted PLACE SEQ, reacted PLACE SENDER SEQ EMOJI, unreacted ...
 *   read PLACE SENDER SEQ, typing PLACE SENDER, presence NAME STATE
 *   group NAME SENDER HAPPENED SENTENCE, ring NAME [STATE]
 *   begin, says, end         of programs with sound: see play_talk.c
 *   link lost TEXT, link attached;  again MS TEXT: lost, and it is tried again after that time
 *   lead PLACE               a link leads there
 *   keep                     shows what is kept
 *   restart [SESSION]        and what comes of it, in part 8, then 9 and so on
 *   folder still, folder on  the folder of files to complete is not read; it is
 *   hold on, hold off        the disk stands still: what is said waits; it goes on
 *   choices                  shows what is chosen;  choose: and what comes of it at the next start
 *   screen                   shows the screen;  styles: its styles, a letter a cell
 *
 * What it asks for stands below each line: "    ask history #cooks before 51". */
#include "play_screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/doing.h"
#include "chat/heard.h"
#include "chat/kept.h"
#include "play_asks.h"
#include "play_entries.h"
#include "play_talk.h"
#include "play_words.h"
#include "play_world.h"
#include "screen/choices.h"
#include "screen/complete.h"
#include "screen/screen.h"
#include "show_grid.h"

struct play_screen {
    struct cw_chat *chat;
    struct cw_screen screen;
    struct cw_grid grid;
    struct cw_keys keys;
    struct play_entries entries; /* of the next answer */
    struct play_held held;
    uint64_t time_ms, parts;
    int64_t requests, answered;
    struct cw_buf *out;
    bool folder_still;
    char *begin; /* of the files that are wanted */
};

static const struct cw_screen_command commands[] = {
    {"join", "LINK|'#GROUP'", "joins a group, by a link to it"},
    {"group list", "", "shows the groups that you are in"},
    {"group create", "NAME", "makes a group, with you as its owner"},
    {"group join", "NAME", "joins a group"},
    {"group leave", "NAME", "leaves a group"},
    {"login", "NAME|LINK", "logs in"},
    {"group topic", "NAME TEXT", "says what the group is about"},
    {"search", "WORDS", "finds messages with all of the words, the newest first"},
    {"send-file", "@NAME|'#GROUP' FILE|-", "sends a file"}};

void play_screen_end(struct play_screen *play)
{
    free(play->begin);
    play_entries_forget(&play->entries);
    play_forget_held(&play->held);
    cw_screen_finish(&play->screen);
    cw_chat_destroy(play->chat);
    cw_grid_finish(&play->grid);
    free(play);
}

/* --- what it asks for ----------------------------------------------------------------------- */

static void put_asks(struct play_screen *play)
{
    struct cw_ask ask;
    while (cw_chat_next_ask(play->chat, &ask)) {
        if (play_hold(&play->held, &ask))
            continue;
        play_put_ask(&ask, play->out);
        if (ask.kind < CW_ASK_TYPING)
            cw_chat_asked(play->chat, &ask, ++play->requests);
        else
            cw_ask_finish(&ask);
    }
}

/* --- what comes ----------------------------------------------------------------------------- */

static void heard(struct play_screen *play, struct chinwag_event event, const char *sentence)
{
    event.time_ms = event.time_ms == 0 ? play->time_ms : event.time_ms;
    cw_chat_heard(play->chat, &event, sentence);
}

/* "#cooks" is a group, "bob" a user: to whom a message of alice went, or who sent it. */
static void come(struct play_screen *play, const char *line, bool mentioned)
{
    char text[4096];
    const char *place = play_word(&line), *sender = play_word(&line);
    struct chinwag_event event = {.type = CHINWAG_WHISPER,
                                  .sender = sender,
                                  .to = "alice",
                                  .mentioned = mentioned,
                                  .notify = mentioned,
                                  .content = text};
    event.seq = play_number(&line);
    event.id = event.seq + 1000;
    event.content_length = play_unescape(line, text, sizeof text);
    if (place[0] == '#') {
        event.type = CHINWAG_GROUP_MESSAGE;
        event.group = place + 1;
    } else if (strcmp(sender, "alice") == 0) {
        event.to = place;
    }
    heard(play, event, NULL);
}

static void change(struct play_screen *play, enum chinwag_event_type type, const char *line)
{
    char text[4096];
    struct chinwag_event event = {.type = type, .conversation = play_word(&line), .content = text};
    event.of = play_number(&line);
    event.seq = event.of + 1;
    event.content_length = play_unescape(line, text, sizeof text);
    heard(play, event, NULL);
}

/* PLACE SENDER [SEQ] [EMOJI] */
static void person(struct play_screen *play, enum chinwag_event_type type, const char *line)
{
    char emoji[64];
    struct chinwag_event event = {.type = type, .conversation = play_word(&line), .emoji = emoji};
    event.sender = play_word(&line);
    event.seq = play_number(&line);
    play_unescape(line, emoji, sizeof emoji);
    heard(play, event, NULL);
}

static void presence(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.type = CHINWAG_PRESENCE, .sender = play_word(&line)};
    event.state = play_word(&line);
    heard(play, event, NULL);
}

static void group(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.type = CHINWAG_GROUP_EVENT, .group = play_word(&line)};
    event.sender = play_word(&line);
    event.happened = play_word(&line);
    event.topic = line;
    heard(play, event, line);
}

static void link_event(struct play_screen *play, const char *line)
{
    bool lost = strcmp(play_word(&line), "lost") == 0;
    heard(play,
          (struct chinwag_event){.type = lost ? CHINWAG_DISCONNECTED : CHINWAG_ATTACHED,
                                 .text = line},
          NULL);
}

static void link_again(struct play_screen *play, const char *line)
{
    uint32_t delay_ms = (uint32_t)play_number(&line);
    heard(play,
          (struct chinwag_event){.type = CHINWAG_DISCONNECTED, .delay_ms = delay_ms, .text = line},
          NULL);
}

static void ring(struct play_screen *play, const char *line)
{
    const char *name = play_word(&line);
    heard(play,
          (struct chinwag_event){.type = CHINWAG_RING,
                                 .conversation = name,
                                 .sender = name,
                                 .state = *line == 0 ? "ringing" : line},
          "bob has called, and given up");
}

/* --- lists and answers ---------------------------------------------------------------------- */

static void answer(struct play_screen *play, struct chinwag_event event)
{
    event.type = CHINWAG_RESPONSE;
    event.request = ++play->answered;
    event.entries = play->entries.p;
    event.entry_count = play->entries.count;
    event.id = event.seq == 0 ? 0 : event.seq + 1000;
    heard(play, event, NULL);
    play_entries_forget(&play->entries);
}

static void settle(struct play_screen *play, const char *line)
{
    (void)line;
    while (play->answered < play->requests)
        answer(play, (struct chinwag_event){.code = CHINWAG_SUCCESS});
}

/* In two halves. */
static void answer_piece(struct play_screen *play, const char *line)
{
    size_t at = play_number(&line), half = sizeof play_png / 2;
    answer(play, (struct chinwag_event){
                     .offset = at, .bytes = play_png + at, .byte_count = half + at % 2});
}

/* The terminal is given what is whole. */
static void pass_images(struct play_screen *play, const char *line)
{
    (void)line;
    for (size_t i = 0; i < play->chat->images.count; i++)
        play->chat->images.p[i].passed = play->chat->images.p[i].whole;
}

static void answer_page(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.next = play_number(&line)};
    event.last = play_number(&line);
    event.read = play_number(&line);
    answer(play, event);
}

/* --- what is kept --------------------------------------------------------------------------- */

static void begin_chat(struct play_screen *play)
{
    play->chat = cw_chat_create("alice", "chat.example.org");
    play->chat->part = 7 + play->parts++;
    cw_screen_init(&play->screen, play->chat, commands, sizeof commands / sizeof commands[0],
                   play_time);
}

static void keep_all(struct play_screen *play, const char *line)
{
    struct cw_buf text = {0};
    (void)line;
    cw_screen_keep_draft(&play->screen);
    cw_kept_write(play->chat, "session1", &text);
    play_put_lines((const char *)text.p, play->out);
    cw_buf_finish(&text);
}

/* What waits for an answer gets none. */
static void restart(struct play_screen *play, const char *line)
{
    struct cw_buf text = {0};
    const char *session = play_word(&line);
    cw_screen_keep_draft(&play->screen);
    cw_kept_write(play->chat, "session1", &text);
    cw_screen_finish(&play->screen);
    cw_chat_destroy(play->chat);
    begin_chat(play);
    play->answered = play->requests;
    play->chat->link = CW_CHAT_AWAY;
    if (!cw_kept_read(play->chat, session[0] == 0 ? "session1" : session, (const char *)text.p))
        cw_buf_append_str(play->out, "    not understood\n");
    cw_chat_say_kept(play->chat);
    cw_buf_finish(&text);
}

static void hold(struct play_screen *play, const char *line)
{
    if (strcmp(line, "on") == 0)
        play->held.on = true;
    else
        play_release(&play->held, play->chat, play->out, &play->requests);
}

static void show_choices(struct play_screen *play, const char *line)
{
    char text[CW_CHOICES_MAX];
    (void)line;
    cw_choices_write(&play->screen, text);
    play_put_lines(text, play->out);
}

static void choose(struct play_screen *play, const char *line)
{
    char text[CW_CHOICES_MAX];
    cw_choices_write(&play->screen, text);
    restart(play, line);
    if (!cw_choices_read(&play->screen, text))
        cw_buf_append_str(play->out, "    not understood\n");
}

struct play_screen *play_screen_begin(void)
{
    struct play_screen *play = cw_alloc_zero(sizeof *play);
    begin_chat(play);
    play->time_ms = PLAY_NOON_MS;
    cw_grid_resize(&play->grid, 24, 80);
    return play;
}

/* --- the screen ----------------------------------------------------------------------------- */

static void show(struct play_screen *play, bool styles)
{
    cw_screen_draw(&play->screen, &play->grid);
    show_grid(&play->grid, styles, play->out);
}

static void give_files(struct play_screen *play)
{
    char *files = play->begin == NULL ? NULL : play_paths(play->begin);
    if (files != NULL && !cw_complete_files(&play->screen, play->begin, files))
        free(files);
    free(play->begin);
    play->begin = NULL;
}

static void press(struct play_screen *play, const struct cw_key *key)
{
    cw_screen_key(&play->screen, key);
    if (!play->screen.files_wanted)
        return;
    free(play->begin);
    play->begin = cw_chat_copy(play->screen.completing);
    if (!play->folder_still)
        give_files(play);
}

static void folder(struct play_screen *play, const char *line)
{
    play->folder_still = strcmp(line, "still") == 0;
    if (!play->folder_still)
        give_files(play);
}

static void type(struct play_screen *play, const char *text)
{
    char bytes[4096];
    struct cw_key key;
    size_t n = play_unescape(text, bytes, sizeof bytes);
    for (size_t i = 0; i < n; i++)
        if (cw_keys_take(&play->keys, (uint8_t)bytes[i], &key)) {
            if (key.kind == CW_KEY_REPORT)
                cw_screen_report(&play->screen, play->keys.report);
            else
                press(play, &key);
        }
}

static void type_times(struct play_screen *play, const char *line)
{
    for (uint64_t count = play_number(&line); count > 0; count--)
        type(play, line);
}

static void lead(struct play_screen *play, const char *line)
{
    cw_chat_lead(play->chat, line, true);
}

static void flush(struct play_screen *play)
{
    struct cw_key key;
    if (cw_keys_flush(&play->keys, &key))
        press(play, &key);
}

static void resize(struct play_screen *play, const char *line)
{
    unsigned columns = (unsigned)play_number(&line);
    cw_grid_resize(&play->grid, (unsigned)play_number(&line), columns);
}

/* --- each line ------------------------------------------------------------------------------ */

static bool play_event(struct play_screen *play, const char *name, const char *rest)
{
    static const struct {
        const char *name;
        enum chinwag_event_type type;
        void (*run)(struct play_screen *, enum chinwag_event_type, const char *);
    } rows[] = {{"edited", CHINWAG_EDITED, change},   {"deleted", CHINWAG_DELETED, change},
                {"reacted", CHINWAG_REACTED, person}, {"unreacted", CHINWAG_UNREACTED, person},
                {"read", CHINWAG_READ, person},       {"typing", CHINWAG_TYPING, person}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0) {
            rows[i].run(play, rows[i].type, rest);
            return true;
        }
    return false;
}

static bool play_one(struct play_screen *play, const char *name, const char *rest)
{
    static const struct {
        const char *name;
        void (*run)(struct play_screen *, const char *);
    } rows[] = {{"size", resize},        {"type", type},          {"page", answer_page},
                {"piece", answer_piece}, {"passed", pass_images}, {"settle", settle},
                {"presence", presence},  {"group", group},        {"ring", ring},
                {"link", link_event},    {"again", link_again},   {"keep", keep_all},
                {"restart", restart},    {"hold", hold},          {"choices", show_choices},
                {"choose", choose},      {"times", type_times},   {"lead", lead},
                {"folder", folder}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0) {
            rows[i].run(play, rest);
            return true;
        }
    return play_event(play, name, rest);
}

bool play_screen_line(struct play_screen *play, const char *line, struct cw_buf *out)
{
    const char *name = play_word(&line);
    play->out = out;
    bool known = true;
    play->entries.time_ms = play->time_ms;
    if (strcmp(name, "message") == 0 || strcmp(name, "mention") == 0)
        come(play, line, strcmp(name, "mention") == 0);
    else if (strcmp(name, "flush") == 0)
        flush(play);
    else if (strcmp(name, "at") == 0)
        play->chat->now_ms = play_number(&line);
    else if (strcmp(name, "when") == 0)
        play->time_ms = (uint64_t)((int64_t)PLAY_NOON_MS + strtol(line, NULL, 10) * 60000);
    else if (strcmp(name, "done") == 0)
        answer(play, (struct chinwag_event){.seq = play_number(&line)});
    else if (strcmp(name, "refused") == 0)
        answer(play, (struct chinwag_event){.code = CHINWAG_FORBIDDEN, .reason = line});
    else if (strcmp(name, "unanswered") == 0)
        answer(play, (struct chinwag_event){.code = CHINWAG_UNANSWERED});
    else if (strcmp(name, "screen") == 0 || strcmp(name, "styles") == 0)
        show(play, name[1] == 't');
    else if (strcmp(name, "ask") == 0)
        cw_chat_ask(play->chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    else
        known = play_talk(play->chat, name, line) || play_entries_add(&play->entries, name, line) ||
                play_one(play, name, line);
    cw_chat_tick(play->chat);
    put_asks(play);
    return known;
}
