/* play_message.c - messages that a program of the fuzzer sends: mostly ones that mean something in
 * its world, with the names, tokens, ids and invitations that there are, and some that do not.
 * See play.h. */
#include "../test/trace/opus_files.h"
#include "play.h"
#include "wire/msgpack.h"
#include "wire/table.h"

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
/* One of those that the world has made: an invitation, or a link for a new device. */
static void name_invitation(const struct play *play, uint8_t choice, char text[CW_TOKEN_LEN + 1])
{
    snprintf(text, CW_TOKEN_LEN + 1, "11111111-0000-4000-8000-%012u",
             choice % (play->world.invitations + 1));
}

static void pack_invitation(struct play *play, uint8_t choice, struct cw_buf *out)
{
    char text[CW_TOKEN_LEN + 1];
    name_invitation(play, choice, text);
    cw_pack_map(out, 1);
    cw_pack_string(out, cw_slice_str("invitation"));
    cw_pack_string(out, choice < 240 ? cw_slice_str(text) : cw_slice_str("wrong"));
}

static void pack_map(struct play *play, uint8_t choice, struct cw_buf *out)
{
    uint64_t head = auditor_messages(play->auditor);
    if (choice >= 192) { /* one that understands everything */
        static const char *const features[] = {"edits",  "read",    "presence", "typing",
                                               "groups", "opus",    "speaking", "calls",
                                               "own",    "received"};
        uint32_t count = choice < 224 ? 5 : choice < 244 ? 8 : choice < 248 ? 9 : 10;
        uint32_t from = choice >= 252 ? 9 : 0; /* `received` alone */
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
        cw_pack_unsigned(out, choice == 191 ? head + 1 : (choice / 4u) % (head + 1));
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
    char text[48];
    bool mentions = ++play->texts % 4 == 0;
    snprintf(text, sizeof text, "text %u%s", play->texts, mentions ? " @bob @Carol's @here" : "");
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
    uint8_t choice = play_take(play);
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
        cw_pack_unsigned(out, play_take(play) % 8u);
    else
        cw_pack_string(
            out, cw_slice_str(choose(play_take(play), words, sizeof words / sizeof words[0])));
}

static void pack_name_behind(char mark, struct cw_slice name, struct cw_buf *out)
{
    char text[16] = {mark};
    memcpy(text + 1, name.p, name.n + 1);
    cw_pack_string(out, cw_slice_str(text));
}

static void pack_setting(struct play *play, enum cw_field field, struct cw_buf *out)
{
    static const char *const levels[] = {"all", "mentions", "nothing", "default", "", "some"};
    static const char *const hours[] = {"22:00-07:00 +02:00", "08:00-08:00 1 -03:30", "off", ""};
    bool level = field == CW_F_LEVEL;
    cw_pack_string(out, cw_slice_str(choose(play_take(play), level ? levels : hours,
                                            level ? sizeof levels / sizeof levels[0]
                                                  : sizeof hours / sizeof hours[0])));
}

static void pack_field(struct play *play, unsigned c, enum cw_action action, enum cw_field field,
                       uint8_t form, struct cw_buf *out)
{
    bool with_token = action != CW_REGISTER && action != CW_LOGIN && action != CW_LOGOUT;
    uint8_t choice;
    switch (field) {
    case CW_F_USERNAME:
        choice = play_take(play);
        if (with_token)
            pack_pair(play, c, choice, out);
        else
            cw_pack_string(out, choose_name(choice, false));
        break;
    case CW_F_NEW_PASSWORD:
    case CW_F_PASSWORD:
        cw_pack_string(out, cw_slice_str(play_take(play) < 240 ? "password1" : "password2"));
        break;
    case CW_F_EXTENT:
        cw_pack_string(out, cw_slice_str(play_take(play) % 2 == 0 ? "account" : "messages"));
        break;
    case CW_F_CONVERSATION:
    case CW_F_RECIPIENT:
        choice = play_take(play);
        if (action != CW_WHISPER && choice % 2 == 1) {
            pack_name_behind('#', choose_name(choice / 2, true), out);
        } else {
            cw_pack_string(out, choose_name(choice, false));
        }
        break;
    case CW_F_CONTACT:
    case CW_F_MEMBER:
        cw_pack_string(out, choose_name(play_take(play), false));
        break;
    case CW_F_GROUP_NAME: /* or a call of two */
        choice = play_take(play);
        if ((action == CW_JOIN_CALL || action == CW_CALL_DATA) && choice >= 128)
            pack_name_behind('@', choose_name(choice, false), out);
        else
            cw_pack_string(out, choose_name(choice, true));
        break;
    case CW_F_CHANNELS:
        cw_pack_unsigned(out, 1);
        break;
    case CW_F_SAMPLE_RATE:
        cw_pack_unsigned(out, 48000);
        break;
    case CW_F_LEVEL:
    case CW_F_HOURS:
        pack_setting(play, field, out);
        break;
    case CW_F_CONTENT:
        pack_content(play, out);
        break;
    case CW_F_SAMPLES:
        pack_samples(play, action == CW_CALL_DATA, form, out);
        break;
    case CW_F_SEQ: /* mostly one that there is */
        choice = play_take(play);
        cw_pack_unsigned(out, choice == 255 ? UINT64_MAX : choice % 16u);
        break;
    case CW_F_MESSAGE_ID:
        pack_message_id(play, out);
        break;
    case CW_F_DIGITS:
        cw_pack_string(out, cw_slice_str(play_take(play) % 4 != 0 ? "123456" : "654321"));
        break;
    case CW_F_LINK: { /* mostly the newest */
        char text[CW_TOKEN_LEN + 1];
        choice = play_take(play);
        name_invitation(play, choice % 4 == 0 ? choice : (uint8_t)play->world.invitations, text);
        cw_pack_string(out, cw_slice_str(text));
        break;
    }
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

void play_send_frame(struct play *play, unsigned c, const struct cw_buf *frame, bool envelope)
{
    struct world_conn *conn = world_find(&play->world, play_conn_name(c));
    if (conn == NULL || !conn->open || !conn->reading || conn->closing)
        return;
    play_show(play, envelope ? " hex (in an envelope)" : " hex", c, cw_buf_slice(frame));
    world_message(&play->world, conn, cw_buf_slice(frame), envelope);
    play_show_trace(play);
}

void play_send_action(struct play *play, unsigned c, enum cw_action action, uint8_t form)
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
    if (action == CW_LOGIN || action == CW_LOGIN_BY_LINK || action == CW_ATTACH)
        pack_map(play, play_take(play), &frame);
    else if ((action == CW_JOIN_GROUP || action == CW_REGISTER) && form >= 64 && form < 250)
        pack_invitation(play, play_take(play), &frame);
    else if (row->kind == CW_REQUEST && form >= 64 && form < 250)
        pack_talk_map(play_take(play), &frame);
    if (form >= 250)
        frame.n--;
    size_t logins = auditor_logins(play->auditor);
    play_send_frame(play, c, &frame, form % 16 == 15);
    if (action == CW_LOGIN && auditor_logins(play->auditor) > logins)
        play->login[c] = auditor_logins(play->auditor);
    cw_buf_finish(&frame);
}

void play_send_raw(struct play *play, unsigned c, uint8_t n)
{
    struct cw_buf frame = {0};
    for (unsigned i = 0; i < n % 32u; i++)
        cw_buf_append_byte(&frame, play_take(play));
    play_send_frame(play, c, &frame, false);
    cw_buf_finish(&frame);
}
