/* fuzz_screen.c - what terminals and servers can send, into the terminal client without a terminal:
 * no crash, no control character in a cell, the cursor on the screen, rows as wide as it is, and
 * nothing to the terminal but text and the sequences of encode.h; and any file of settings. */
#include <string.h>

#include "chat/doing.h"
#include "chat/heard.h"
#include "chat/kept.h"
#include "chat/talk.h"
#include "fuzz.h"
#include "screen/choices.h"
#include "screen/encode.h"
#include "screen/settings.h"
#include "text/shown.h"

/* More would only be slower. */
#define WAITING_MAX 64
#define STEPS_MAX   400
/* Before this many keys stand settings. */
#define SETTINGS_MARK 255
/* What stood in the corpus before means what it meant. */
#define SPEAK_FROM 246
#define LEAD_STEP  245

struct input {
    const uint8_t *p;
    size_t n;
};

static const struct cw_screen_command commands[] = {{"join", "LINK", "joins a group"},
                                                    {"group list", "", "shows the groups"}};

static unsigned take_byte(struct input *input)
{
    if (input->n == 0)
        return 0;
    input->n--;
    return *input->p++;
}

/* Up to 63 bytes, with a zero; most are short. */
static const char *take_text(struct input *input, char text[64])
{
    size_t n = take_byte(input) % 64;
    n = n < input->n ? n : input->n;
    memcpy(text, input->p, n);
    text[n] = 0;
    input->p += n;
    input->n -= n;
    return text;
}

static void utc(uint64_t time_ms, struct cw_local *local)
{
    *local = (struct cw_local){2026, 11, (unsigned)(time_ms / 86400000 % 28) + 1, 12, 0, 0};
}

/* --- checks --------------------------------------------------------------------------------- */

/* By its bytes alone: the code that is tested has its own opinion. */
static void check_harmless(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK(p[i] >= 0x20 && p[i] != 0x7f);                   /* C0, DEL */
        CHECK(i + 1 >= n || p[i] != 0xc2 || p[i + 1] >= 0xa0); /* C1 */
        if (i + 2 >= n || p[i] != 0xe2)
            continue;
        CHECK(p[i + 1] != 0x80 || p[i + 2] < 0x8d || p[i + 2] > 0x8f); /* joiner, marks */
        CHECK(p[i + 1] != 0x80 || p[i + 2] < 0xa8 || p[i + 2] > 0xae); /* lines, embeddings */
        CHECK(p[i + 1] != 0x81 || p[i + 2] < 0xa6 || p[i + 2] > 0xa9); /* isolates */
    }
}

static void check_cell(const struct cw_cell *cell)
{
    struct cw_slice text = cw_slice_of(cell->text, cell->n);
    struct cw_shown shown;
    CHECK(cell->n <= CW_CELL_BYTES && cell->columns <= 2);
    check_harmless((const uint8_t *)cell->text, cell->n);
    for (size_t at = 0; at < text.n; at += shown.used) {
        shown = cw_shown_at(text, at);
        CHECK(shown.kind == (at == 0 ? CW_SHOWN_CHARACTER : CW_SHOWN_MARK));
        CHECK(at != 0 || shown.columns == cell->columns);
    }
}

static void check_grid(const struct cw_grid *grid)
{
    CHECK(grid->cursor_row < grid->rows && grid->cursor_column < grid->columns);
    for (unsigned row = 0; row < grid->rows; row++) {
        unsigned columns = 0;
        for (unsigned column = 0; column < grid->columns; column++) {
            const struct cw_cell *cell = &grid->cells[(size_t)row * grid->columns + column];
            check_cell(cell);
            CHECK(cell->columns != 0 || (column > 0 && cell[-1].columns == 2));
            columns += cell->columns;
        }
        CHECK(columns == grid->columns);
    }
}

/* The end of a sequence that encode.h may write; 0: it is none. */
static size_t sequence_at(const uint8_t *p, size_t n)
{
    size_t at = 2;
    if (n < 3 || (p[1] != '[' && p[1] != ']' && p[1] != '_'))
        return 0;
    if (p[1] == '[') {
        while (at < n && ((p[at] >= '0' && p[at] <= '9') || p[at] == ';' || p[at] == '?'))
            at++;
        return at < n && strchr("HJmhl", p[at]) != NULL ? at + 1 : 0;
    }
    if (n < 4 || memcmp(p + 1, p[1] == ']' ? "]8;" : "_Ga", 3) != 0)
        return 0;
    while (at < n && p[at] > ' ' && p[at] < 0x7f)
        at++;
    return at + 1 < n && p[at] == 0x1b && p[at + 1] == '\\' ? at + 2 : 0;
}

static void check_bytes(const uint8_t *p, size_t n, bool utf8)
{
    for (size_t at = 0, used; at < n; at += used) {
        used = p[at] == 0x1b ? sequence_at(p + at, n - at) : 1;
        CHECK(used != 0);
        CHECK(p[at] == 0x1b || (p[at] >= ' ' && p[at] != 0x7f && (utf8 || p[at] < 0x80)));
    }
}

static void check_encoded(struct cw_encode *encode, const struct cw_grid *grid)
{
    struct cw_buf out = {.n = 0};
    cw_encode_grid(encode, grid, &out);
    check_bytes(out.p, out.n, encode->utf8);
    cw_buf_finish(&out);
    cw_encode_grid(encode, grid, &out);
    CHECK(out.n == 0); /* nothing has changed */
    cw_buf_finish(&out);
}

/* --- what happens --------------------------------------------------------------------------- */

static const char *const happenings[] = {"joined", "left",        "role",      "topic",
                                         "kicked", "call_joined", "call_left", "speaking"};

static void send_event(struct cw_chat *chat, struct input *input)
{
    char sender[64], place[64], content[64], emoji[64];
    struct chinwag_event event = {.type = (enum chinwag_event_type)(take_byte(input) % 30)};
    unsigned number = take_byte(input);
    event.request = take_byte(input) % WAITING_MAX;
    event.seq = number % 100;
    event.of = event.id = event.last = event.next = number % 90;
    event.time_ms = number * UINT64_C(40000000);
    event.sender = take_text(input, sender);
    event.conversation = event.to = take_text(input, place);
    event.group = (number & 1) != 0 && event.type != CHINWAG_WHISPER ? event.to : NULL;
    event.content = event.text = event.topic = take_text(input, content);
    event.content_length = strlen(content);
    event.emoji = event.state = take_text(input, emoji);
    event.happened = happenings[number % 8];
    event.user = (number & 2) != 0 ? event.sender : NULL;
    event.mentioned = event.notify = (number & 4) != 0;
    event.code = event.type == CHINWAG_RESPONSE && (number & 8) != 0 ? CHINWAG_FORBIDDEN : 0;
    cw_chat_heard(chat, &event, content);
}

/* An answer with entries. */
static void send_list(struct cw_chat *chat, struct input *input)
{
    struct chinwag_entry entries[8] = {{.kind = NULL}};
    char texts[8][3][64];
    struct chinwag_event event = {.type = CHINWAG_RESPONSE, .entries = entries};
    unsigned number = take_byte(input);
    event.request = take_byte(input) % WAITING_MAX;
    event.next = number % 3;
    event.last = number;
    event.entry_count = number % 9 < 8 ? number % 9 : 8;
    for (size_t i = 0; i < event.entry_count; i++) {
        entries[i].seq = take_byte(input) % 100;
        entries[i].time_ms = number * UINT64_C(40000000);
        entries[i].unread = entries[i].file_id = entries[i].reply_to = entries[i].seq % 4;
        entries[i].kind = (number & 16) != 0 ? "voice" : "text";
        entries[i].sender = entries[i].name = take_text(input, texts[i][0]);
        entries[i].conversation = entries[i].file_name = take_text(input, texts[i][1]);
        entries[i].content = entries[i].quote_sender = take_text(input, texts[i][2]);
        entries[i].content_length = strlen(texts[i][2]);
        entries[i].size = entries[i].seq * 3;
        entries[i].file_type = (number & 32) != 0 ? "image/png" : NULL;
        entries[i].pixels = (number & 64) != 0 ? entries[i].content : "640x400";
    }
    event.bytes = (const uint8_t *)texts[0][2];
    event.byte_count = event.entry_count == 0 ? 0 : strlen(texts[0][2]);
    cw_chat_heard(chat, &event, NULL);
}

static void flush(struct cw_screen *screen, struct cw_keys *keys)
{
    struct cw_key key;
    if (cw_keys_flush(keys, &key))
        cw_screen_key(screen, &key);
    CHECK(!cw_keys_waits(keys));
}

/* How it leaves follows from the size, so that inputs of before mean what they meant. */
static void draw(struct cw_screen *screen, struct cw_grid *grid, struct cw_encode *encode,
                 struct input *input)
{
    unsigned rows = take_byte(input) % 40, columns = take_byte(input), look = columns ^ rows * 8;
    cw_grid_resize(grid, rows, columns);
    for (size_t i = 0; i < screen->chat->images.count; i++) /* it does not matter of what */
        screen->chat->images.p[i].passed = !screen->chat->images.p[i].failed;
    cw_screen_draw(screen, grid);
    check_grid(grid);
    encode->theme = screen->theme;
    encode->depth = (enum cw_depth)(look / 16 % (CW_DEPTH_TRUE + 1));
    encode->pictures = screen->chat->images.can;
    encode->utf8 = (look & 2) != 0;
    encode->links = (look & 4) != 0;
    if ((look & 8) != 0)
        cw_encode_forget(encode);
    check_encoded(encode, grid);
}

static void set(struct cw_screen *screen, struct input *input)
{
    char text[64], wrong[CW_SETTINGS_WRONG_MAX], choices[CW_CHOICES_MAX];
    unsigned line;
    if (!cw_settings_read(screen, cw_slice_str(take_text(input, text)), &line, wrong))
        check_harmless((const uint8_t *)wrong, strlen(wrong));
    cw_choices_write(screen, choices);
    strcat(choices, text); /* as a later version might */
    CHECK(cw_choices_read(screen, choices));
}

static void press(struct cw_screen *screen, struct cw_keys *keys, struct input *input)
{
    struct cw_key key;
    unsigned count = take_byte(input);
    if (count == SETTINGS_MARK)
        set(screen, input);
    for (size_t n = count % 32; n > 0 && input->n > 0; n--)
        if (cw_keys_take(keys, (uint8_t)take_byte(input), &key)) {
            if (key.kind == CW_KEY_REPORT)
                cw_screen_report(screen, keys->report);
            else
                cw_screen_key(screen, &key);
        }
}

static void take_asks(struct cw_chat *chat, int64_t *request)
{
    struct cw_ask ask;
    while (cw_chat_next_ask(chat, &ask)) {
        if (ask.kind < CW_ASK_TYPING && chat->waiting_count < WAITING_MAX)
            cw_chat_asked(chat, &ask, (*request)++ % WAITING_MAX);
        else
            cw_ask_finish(&ask);
    }
}

/* What programs with sound say, and when they begin and end: words of theirs, in any order. */
static void speak(struct cw_chat *chat, struct input *input)
{
    static const char *const words[] = {"call ",   "recording ",  "recorded ", "playing ",
                                        "paused ", "air ",        "muted ",    "speaking ",
                                        "ptt ",    "calling ",    "| ",        "bob ",
                                        "7 ",      "4000000000 ", "ooo000 ",   " "};
    char line[64 * 12 + 64] = "", text[64];
    unsigned number = take_byte(input);
    enum cw_talk_kind kind = (enum cw_talk_kind)(number % 3);
    for (unsigned n = number / 8 % 32; n > 0; n--)
        strcat(line, words[take_byte(input) % 16]);
    strcat(line, take_text(input, text));
    if (number % 7 == 0)
        cw_talk_begin(chat, kind, text[0] == 0 ? "#cooks" : text, number);
    else if (number % 7 == 1)
        cw_talk_end(chat, kind, number % 2 == 0);
    else
        cw_talk_take(chat, kind, line);
}

static void lead(struct cw_chat *chat, struct input *input)
{
    char place[64];
    cw_chat_lead(chat, take_text(input, place), true);
}

static void step(struct cw_screen *screen, struct cw_grid *grid, struct cw_encode *encode,
                 struct cw_keys *keys, struct input *input)
{
    unsigned what = take_byte(input);
    if (what >= SPEAK_FROM) {
        speak(screen->chat, input);
        return;
    }
    switch (what % 6) {
    case 0:
    case 1:
        press(screen, keys, input);
        break;
    case 2:
        send_event(screen->chat, input);
        break;
    case 3:
        send_list(screen->chat, input);
        break;
    case 4:
        draw(screen, grid, encode, input);
        break;
    default:
        if (what == LEAD_STEP)
            lead(screen->chat, input);
        flush(screen, keys);
        screen->chat->now_ms += 4000;
        cw_chat_tick(screen->chat);
    }
}

/* What is kept and read is kept as the same again. */
static void check_kept(const struct cw_chat *chat)
{
    struct cw_chat *next = cw_chat_create("alice", "chat.example.org");
    struct cw_buf text = {0}, again = {0};
    const struct cw_place *place = cw_chat_current(chat);
    next->part = chat->part; /* else the messages have another one than the run */
    cw_kept_write(chat, "here", &text);
    CHECK(cw_kept_read(next, "here", (const char *)text.p));
    cw_kept_write(next, "here", &again);
    if (place == NULL || !place->gone)
        CHECK(text.n == again.n && memcmp(text.p, again.p, text.n) == 0);
    cw_buf_finish(&text);
    cw_buf_finish(&again);
    cw_chat_destroy(next);
}

/* The input as such a text: it is taken or refused. */
static void read_kept(struct input input)
{
    struct cw_chat *chat = cw_chat_create("alice", "chat.example.org");
    struct cw_buf text = {0};
    cw_buf_append_str(&text, "chinwag-chat 1\n");
    cw_buf_append(&text, input.p, input.n);
    cw_buf_append_byte(&text, 0);
    cw_kept_read(chat, "here", (const char *)text.p);
    cw_chat_say_kept(chat);
    cw_buf_finish(&text);
    cw_chat_destroy(chat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct cw_chat *chat = cw_chat_create("alice", "chat.example.org");
    struct cw_screen screen;
    struct cw_grid grid = {.rows = 0};
    struct cw_encode encode = {.depth = CW_DEPTH_NONE};
    struct cw_keys keys = {.n = 0};
    int64_t request = 0;
    read_kept(input);
    chat->part = 1;
    cw_screen_init(&screen, chat, commands, 2, utc);
    cw_talk_arm(chat, (size & 1) != 0);
    cw_grid_resize(&grid, 24, 80);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_CONVERSATIONS});
    for (int i = 0; i < STEPS_MAX && input.n > 0; i++) {
        take_asks(chat, &request);
        step(&screen, &grid, &encode, &keys, &input);
    }
    draw(&screen, &grid, &encode, &input);
    cw_screen_keep_draft(&screen);
    check_kept(chat);
    cw_screen_finish(&screen);
    cw_chat_destroy(chat);
    cw_grid_finish(&grid);
    cw_encode_forget(&encode);
    return 0;
}
