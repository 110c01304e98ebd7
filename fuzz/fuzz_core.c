/* fuzz_core.c - any program of events through the core, in the simulated world
 * of test/trace, under the eyes of the auditor.
 *
 * The input is a program: each step is a byte for what and who, and the bytes
 * that it needs. At its end everything heals, and all that was promised must
 * have come; then every session is taken up again on a new connection.
 *
 * The core here remembers next to nobody without a session (meson.build), and the
 * server is killed and started again on its store wherever a program says so.
 *
 * With CHINWAG_FUZZ_TRACE in the environment it prints what it plays. */
#include <stdlib.h>

#include "../test/trace/opus_files.h"
#include "auditor.h"
#include "store/memory/open.h"
#include "wire/msgpack.h"
#include "wire/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONNS     8
#define STEPS_MAX 400

struct play {
    struct world world;
    struct auditor *auditor;
    struct cw_slice program;
    bool full[CONNS];    /* the queue of that connection */
    size_t login[CONNS]; /* whose token it uses, from 1; 0: none yet */
    unsigned texts;
    bool trace;
};

static uint8_t take(struct play *play)
{
    if (play->program.n == 0)
        return 0;
    play->program.n--;
    return *play->program.p++;
}

static const char *conn_name(unsigned c)
{
    static const char *const names[CONNS] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    return names[c];
}

static void show(struct play *play, const char *what, unsigned c, struct cw_slice bytes)
{
    if (!play->trace)
        return;
    fprintf(stderr, "%s%s", c < CONNS ? conn_name(c) : "", what);
    for (size_t i = 0; i < bytes.n; i++)
        fprintf(stderr, " %02x", bytes.p[i]);
    fputc('\n', stderr);
}

static void show_trace(struct play *play)
{
    if (play->trace)
        fwrite(play->world.trace.p, 1, play->world.trace.n, stderr);
    world_clear(&play->world);
}

/* --- messages --------------------------------------------------------------------------- */

/* Nearly always one of four; sometimes another spelling, or no name at all. */
static struct cw_slice choose_name(uint8_t choice, bool group)
{
    static const char *const names[2][12] = {{"alice", "bob", "carol", "dave", "ALICE", "Bob",
                                              "\xef\xbd\x83\x61rol", "dave", "", "@x", "nobody",
                                              "a b"},
                                             {"cooks", "poker", "chess", "go", "COOKS", "Poker",
                                              "chess", "go", "", "#cooks", "nowhere", "alice"}};
    size_t i = choice < 160 ? choice % 4u : choice % 12u;
    return cw_slice_str(names[group][i]);
}

static const char *choose(uint8_t choice, const char *const words[], size_t count)
{
    return words[choice % count];
}

static void pack_number_in_map(const char *key, uint64_t number, struct cw_buf *out)
{
    cw_pack_string(out, cw_slice_str(key));
    cw_pack_unsigned(out, number);
}

/* What texts and lists are asked with: most often nothing. */
static void pack_talk_map(uint8_t choice, struct cw_buf *out)
{
    static const char *const keys[] = {"n",     "reply_to", "before", "after", "around",
                                       "limit", "expires",  "uses",   "n"};
    uint64_t part = choice % 3u;
    if (choice < 128)
        return;
    bool two = choice % 5 == 0;
    cw_pack_map(out, (two ? 2u : 1u) + (part != 0));
    if (part != 0)
        pack_number_in_map("part", part, out);
    pack_number_in_map(choose(choice, keys, 9), choice / 9 % 8u, out);
    if (two)
        pack_number_in_map("limit", choice % 4u, out);
}

/* One of those that were made, or not quite. */
static void pack_invitation(struct play *play, uint8_t choice, struct cw_buf *out)
{
    char text[CW_TOKEN_LEN + 1];
    snprintf(text, sizeof text, "11111111-0000-4000-8000-%012u",
             choice % (play->world.invitations + 1));
    cw_pack_map(out, 1);
    cw_pack_string(out, cw_slice_str("invitation"));
    cw_pack_string(out, choice < 240 ? cw_slice_str(text) : cw_slice_str("wrong"));
}

static void pack_map(struct play *play, uint8_t choice, struct cw_buf *out)
{
    uint64_t head = auditor_messages(play->auditor);
    if (choice >= 192) { /* one that understands everything */
        static const char *const features[] = {"edits", "read",     "presence", "typing",  "groups",
                                               "opus",  "speaking", "own",      "received"};
        uint32_t count = choice < 224 ? 5 : choice < 244 ? 7 : choice < 248 ? 8 : 9;
        uint32_t from = choice >= 252 ? 8 : 0; /* `received` alone */
        cw_pack_map(out, 1);
        cw_pack_string(out, cw_slice_str("features"));
        cw_pack_array(out, count - from);
        for (size_t i = from; i < count; i++)
            cw_pack_string(out, cw_slice_str(features[i]));
        return;
    }
    if (choice % 4 == 0)
        return;
    cw_pack_map(out, choice % 4 == 1 ? 0 : 1);
    if (choice % 4 == 2 && choice >= 96) {
        pack_number_in_map("part", 1 + choice / 4u % 3, out);
    } else if (choice % 4 == 2) {
        cw_pack_string(out, cw_slice_str("client"));
        cw_pack_string(out, cw_slice_str("fuzz"));
    } else if (choice % 4 == 3) {
        cw_pack_string(out, cw_slice_str("since"));
        cw_pack_unsigned(out, (choice / 4u) % (head + 1));
    }
}

/* A file of 20 ms or two, or one that lies. */
static void pack_file(unsigned number, bool lie, struct cw_buf *out)
{
    struct cw_buf bytes = {0};
    struct opus_file file = {
        .channels = 1, .packets = 1 + number % 2, .number = number, .claim = lie};
    opus_file_write(&file, &bytes);
    cw_samples_encode_ext(CW_SAMPLES_OGG, cw_buf_slice(&bytes), out);
    cw_buf_finish(&bytes);
}

/* Sound, silence, and two that are none. */
static void pack_packet(unsigned number, uint8_t choice, struct cw_buf *out)
{
    static const struct cw_slice packets[] = {{(const uint8_t *)"\x08\1\2", 3},
                                              {(const uint8_t *)"\x08", 1},
                                              {(const uint8_t *)"\x09\1\2\3", 4},
                                              {(const uint8_t *)"\x1b\6", 2}};
    struct cw_slice packet = packets[choice % 4];
    uint8_t payload[12] = {0, 0, (uint8_t)(number >> 8), (uint8_t)number};
    memcpy(payload + 8, packet.p, packet.n);
    cw_samples_encode_ext(CW_SAMPLES_PACKET, cw_slice_of(payload, 8 + packet.n), out);
}

/* No two texts are the same, so that the auditor knows each again. `form`: of the
 * whole message; some have Opus in them. */
static void pack_samples(struct play *play, bool call, uint8_t form, struct cw_buf *out)
{
    unsigned number = ++play->texts;
    int16_t values[2] = {(int16_t)(number & 0x7fff), (int16_t)(number >> 15)};
    if (form / 16 % 4 != 1)
        cw_samples_encode(values, 2, out);
    else if (call)
        pack_packet(number, form, out);
    else
        pack_file(number, form % 16 == 2, out);
}

static void pack_content(struct play *play, struct cw_buf *out)
{
    char text[16];
    snprintf(text, sizeof text, "text %u", ++play->texts);
    cw_pack_string(out, cw_slice_str(text));
}

/* The name and token of a login: mostly this connection's, or another's. */
static void pack_pair(struct play *play, unsigned c, uint8_t choice, struct cw_buf *out)
{
    struct cw_slice name, token;
    size_t count = auditor_logins(play->auditor);
    if (count == 0) {
        cw_pack_string(out, choose_name(choice, false));
        cw_pack_string(out, cw_slice_str("no token"));
        return;
    }
    if ((choice >= 128 && choice < 249) || play->login[c] == 0 || play->login[c] > count)
        play->login[c] = 1 + choice % count;
    token = auditor_login(play->auditor, play->login[c] - 1, &name);
    if (choice >= 250)
        name = choose_name(choice, false);
    cw_pack_string(out, name);
    cw_pack_string(out, choice == 249 ? cw_slice_str("wrong") : token);
}

/* What has come lately, all of it, or nothing yet. */
static void pack_message_id(struct play *play, struct cw_buf *out)
{
    uint8_t choice = take(play);
    uint64_t head = auditor_messages(play->auditor);
    cw_pack_unsigned(out, choice % 4 == 0                         ? 0
                          : choice == 255                         ? UINT64_MAX
                          : choice % 4 == 1 || head < choice / 4u ? head
                                                                  : head - choice / 4u % 8);
}

/* A field of which nothing is known but its type, as it is of a new one. */
static void pack_by_type(struct play *play, enum cw_field field, struct cw_buf *out)
{
    static const char *const words[] = {"te",    "text 1",    "online", "away",    "member",
                                        "owner", "moderator", "open",   "invited", ""};
    if (cw_field_members[field].type == CW_T_UNSIGNED)
        cw_pack_unsigned(out, take(play) % 8u);
    else
        cw_pack_string(out,
                       cw_slice_str(choose(take(play), words, sizeof words / sizeof words[0])));
}

static void pack_field(struct play *play, unsigned c, enum cw_action action, enum cw_field field,
                       uint8_t form, struct cw_buf *out)
{
    bool with_token = action != CW_REGISTER && action != CW_LOGIN && action != CW_LOGOUT;
    struct cw_slice name;
    uint8_t choice;
    switch (field) {
    case CW_F_USERNAME:
        choice = take(play);
        if (with_token)
            pack_pair(play, c, choice, out);
        else
            cw_pack_string(out, choose_name(choice, false));
        break;
    case CW_F_NEW_PASSWORD:
    case CW_F_PASSWORD:
        cw_pack_string(out, cw_slice_str(take(play) < 240 ? "password1" : "password2"));
        break;
    case CW_F_CONVERSATION:
    case CW_F_RECIPIENT:
        choice = take(play);
        if (action != CW_WHISPER && choice % 2 == 1) {
            char to[16] = "#";
            name = choose_name(choice / 2, true);
            memcpy(to + 1, name.p, name.n + 1);
            cw_pack_string(out, cw_slice_str(to));
        } else {
            cw_pack_string(out, choose_name(choice, false));
        }
        break;
    case CW_F_CONTACT:
    case CW_F_MEMBER:
        cw_pack_string(out, choose_name(take(play), false));
        break;
    case CW_F_GROUP_NAME:
        cw_pack_string(out, choose_name(take(play), true));
        break;
    case CW_F_CHANNELS:
        cw_pack_unsigned(out, 1);
        break;
    case CW_F_SAMPLE_RATE:
        cw_pack_unsigned(out, 48000);
        break;
    case CW_F_CONTENT:
        pack_content(play, out);
        break;
    case CW_F_SAMPLES:
        pack_samples(play, action == CW_CALL_DATA, form, out);
        break;
    case CW_F_SEQ: /* mostly one that there is */
        choice = take(play);
        cw_pack_unsigned(out, choice == 255 ? UINT64_MAX : choice % 16u);
        break;
    case CW_F_MESSAGE_ID:
        pack_message_id(play, out);
        break;
    case CW_F_TOKEN: /* packed with its name */
        break;
    default:
        pack_by_type(play, field, out);
    }
}

static const struct cw_message_row *row_of(enum cw_action action)
{
    size_t count;
    const struct cw_message_row *rows = cw_message_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].action == action &&
            (rows[i].kind == CW_REQUEST || rows[i].kind == CW_CLIENT_UPDATE))
            return &rows[i];
    return NULL; /* the server alone says it */
}

static void send_frame(struct play *play, unsigned c, const struct cw_buf *frame, bool envelope)
{
    struct world_conn *conn = world_find(&play->world, conn_name(c));
    if (conn == NULL || !conn->open || !conn->reading || conn->closing)
        return;
    show(play, envelope ? " hex (in an envelope)" : " hex", c, cw_buf_slice(frame));
    world_message(&play->world, conn, cw_buf_slice(frame), envelope);
    show_trace(play);
}

static void send_action(struct play *play, unsigned c, enum cw_action action, uint8_t form)
{
    const struct cw_message_row *row = row_of(action);
    struct cw_buf frame = {0};
    if (row == NULL)
        return;
    if (form % 8 != 7 || row->kind == CW_CLIENT_UPDATE) /* both forms are good */
        cw_pack_string(&frame, cw_slice_str(row->kind == CW_REQUEST ? "request" : "update"));
    cw_pack_string(&frame, cw_slice_str(row->name));
    for (size_t i = 0; row->fields[i] != CW_F_NONE; i++)
        pack_field(play, c, action, row->fields[i], form, &frame);
    if (action == CW_LOGIN || action == CW_ATTACH)
        pack_map(play, take(play), &frame);
    else if ((action == CW_JOIN_GROUP || action == CW_REGISTER) && form >= 64 && form < 250)
        pack_invitation(play, take(play), &frame);
    else if (row->kind == CW_REQUEST && form >= 64 && form < 250)
        pack_talk_map(take(play), &frame);
    if (form >= 250)
        frame.n--;
    size_t logins = auditor_logins(play->auditor);
    send_frame(play, c, &frame, form % 16 == 15);
    if (action == CW_LOGIN && auditor_logins(play->auditor) > logins)
        play->login[c] = auditor_logins(play->auditor);
    cw_buf_finish(&frame);
}

static void send_raw(struct play *play, unsigned c, uint8_t n)
{
    struct cw_buf frame = {0};
    for (unsigned i = 0; i < n % 32u; i++)
        cw_buf_append_byte(&frame, take(play));
    send_frame(play, c, &frame, false);
    cw_buf_finish(&frame);
}

/* --- steps ------------------------------------------------------------------------------------ */

static void connect(struct play *play, unsigned c, bool remote, bool req)
{
    show(play,
         remote ? " connects (remote)"
         : req  ? " connects (req)"
                : " connects",
         c, (struct cw_slice){0});
    struct world_conn *conn = world_find(&play->world, conn_name(c));
    if (conn == NULL || !conn->open)
        play->full[c] = false;
    world_connect(&play->world, conn_name(c), remote, req);
    show_trace(play);
}

static void disconnect(struct play *play, unsigned c)
{
    show(play, " closes", c, (struct cw_slice){0});
    world_close(&play->world, conn_name(c));
    show_trace(play);
}

static void conn_event(struct play *play, unsigned c, bool received)
{
    struct world_conn *conn = world_find(&play->world, conn_name(c));
    if (conn == NULL || !conn->open)
        return;
    uint64_t mark = auditor_probe_of(play->auditor, conn->id);
    if (received && mark != 0) {
        show(play, " received", c, (struct cw_slice){0});
        world_conn_event(&play->world, conn, CW_EV_RECEIVED, mark);
    } else if (!received) {
        play->full[c] = !play->full[c];
        show(play, play->full[c] ? " queue full" : " queue empty", c, (struct cw_slice){0});
        world_conn_event(&play->world, conn, play->full[c] ? CW_EV_QUEUE_FULL : CW_EV_QUEUE_EMPTY,
                         0);
    }
    show_trace(play);
}

static void advance(struct play *play, uint64_t ms)
{
    char what[32];
    snprintf(what, sizeof what, "at %llu", (unsigned long long)(play->world.now_ms + ms));
    show(play, what, CONNS, (struct cw_slice){0});
    world_advance(&play->world, play->world.now_ms + ms);
    show_trace(play);
}

static void release(struct play *play)
{
    show(play, "release", CONNS, (struct cw_slice){0});
    world_release(&play->world);
    show_trace(play);
}

static void restart(struct play *play, bool lost)
{
    show(play, lost ? "restart (what waits is lost)" : "restart", CONNS, (struct cw_slice){0});
    world_restart(&play->world, lost);
    auditor_restarted(play->auditor);
    memset(play->full, 0, sizeof play->full);
}

static void trouble(struct play *play, uint8_t which)
{
    static const char *const what[] = {"hold",           "release",         "disk full",
                                       "disk ok",        "hash busy",       "hash ok",
                                       "hold passwords", "first invitation"};
    which %= 10;
    if (which == 1) {
        release(play);
        return;
    }
    if (which >= 8) {
        restart(play, which == 8);
        return;
    }
    show(play, what[which], CONNS, (struct cw_slice){0});
    if (which == 6)
        play->world.hold_passwords = true;
    else if (which == 7)
        world_first_invitation(&play->world);
    else if (which == 0)
        play->world.hold = true;
    else if (which < 4)
        cw_store_memory_set_full(play->world.store, which == 2);
    else
        play->world.hash_busy = which == 4;
}

/* What owners, moderators and people with enemies do: too rare among all actions. */
static void manage(struct play *play, unsigned c, uint8_t choice)
{
    static const enum cw_action actions[] = {CW_BLOCK,
                                             CW_UNBLOCK,
                                             CW_MUTE,
                                             CW_KICK,
                                             CW_BAN,
                                             CW_UNBAN,
                                             CW_SET_ROLE,
                                             CW_SET_ACCESS,
                                             CW_INVITE,
                                             CW_INVITE_USER,
                                             CW_JOIN_GROUP,
                                             CW_REGISTER,
                                             CW_LEAVE_GROUP,
                                             CW_REVOKE_SESSION,
                                             CW_CHANGE_PASSWORD,
                                             CW_WHISPER,
                                             CW_MSG_GROUP,
                                             CW_INVITATIONS,
                                             CW_WITHDRAW_INVITATION,
                                             CW_SESSIONS,
                                             CW_RECEIVED};
    send_action(play, c, actions[choice % (sizeof actions / sizeof actions[0])], take(play));
}

static void step(struct play *play)
{
    static const uint32_t waits_ms[] = {1,    20,    200,   1000,
                                        5000, 10000, 60000, 31u * 24 * 3600 * 1000};
    uint8_t what = take(play);
    unsigned c = what / 16u % CONNS;
    uint8_t argument;
    what %= 16;
    if (what < 8) {
        argument = take(play);
        send_action(play, c, 1 + argument % (CW_ACTION_COUNT - 1), take(play));
    } else if (what == 8) {
        argument = take(play);
        connect(play, c, argument % 4 == 3, argument % 8 == 1);
    } else if (what == 9) {
        disconnect(play, c);
    } else if (what == 10) {
        advance(play, waits_ms[take(play) % 8]);
    } else if (what == 11 || what == 12) {
        conn_event(play, c, true);
    } else if (what == 13) {
        conn_event(play, c, false);
    } else if (what == 14) {
        trouble(play, take(play));
    } else {
        argument = take(play);
        if (argument < 128)
            send_raw(play, c, argument);
        else
            manage(play, c, argument);
    }
    auditor_check_accounts(play->auditor);
    if (play->world.stored_count > WORLD_STORED_MAX / 4)
        release(play);
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void play_program(struct play *play, const char *program, size_t n)
{
    struct cw_slice rest = play->program;
    play->program = cw_slice_of(program, n);
    while (play->program.n != 0)
        step(play);
    play->program = rest;
}

/* Three users who have each other as contacts, so that a program need not start from nothing.
 * `closed`: later users need an invitation. */
static void prepare(struct play *play, bool closed)
{
    static const char names[] = "\x08\0" /* connect */
                                "\x18\0"
                                "\x28\0"
                                "\x00\0\0\0\0" /* register */
                                "\x10\0\0\1\0"
                                "\x20\0\0\2\0";
    static const char sessions[] = "\x08\0"
                                   "\x18\0"
                                   "\x28\0"
                                   "\x00\1\0\0\0\0" /* login, the third understands all */
                                   "\x10\1\0\1\0\0"
                                   "\x20\1\0\2\0\xf0"
                                   "\x00\6\0\0\0" /* create_group */
                                   "\x10\7\0\0\0" /* join_group */
                                   "\x20\7\0\0\0";
    play_program(play, names, sizeof names - 1);
    if (closed) {
        play->world.config.registration_open = false;
        play->world.config.registration_by_invitation = true;
        auditor_close_registration(play->auditor);
        restart(play, true);
    }
    play_program(play, sessions, sizeof sessions - 1);
}

static void reap(struct play *play)
{
    for (unsigned c = 0; c < CONNS; c++) {
        const struct world_conn *conn = world_find(&play->world, conn_name(c));
        if (conn != NULL && conn->open && conn->closing)
            disconnect(play, c);
    }
}

static void heal(struct play *play)
{
    trouble(play, 3);
    trouble(play, 5);
    release(play);
    for (unsigned c = 0; c < CONNS; c++)
        if (play->full[c])
            conn_event(play, c, false);
    reap(play);
    auditor_check_settled(play->auditor);
    advance(play, 1000);
    reap(play);
    auditor_check_settled(play->auditor);
}

/* Whatever became of the connections: each session has its messages. */
static void take_up_again(struct play *play)
{
    for (unsigned c = 0; c < CONNS; c++)
        disconnect(play, c);
    for (size_t i = 0; i < auditor_logins(play->auditor); i++) {
        struct cw_buf frame = {0};
        struct cw_slice name, token = auditor_login(play->auditor, i, &name);
        connect(play, 0, false, false);
        cw_pack_string(&frame, cw_slice_str("attach"));
        cw_pack_string(&frame, name);
        cw_pack_string(&frame, token);
        send_frame(play, 0, &frame, false);
        cw_buf_finish(&frame);
        auditor_check_settled(play->auditor);
        disconnect(play, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct play play;
    struct cw_core_config config = world_config();
    memset(&play, 0, sizeof play);
    play.program = cw_slice_of(data, size);
    play.trace = getenv("CHINWAG_FUZZ_TRACE") != NULL;
    uint8_t how = take(&play);
    if ((how & 1) != 0) {
        config.requests_per_s = config.texts_per_s = 2;
        config.requests_burst = 20;
        config.texts_burst = 5;
    }
    world_init(&play.world, &config);
    play.world.quiet = !play.trace;
    play.auditor = auditor_create(&play.world);
    if ((how & 8) != 0) /* a page that is awaited is more than all of it */
        play.world.conn_memory_max = 64 * 1024;
    if ((how & 2) == 0)
        prepare(&play, (how & 4) != 0);
    for (int i = 0; i < STEPS_MAX && play.program.n != 0; i++)
        step(&play);
    heal(&play);
    take_up_again(&play);
    auditor_check_accounts(play.auditor);
    world_finish(&play.world);
    auditor_destroy(play.auditor);
    return 0;
}
