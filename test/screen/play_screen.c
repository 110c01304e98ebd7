/* play_screen.c - see play_screen.h. Lines that go in; '#' begins a comment:
 *
 *   size COLUMNS ROWS
 *   type BYTES               as a terminal sends them; \e, \r, \n, \t, \\ and \xNN in them
 *   flush                    nothing more comes: a lone Esc is one
 *   at MS                    the clock of the program
 *   when MINUTES             the time of what comes next, since 2026-11-28 12:00 UTC
 *   conversation NAME LAST READ UNREAD MENTIONS    for the next list
 *   entry SEQ SENDER TEXT    the same: a message;  file SEQ SENDER NAME, voice SEQ SENDER MS [WAVE]
 *   member NAME ROLE STATE   the same
 *   done [SEQ]               answers the oldest request, with the list; SEQ: a message's number
 *   page NEXT LAST READ      the same, for a page of history
 *   settle                   answers all requests, with empty lists
 *   refused TEXT             answers it with a refusal
 *   message PLACE SENDER SEQ TEXT    comes live; mention: the same, and mentions the user
 *   edited PLACE SEQ TEXT, deleted PLACE SEQ, reacted PLACE SENDER SEQ EMOJI, unreacted ...
 *   read PLACE SENDER SEQ, typing PLACE SENDER, presence NAME STATE
 *   group NAME SENDER HAPPENED SENTENCE, ring NAME [STATE]
 *   begin, says, end         of programs with sound: see play_talk.c
 *   link lost TEXT, link attached
 *   screen                   shows the screen;  styles: its styles, a letter a cell
 *
 * What it asks for stands below each line: "    ask history #cooks before 51". */
#include "play_screen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/heard.h"
#include "play_talk.h"
#include "screen/screen.h"
#include "show_grid.h"

#define ENTRIES_MAX 400
#define NOON_MS     UINT64_C(1795867200000) /* 2026-11-28 12:00 UTC */

struct play_screen {
    struct cw_chat *chat;
    struct cw_screen screen;
    struct cw_grid grid;
    struct cw_keys keys;
    struct chinwag_entry entries[ENTRIES_MAX];
    size_t entry_count;
    char *kept[ENTRIES_MAX * 3]; /* the strings of the entries */
    size_t kept_count;
    uint64_t time_ms;
    int64_t requests, answered;
    struct cw_buf *out;
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

/* The clock of the transcripts goes by UTC, and only through one month. */
static void play_time(uint64_t time_ms, struct cw_local *local)
{
    uint64_t minutes = (time_ms + UINT64_C(28) * 86400000 - NOON_MS) / 60000 + 720;
    *local = (struct cw_local){.year = 2026,
                               .month = 11,
                               .day = (unsigned)(minutes / 1440),
                               .hour = (unsigned)(minutes / 60 % 24),
                               .minute = (unsigned)(minutes % 60),
                               .weekday = (unsigned)(minutes / 1440 + 6 + 7 - 28 % 7) % 7};
}

struct play_screen *play_screen_begin(void)
{
    struct play_screen *play = cw_alloc_zero(sizeof *play);
    play->chat = cw_chat_create("alice", "chat.example.org");
    play->time_ms = NOON_MS;
    cw_screen_init(&play->screen, play->chat, commands, sizeof commands / sizeof commands[0],
                   play_time);
    cw_grid_resize(&play->grid, 24, 80);
    return play;
}

static void forget_entries(struct play_screen *play)
{
    for (size_t i = 0; i < play->kept_count; i++)
        free(play->kept[i]);
    play->kept_count = play->entry_count = 0;
}

void play_screen_end(struct play_screen *play)
{
    forget_entries(play);
    cw_screen_finish(&play->screen);
    cw_chat_destroy(play->chat);
    cw_grid_finish(&play->grid);
    free(play);
}

/* --- words of a line ------------------------------------------------------------------------ */

/* The next word, into one of some places that are used in turn. */
static const char *word(const char **line)
{
    static char words[8][300];
    static unsigned next;
    char *out = words[next++ % 8];
    while (**line == ' ')
        ++*line;
    size_t n = strcspn(*line, " ");
    snprintf(out, sizeof words[0], "%.*s", (int)(n < 299 ? n : 299), *line);
    *line += n;
    while (**line == ' ')
        ++*line;
    return out;
}

static uint64_t number(const char **line)
{
    return strtoull(word(line), NULL, 10);
}

static size_t unescape(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text != 0 && n + 1 < size; text++) {
        static const char *const letters = "ernt\\", *const codes = "\x1b\r\n\t\\";
        const char *letter = *text == '\\' && text[1] != 0 ? strchr(letters, text[1]) : NULL;
        if (letter != NULL) {
            out[n++] = codes[letter - letters];
            text++;
        } else if (text[0] == '\\' && text[1] == 'x' && strlen(text) >= 4) {
            char digits[3] = {text[2], text[3], 0};
            out[n++] = (char)strtoul(digits, NULL, 16);
            text += 3;
        } else {
            out[n++] = *text;
        }
    }
    out[n] = 0;
    return n;
}

static void put(struct play_screen *play, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct play_screen *play, const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    cw_buf_append_str(play->out, line);
}

/* --- what it asks for ----------------------------------------------------------------------- */

static const char *const ask_names[] = {
    [CW_ASK_CONVERSATIONS] = "conversations",
    [CW_ASK_HISTORY] = "history",
    [CW_ASK_MEMBERS] = "members",
    [CW_ASK_SAY] = "say",
    [CW_ASK_EDIT] = "edit",
    [CW_ASK_DELETE] = "delete",
    [CW_ASK_REACT] = "react",
    [CW_ASK_UNREACT] = "unreact",
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
    [CW_ASK_QUIT] = "quit",
};

static void put_quoted(struct play_screen *play, const char *text)
{
    cw_buf_append_str(play->out, " '");
    for (const char *p = text; *p != 0; p++)
        if (*p == '\n')
            cw_buf_append_str(play->out, "\\n");
        else
            cw_buf_append_byte(play->out, (uint8_t)*p);
    cw_buf_append_str(play->out, "'");
}

static void put_ask(struct play_screen *play, const struct cw_ask *ask)
{
    put(play, "    ask %s", ask_names[ask->kind]);
    if (ask->place != NULL)
        put(play, " %s", ask->place);
    if (ask->page.before != 0)
        put(play, " before %" PRIu64, ask->page.before);
    if (ask->page.after != 0)
        put(play, " after %" PRIu64, ask->page.after);
    if (ask->page.around != 0)
        put(play, " around %" PRIu64, ask->page.around);
    if (ask->seq != 0)
        put(play, " [%" PRIu64 "]", ask->seq);
    for (size_t i = 0; ask->text != NULL && i < ask->length; i += strlen(ask->text + i) + 1)
        put_quoted(play, ask->text + i);
    put(play, "\n");
}

static void put_asks(struct play_screen *play)
{
    struct cw_ask ask;
    while (cw_chat_next_ask(play->chat, &ask)) {
        put_ask(play, &ask);
        if (ask.kind < CW_ASK_TYPING)
            cw_chat_asked(play->chat, &ask, ++play->requests);
        else
            cw_ask_finish(&ask);
    }
}

/* --- what comes ----------------------------------------------------------------------------- */

static const char *keep(struct play_screen *play, const char *text)
{
    char unescaped[4096];
    unescape(text, unescaped, sizeof unescaped);
    return play->kept[play->kept_count++] = cw_chat_copy(unescaped);
}

static void heard(struct play_screen *play, struct chinwag_event event, const char *sentence)
{
    event.time_ms = event.time_ms == 0 ? play->time_ms : event.time_ms;
    cw_chat_heard(play->chat, &event, sentence);
}

/* "#cooks" is a group, "bob" a user: to whom a message of alice went, or who sent it. */
static void come(struct play_screen *play, const char *line, bool mentioned)
{
    char text[4096];
    const char *place = word(&line), *sender = word(&line);
    struct chinwag_event event = {.type = CHINWAG_WHISPER,
                                  .sender = sender,
                                  .to = "alice",
                                  .mentioned = mentioned,
                                  .notify = mentioned,
                                  .content = text};
    event.seq = number(&line);
    event.id = event.seq + 1000;
    event.content_length = unescape(line, text, sizeof text);
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
    struct chinwag_event event = {.type = type, .conversation = word(&line), .content = text};
    event.of = number(&line);
    event.seq = event.of + 1;
    event.content_length = unescape(line, text, sizeof text);
    heard(play, event, NULL);
}

/* PLACE SENDER [SEQ] [EMOJI] */
static void person(struct play_screen *play, enum chinwag_event_type type, const char *line)
{
    char emoji[64];
    struct chinwag_event event = {.type = type, .conversation = word(&line), .emoji = emoji};
    event.sender = word(&line);
    event.seq = number(&line);
    unescape(line, emoji, sizeof emoji);
    heard(play, event, NULL);
}

static void presence(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.type = CHINWAG_PRESENCE, .sender = word(&line)};
    event.state = word(&line);
    heard(play, event, NULL);
}

static void group(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.type = CHINWAG_GROUP_EVENT, .group = word(&line)};
    event.sender = word(&line);
    event.happened = word(&line);
    event.topic = line;
    heard(play, event, line);
}

static void link_event(struct play_screen *play, const char *line)
{
    bool lost = strcmp(word(&line), "lost") == 0;
    heard(play,
          (struct chinwag_event){.type = lost ? CHINWAG_DISCONNECTED : CHINWAG_ATTACHED,
                                 .text = line},
          NULL);
}

static void ring(struct play_screen *play, const char *line)
{
    const char *name = word(&line);
    heard(play,
          (struct chinwag_event){.type = CHINWAG_RING,
                                 .conversation = name,
                                 .sender = name,
                                 .state = *line == 0 ? "ringing" : line},
          "bob has called, and given up");
}

/* --- lists and answers ---------------------------------------------------------------------- */

static struct chinwag_entry *add(struct play_screen *play)
{
    struct chinwag_entry *entry = &play->entries[play->entry_count++];
    *entry = (struct chinwag_entry){.time_ms = play->time_ms};
    return entry;
}

static void add_conversation(struct play_screen *play, const char *line)
{
    struct chinwag_entry *entry = add(play);
    entry->conversation = keep(play, word(&line));
    entry->seq = number(&line);
    entry->read = number(&line);
    entry->unread = number(&line);
    entry->unread_mentions = number(&line);
    entry->topic = keep(play, line);
}

static void add_message(struct play_screen *play, const char *kind, const char *line)
{
    struct chinwag_entry *entry = add(play);
    entry->kind = strcmp(kind, "voice") == 0 ? "voice" : "text";
    entry->seq = number(&line);
    entry->id = entry->seq + 1000;
    entry->sender = keep(play, word(&line));
    if (strcmp(kind, "voice") == 0) {
        entry->duration_ms = number(&line);
        entry->waveform = *line == 0 ? NULL : keep(play, line);
    } else if (strcmp(kind, "file") == 0) {
        entry->file_id = 1;
        entry->file_name = keep(play, line);
        entry->size = 12000;
    } else {
        entry->content = keep(play, line);
        entry->content_length = strlen(entry->content);
    }
}

static void add_member(struct play_screen *play, const char *line)
{
    struct chinwag_entry *entry = add(play);
    entry->name = keep(play, word(&line));
    entry->role = keep(play, word(&line));
    entry->state = keep(play, word(&line));
    entry->in_call = (unsigned)number(&line);
}

static void answer(struct play_screen *play, struct chinwag_event event)
{
    event.type = CHINWAG_RESPONSE;
    event.request = ++play->answered;
    event.entries = play->entries;
    event.entry_count = play->entry_count;
    event.id = event.seq == 0 ? 0 : event.seq + 1000;
    heard(play, event, NULL);
    forget_entries(play);
}

static void settle(struct play_screen *play, const char *line)
{
    (void)line;
    while (play->answered < play->requests)
        answer(play, (struct chinwag_event){.code = CHINWAG_SUCCESS});
}

static void answer_page(struct play_screen *play, const char *line)
{
    struct chinwag_event event = {.next = number(&line)};
    event.last = number(&line);
    event.read = number(&line);
    answer(play, event);
}

/* --- the screen ----------------------------------------------------------------------------- */

static void show(struct play_screen *play, bool styles)
{
    cw_screen_draw(&play->screen, &play->grid);
    show_grid(&play->grid, styles, play->out);
}

static void type(struct play_screen *play, const char *text)
{
    char bytes[4096];
    struct cw_key key;
    size_t n = unescape(text, bytes, sizeof bytes);
    for (size_t i = 0; i < n; i++)
        if (cw_keys_take(&play->keys, (uint8_t)bytes[i], &key))
            cw_screen_key(&play->screen, &key);
}

static void flush(struct play_screen *play)
{
    struct cw_key key;
    if (cw_keys_flush(&play->keys, &key))
        cw_screen_key(&play->screen, &key);
}

static void resize(struct play_screen *play, const char *line)
{
    unsigned columns = (unsigned)number(&line);
    cw_grid_resize(&play->grid, (unsigned)number(&line), columns);
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
    } rows[] = {{"size", resize},       {"type", type},        {"conversation", add_conversation},
                {"member", add_member}, {"page", answer_page}, {"settle", settle},
                {"presence", presence}, {"group", group},      {"ring", ring},
                {"link", link_event}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0) {
            rows[i].run(play, rest);
            return true;
        }
    return play_event(play, name, rest);
}

bool play_screen_line(struct play_screen *play, const char *line, struct cw_buf *out)
{
    const char *name = word(&line);
    play->out = out;
    bool known = true;
    if (strcmp(name, "entry") == 0 || strcmp(name, "file") == 0 || strcmp(name, "voice") == 0)
        add_message(play, name, line);
    else if (strcmp(name, "message") == 0 || strcmp(name, "mention") == 0)
        come(play, line, strcmp(name, "mention") == 0);
    else if (strcmp(name, "flush") == 0)
        flush(play);
    else if (strcmp(name, "at") == 0)
        play->chat->now_ms = number(&line);
    else if (strcmp(name, "when") == 0)
        play->time_ms = (uint64_t)((int64_t)NOON_MS + strtol(line, NULL, 10) * 60000);
    else if (strcmp(name, "done") == 0)
        answer(play, (struct chinwag_event){.seq = number(&line)});
    else if (strcmp(name, "refused") == 0)
        answer(play, (struct chinwag_event){.code = CHINWAG_FORBIDDEN, .reason = line});
    else if (strcmp(name, "screen") == 0 || strcmp(name, "styles") == 0)
        show(play, name[1] == 't');
    else if (strcmp(name, "ask") == 0)
        cw_chat_ask(play->chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    else
        known = play_talk(play->chat, name, line) || play_one(play, name, line);
    cw_chat_tick(play->chat);
    put_asks(play);
    return known;
}
