/* fuzz_client.c - a hostile server against libchinwag: whatever bytes come, when they
 * come, and wherever the connection breaks.
 *
 * The input is a program: each step is a byte for what, and the bytes that it needs.
 * Some of what the server says is well formed, so that the program of a user goes on. With the
 * highest bit of the first byte all goes through CURVE (fuzz_client_open.c: with boxes that open
 * without a key).
 * What is promised whatever a server does:
 * - each request has one answer, a number that was given out, and at the end of all
 *   connections none is left without;
 * - what the client says is ZMTP, and messages that a server can read;
 * - strings are UTF-8 and end, ids of messages rise, memory is bounded. */
#include "base/limits.h"
#include "client/client_core.h"
#include "client_heard.h"
#include "curve_keys.h"
#include "frame/zmtp_curve.h"
#include "fuzz.h"
#include "wire/msgpack.h"
#include "wire/table.h"

#define STEPS_MAX    600
#define REQUESTS_MAX 600

struct play {
    struct cw_slice program;
    struct cw_client *client;
    uint64_t now_ms;
    bool sealed;           /* by CURVE */
    struct cw_zmtp server; /* reads what the client says */
    struct cw_buf answer;  /* of its framer: of use in the handshake alone */
    bool open, shaken;
    bool answered[REQUESTS_MAX + 1]; /* by the number of the request */
    int64_t last_number;
    uint64_t last_id;
    bool id_told;
    enum cw_action asked[64]; /* what a server that knows would answer next */
    size_t asked_count;
};

static uint8_t take(struct play *play)
{
    if (play->program.n == 0)
        return 0;
    play->program.n--;
    return *play->program.p++;
}

/* --- what the client says -------------------------------------------------------------- */

static void note_asked(struct play *play, struct cw_slice body)
{
    struct cw_msg msg;
    int code = cw_msg_decode(CW_READER_SERVER, body, &msg);
    CHECK(code == CW_SUCCESS);
    CHECK(msg.kind == CW_REQUEST || msg.kind == CW_CLIENT_UPDATE);
    if (msg.kind == CW_REQUEST && play->asked_count < 64)
        play->asked[play->asked_count++] = msg.action;
}

static void listen_to(struct play *play)
{
    struct cw_slice said = cw_client_output(play->client);
    struct cw_framer_event event;
    while ((event = cw_framer_input(&play->server.framer, &said, &play->answer)).type !=
           CW_FRAMER_NEED_MORE) {
        CHECK(event.type != CW_FRAMER_FAILED && event.type != CW_FRAMER_REFUSED);
        play->shaken |= event.type == CW_FRAMER_READY;
        if (event.type == CW_FRAMER_MESSAGE)
            note_asked(play, event.body);
    }
    cw_client_sent(play->client, cw_client_output(play->client).n);
}

/* --- what the program hears ------------------------------------------------------------- */

static void hear(struct play *play, const struct chinwag_event *event)
{
    client_heard_check(event);
    if (event->type == CHINWAG_RESPONSE) {
        CHECK(event->request >= 1 && event->request <= play->last_number);
        CHECK(!play->answered[event->request]);
        play->answered[event->request] = true;
    }
    bool login = event->type == CHINWAG_RESPONSE && event->username != NULL;
    if (login || event->type == CHINWAG_ATTACHED || event->type == CHINWAG_SESSION_LOST)
        play->id_told = false; /* another's messages, perhaps, or another database's */
    bool message = event->type == CHINWAG_WHISPER || event->type == CHINWAG_GROUP_MESSAGE ||
                   event->type == CHINWAG_VOICE_MESSAGE || event->type == CHINWAG_EDITED ||
                   event->type == CHINWAG_DELETED;
    if (!message || event->id == 0)
        return;
    CHECK(!play->id_told || event->id > play->last_id);
    play->id_told = true;
    play->last_id = event->id;
}

static void pump(struct play *play)
{
    struct chinwag_event event;
    cw_client_run(play->client, play->now_ms);
    while (cw_client_next(play->client, play->now_ms, &event))
        hear(play, &event);
    enum cw_client_state state = cw_client_state(play->client);
    if (state == CW_CLIENT_WAITING || state == CW_CLIENT_CONNECTING)
        play->open = false;
    else
        listen_to(play);
}

/* --- the server -------------------------------------------------------------------------- */

static void say(struct play *play, struct cw_slice bytes)
{
    if (!play->open)
        return;
    cw_client_input(play->client, bytes, play->now_ms);
    pump(play);
}

/* As the server's framer sends it. */
static void say_sealed(struct play *play, const struct cw_buf *plain)
{
    struct cw_slice piece = cw_buf_slice(plain);
    struct cw_buf wire = {0};
    if (!play->sealed || (!play->shaken && play->server.curve->unsealed == 0)) {
        say(play, piece);
        return;
    }
    cw_framer_seal(&play->server.framer, &piece, 1, &wire);
    say(play, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
}

static void say_frame(struct play *play, const struct cw_buf *body)
{
    struct cw_buf frame = {0};
    if (!play->open)
        return;
    cw_framer_put(&play->server.framer, cw_buf_slice(body), &frame);
    say_sealed(play, &frame);
    cw_buf_finish(&frame);
}

static void shake_hands(struct play *play, bool old)
{
    struct cw_buf said = {0};
    for (int i = 0; i < 3 && play->answer.n != 0; i++) {
        said = play->answer;
        play->answer = (struct cw_buf){0};
        if (i == 0 && said.n >= 64)
            said.p[11] = old ? 0 : 1;
        say_sealed(play, &said);
        cw_buf_finish(&said);
    }
}

static struct cw_framer *open_framers(struct play *play)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_CLIENT_MESSAGE_MAX);
    cw_zmtp_finish(&play->server);
    cw_zmtp_init(&play->server, CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    if (!play->sealed)
        return framer;
    cw_zmtp_offer_curve(&play->server.framer, &curve_keys_server, false);
    cw_zmtp_use_curve(framer, &curve_keys_client);
    return framer;
}

/* With a handshake that is good, of ZMTP 3.1 or 3.0, if `shake`. `others`: the server's name has
 * more addresses. */
static void open_connection(struct play *play, bool shake, bool old, bool others)
{
    cw_client_run(play->client, play->now_ms);
    if (cw_client_state(play->client) == CW_CLIENT_WAITING) { /* it is in no hurry */
        uint64_t due_ms = cw_client_deadline(play->client);
        if (due_ms != UINT64_MAX && due_ms > play->now_ms)
            play->now_ms = due_ms;
        cw_client_run(play->client, play->now_ms);
    }
    if (cw_client_state(play->client) != CW_CLIENT_CONNECTING)
        return;
    cw_client_connected(play->client, open_framers(play),
                        play->sealed ? CW_CLIENT_PROOF_CURVE : CW_CLIENT_PROOF_NONE, others,
                        play->now_ms);
    play->open = true;
    play->shaken = false;
    play->asked_count = 0;
    play->answer.n = 0;
    listen_to(play);
    if (shake)
        shake_hands(play, old);
}

static void close_connection(struct play *play)
{
    if (!play->open)
        return;
    cw_client_closed(play->client, CHINWAG_SUCCESS, "the server closed it");
    pump(play);
    play->open = false;
}

static void say_raw(struct play *play, size_t n)
{
    uint8_t bytes[64];
    for (size_t i = 0; i < n; i++)
        bytes[i] = take(play);
    say(play, cw_slice_of(bytes, n));
}

static void say_body(struct play *play, size_t n)
{
    struct cw_buf body = {0};
    for (size_t i = 0; i < n; i++)
        cw_buf_append_byte(&body, take(play));
    say_frame(play, &body);
    cw_buf_finish(&body);
}

/* --- messages of the server, most of them well formed ------------------------------------- */

static void pack_string(struct play *play, struct cw_buf *out)
{
    static const char *const words[] = {"alice", "bob",    "#cooks", "cooks",    "t0k3n",
                                        "",      "online", "joined", "\xc3\xa9", "x"};
    uint8_t choice = take(play);
    if (choice < 250)
        cw_pack_string(out, cw_slice_str(words[choice % 10]));
    else if (choice < 254)
        cw_pack_string(out, cw_slice_str("\xff\xfe")); /* no UTF-8 */
    else
        cw_buf_append_byte(out, choice == 254 ? 0xd9 : 0xc1);
}

static void pack_sound(struct play *play, struct cw_buf *out)
{
    static const int16_t values[] = {0, 1, -1, 300, INT16_MIN, INT16_MAX};
    uint8_t payload[40];
    uint8_t choice = take(play);
    size_t n = choice / 4u % 40u;
    for (size_t i = 0; i < n; i++)
        payload[i] = choice % 4 != 0 ? take(play) : 0;
    if (choice % 4 == 0)
        cw_samples_encode(values, (uint32_t)(n % 7), out);
    else if (choice % 4 == 3)
        cw_buf_append(out, payload, n);
    else
        cw_samples_encode_ext(choice % 4 == 1 ? CW_SAMPLES_PACKET : CW_SAMPLES_OGG,
                              cw_slice_of(payload, n), out);
}

static void pack_number(struct play *play, struct cw_buf *out)
{
    uint8_t choice = take(play);
    cw_pack_unsigned(out, choice >= 252   ? UINT64_MAX - (uint64_t)(255 - choice)
                          : choice >= 240 ? (uint64_t)1 << (choice - 240) * 5
                                          : choice);
}

/* Keys in any order, known ones and others, with values that fit or do not. */
static void pack_map(struct play *play, unsigned depth, struct cw_buf *out)
{
    static const char *const keys[] = {
        "id",       "time",     "seq",  "to",   "group",      "list",     "next",   "last",
        "reply_to", "edited",   "n",    "read", "invitation", "expires",  "uses",   "user",
        "role",     "topic",    "gone", "seen", "duration",   "waveform", "reason", "features",
        "server",   "presence", "name", "kind", "content",    "sender",   "size",   "of"};
    uint8_t count = take(play) % 6u;
    cw_pack_map(out, count);
    for (unsigned i = 0; i < count; i++) {
        uint8_t choice = take(play);
        const char *key = keys[choice % 32];
        cw_pack_string(out, cw_slice_str(key));
        if (strcmp(key, "list") == 0 && depth == 0) {
            uint8_t entries = take(play) % 5u;
            cw_pack_array(out, entries);
            for (unsigned e = 0; e < entries; e++)
                pack_map(play, 1, out);
        } else if (choice % 2 == 0 || choice < 4) {
            pack_number(play, out);
        } else {
            pack_string(play, out);
        }
    }
}

static void pack_field(struct play *play, enum cw_field field, struct cw_buf *out)
{
    switch (field) {
    case CW_F_SAMPLES:
        pack_sound(play, out);
        break;
    case CW_F_CHANNELS:
        cw_pack_unsigned(out, take(play) % 4u);
        break;
    case CW_F_SAMPLE_RATE:
        cw_pack_unsigned(out, take(play) < 240 ? 48000 : 7);
        break;
    case CW_F_SEQ:
    case CW_F_MESSAGE_ID:
        pack_number(play, out);
        break;
    default:
        pack_string(play, out);
        break;
    }
}

static void say_row(struct play *play, const struct cw_message_row *row, int code)
{
    struct cw_buf body = {0};
    bool update = row == NULL ? false : row->kind == CW_UPDATE;
    cw_pack_string(&body, cw_slice_str(update ? "update" : "response"));
    if (row != NULL)
        cw_pack_string(&body, cw_slice_str(row->name));
    if (!update)
        cw_pack_unsigned(&body, (uint64_t)code);
    for (size_t i = 0; row != NULL && code == 0 && row->fields[i] != CW_F_NONE; i++)
        pack_field(play, row->fields[i], &body);
    if (take(play) % 2 != 0)
        pack_map(play, 0, &body);
    say_frame(play, &body);
    cw_buf_finish(&body);
}

static void update(struct play *play)
{
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    const struct cw_message_row *row = &rows[take(play) % count];
    if (row->kind == CW_UPDATE)
        say_row(play, row, 0);
}

/* The answer that is due, or another one. */
static void answer(struct play *play)
{
    static const int codes[] = {0, 512, 515, 1023, 1026, 1029, 1030, 77777};
    uint8_t choice = take(play);
    int code = choice < 160 ? 0 : codes[choice % 8];
    enum cw_action action = (enum cw_action)(1 + choice % (CW_ACTION_COUNT - 1));
    if (play->asked_count != 0 && choice % 16 != 15) {
        action = play->asked[0];
        memmove(play->asked, play->asked + 1, --play->asked_count * sizeof play->asked[0]);
    }
    const struct cw_message_row *row = cw_row_by_action(CW_RESPONSE, action);
    if (row != NULL || code != 0) {
        say_row(play, row != NULL ? row : cw_row_by_action(CW_REQUEST, action), code);
        return;
    }
    struct cw_message_row bare = {.kind = CW_RESPONSE, .action = action};
    row = cw_row_by_action(CW_REQUEST, action);
    bare.name = row == NULL ? "?" : row->name;
    bare.fields[0] = CW_F_NONE;
    say_row(play, &bare, 0);
}

/* --- the program --------------------------------------------------------------------------- */

static void request(struct play *play)
{
    uint8_t choice = take(play);
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = 1 + choice % (CW_ACTION_COUNT - 1),
                         .username = cw_slice_str("alice"),
                         .password = cw_slice_str("password"),
                         .new_password = cw_slice_str("password2"),
                         .token = cw_slice_str("t0k3n"),
                         .recipient = cw_slice_str("bob"),
                         .conversation = cw_slice_str("bob"),
                         .group_name = cw_slice_str("cooks"),
                         .content = cw_slice_str("hi")};
    if (choice >= 128) { /* the usual ones */
        static const enum cw_action often[] = {CW_LOGIN,   CW_ATTACH, CW_WHISPER,  CW_MSG_GROUP,
                                               CW_HISTORY, CW_LOGOUT, CW_SESSIONS, CW_WHISPER};
        msg.action = often[choice % 8];
    }
    const struct cw_message_row *row = cw_row_by_action(CW_REQUEST, msg.action);
    if (msg.action == CW_TYPING) {
        msg.kind = CW_CLIENT_UPDATE;
        cw_client_update(play->client, &msg);
        pump(play);
    }
    if (row == NULL || play->last_number == REQUESTS_MAX)
        return;
    for (size_t i = 0; row->fields[i] != CW_F_NONE; i++)
        if (row->fields[i] == CW_F_SAMPLES)
            return; /* the public functions make those */
    int64_t number = cw_client_request(play->client, &msg);
    CHECK(number == play->last_number + 1 || number == CHINWAG_OUTBOX_FULL);
    if (number > 0)
        play->last_number = number;
    pump(play);
}

static void wait(struct play *play)
{
    static const uint32_t waits_ms[] = {1, 100, 1000, 10000, 30000, 75000, 600000, 0};
    uint64_t due_ms = cw_client_deadline(play->client);
    uint8_t choice = take(play) % 8u;
    if (choice == 7 && due_ms != UINT64_MAX && due_ms > play->now_ms)
        play->now_ms = due_ms;
    play->now_ms += waits_ms[choice];
    pump(play);
}

static void step(struct play *play)
{
    uint8_t what = take(play);
    switch (what % 16) {
    case 0:
        open_connection(play, what < 224, what % 32 >= 16, what % 64 >= 32);
        break;
    case 1:
        close_connection(play);
        break;
    case 2:
        wait(play);
        break;
    case 3:
        say_raw(play, what / 16 * 4u);
        break;
    case 4:
        say_body(play, what / 16 * 8u);
        break;
    case 5:
    case 6:
    case 7:
        update(play);
        break;
    case 8:
    case 9:
    case 10:
    case 11:
        answer(play);
        break;
    default:
        request(play);
        break;
    }
}

/* No server ever comes back, and the program goes: what was asked has been told, or
 * waits, to be sent again. */
static void end(struct play *play)
{
    int64_t unanswered = 0;
    if (play->open && take(play) % 2 != 0) { /* the program goes first */
        cw_client_close(play->client);
        listen_to(play);
    }
    close_connection(play);
    for (int64_t i = 1; i <= play->last_number; i++)
        unanswered += !play->answered[i];
    CHECK(unanswered <= CW_OUTBOX_MAX + CW_REQUESTS_IN_FLIGHT_MAX);
    cw_client_destroy(play->client);
    cw_zmtp_finish(&play->server);
    cw_buf_finish(&play->answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    memset(&play, 0, sizeof play);
    play.program = cw_slice_of(data, size);
    play.now_ms = 1000;
    uint8_t how = take(&play);
    curve_keys_make();
    play.sealed = how >= 128;
    struct cw_client_config config = {.client_name = cw_slice_str("fuzz"),
                                      .plain = how % 8 == 1,
                                      .beside = how % 8 == 2,
                                      .features = how % 8 == 3 ? 0 : CW_FEATURES_ALL,
                                      .part = 7,
                                      .has_since = how % 8 == 4,
                                      .since = how,
                                      .seed = 1};
    play.client = cw_client_create(&config);
    for (int i = 0; i < STEPS_MAX && play.program.n != 0; i++)
        step(&play);
    end(&play);
    return 0;
}
