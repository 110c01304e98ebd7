/* proto_chinwag.c - Chinwag's own protocol by hand: a plain client on a DEALER
 * of ZMTP 3.1, or on what transport_connect gives. docs/protocol.md has every
 * message with its bytes.
 *
 * It goes step by step, as a ZeroMQ library does: greeting, READY, and then
 * register, login and the groups, or attach when there is a token. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "frame/framer.h"

enum { GREETING, READY, REGISTER, LOGIN, GROUPS, CALL, ATTACH, DONE };
#define PASSWORD                                                                                   \
    "\xac"                                                                                         \
    "correct pass"
#define REQUEST                                                                                    \
    "\xa7"                                                                                         \
    "request"
#define NAME_SIZE 10 /* a name as MessagePack: a head, a letter, 8 hex digits */

static const char greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL";
static const char ready[] = "\4\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0";

/* --- writing -------------------------------------------------------------------------- */

static void put_name(uint8_t to[NAME_SIZE], char letter, uint32_t number)
{
    to[0] = 0xa9;
    to[1] = (uint8_t)letter;
    hex_put(to + 2, number, 8);
}

static void put_group(uint8_t to[NAME_SIZE], uint32_t channel)
{
    put_name(to, 'g', channel - GROUP(0));
}

/* Frames in plain form that the framer has not sealed yet: none between two calls of these. */
static struct cw_buf unsealed;

/* Writes the header of a frame of n bytes, which are to be appended to what it returns. RFC 37: a
 * flags octet, 2 for a long frame, and the length. */
static struct cw_buf *begin_frame(struct conn *conn, size_t n)
{
    uint8_t head[CW_FRAMER_HEADER_MAX] = {0, (uint8_t)n};
    if (conn->framer != NULL) {
        uint8_t *end = head + sizeof head;
        size_t head_n = cw_framer_header(conn->framer, end, n, false);
        cw_buf_append(&unsealed, end - head_n, head_n);
        return &unsealed;
    }
    size_t size = 2;
    if (n > 255) {
        head[0] = 2;
        for (size = 1; size < 9; size++)
            head[size] = (uint8_t)((uint64_t)n >> (8 * (8 - size)));
    }
    cw_buf_append(&conn->out, head, size);
    return &conn->out;
}

/* Once the frame is whole. */
static void end_frame(struct conn *conn)
{
    struct cw_slice plain = cw_buf_slice(&unsealed);
    if (plain.n != 0)
        cw_framer_seal(conn->framer, &plain, 1, &conn->out);
    unsealed.n = 0;
}

/* A request whose last object is `tail`, head and body apart. */
static void put_request(struct conn *conn, const char *before, size_t before_n, const void *middle,
                        size_t middle_n, const void *head, size_t head_n, struct cw_slice tail)
{
    struct cw_buf *out =
        begin_frame(conn, before_n + sizeof conn->credentials + middle_n + head_n + tail.n);
    cw_buf_append(out, before, before_n);
    cw_buf_append(out, conn->credentials, sizeof conn->credentials);
    cw_buf_append(out, middle, middle_n);
    if (head_n != 0)
        cw_buf_append(out, head, head_n);
    if (tail.n != 0)
        cw_buf_append(out, tail.p, tail.n);
    end_frame(conn);
}

#define ACTION(text) text, sizeof text - 1

static size_t string_head(uint8_t head[3], size_t n)
{
    size_t size = n < 256 ? 2 : 3;
    head[0] = n < 256 ? 0xd9 : 0xda;
    head[1] = (uint8_t)(n < 256 ? n : n >> 8);
    head[2] = (uint8_t)n;
    return size;
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    uint8_t name[NAME_SIZE], head[3];
    size_t head_n = string_head(head, payload.n);
    conn->asked++;
    if (is_group(channel)) {
        put_group(name, channel);
        put_request(conn,
                    ACTION(REQUEST "\xa9"
                                   "msg_group"),
                    name, NAME_SIZE, head, head_n, payload);
    } else {
        put_name(name, 'u', channel);
        put_request(conn,
                    ACTION(REQUEST "\xa7"
                                   "whisper"),
                    name, NAME_SIZE, head, head_n, payload);
    }
}

/* Every byte of the payload is a sample: a positive fixint. */
static void publish_live(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    uint8_t name[NAME_SIZE];
    uint8_t head[3] = {0xdc, (uint8_t)(payload.n >> 8), (uint8_t)payload.n};
    put_group(name, channel);
    put_request(conn,
                ACTION("\xa6"
                       "update"
                       "\xa9"
                       "call_data"),
                name, NAME_SIZE, head, sizeof head, payload);
}

void chinwag_voice_message(struct conn *conn, uint32_t to, struct cw_slice encoded)
{
    uint8_t middle[NAME_SIZE + 4];
    conn->asked++;
    put_name(middle, 'u', to);
    memcpy(middle + NAME_SIZE, "\1\xcd\xbb\x80", 4); /* 1 channel, 48,000 Hz */
    put_request(conn,
                ACTION(REQUEST "\xa9"
                               "voice_msg"),
                middle, sizeof middle, NULL, 0, encoded);
}

static void ask_account(struct conn *conn, const char *action)
{
    uint8_t name[NAME_SIZE];
    put_name(name, 'u', conn->id);
    struct cw_buf *out =
        begin_frame(conn, 8 + 1 + strlen(action) + NAME_SIZE + sizeof PASSWORD - 1);
    cw_buf_append(out, REQUEST, 8);
    cw_buf_append_byte(out, (uint8_t)(0xa0 | strlen(action)));
    cw_buf_append(out, action, strlen(action));
    cw_buf_append(out, name, NAME_SIZE);
    cw_buf_append(out, PASSWORD, sizeof PASSWORD - 1);
    end_frame(conn);
}

static const uint32_t *channels_of(const struct conn *conn)
{
    return conn->channels != NULL ? conn->channels : &conn->channel;
}

static void ask_group(struct conn *conn, bool create)
{
    uint8_t name[NAME_SIZE];
    struct cw_slice none = {0};
    put_group(name, channels_of(conn)[conn->confirmed]);
    if (create)
        put_request(conn,
                    ACTION(REQUEST "\xac"
                                   "create_group"),
                    name, NAME_SIZE, NULL, 0, none);
    else
        put_request(conn,
                    ACTION(REQUEST "\xaa"
                                   "join_group"),
                    name, NAME_SIZE, NULL, 0, none);
}

/* --- reading -------------------------------------------------------------------------- */

/* The string at p (its end is checked by the caller's frame). */
static struct cw_slice string_at(const uint8_t **p)
{
    const uint8_t *s = *p;
    size_t n;
    if (*s >> 5 == 5) {
        n = *s++ & 31;
    } else if (*s == 0xd9) {
        n = s[1];
        s += 2;
    } else if (*s == 0xda) {
        n = (size_t)s[1] << 8 | s[2];
        s += 3;
    } else {
        die("no string where one is drawn: %02x", *s);
    }
    *p = s + n;
    return cw_slice_of(s, n);
}

static bool is(struct cw_slice s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* The elements of a sample list, for those whose every sample is a byte. */
static struct cw_slice samples_at(const uint8_t *p, const uint8_t *end)
{
    if (*p == 0xdd)
        return cw_slice_of(p, (size_t)(end - p)); /* a recording: as it came */
    if (*p != 0xdc || ((size_t)p[1] << 8 | p[2]) != (size_t)(end - p - 3))
        die("samples came changed");
    return cw_slice_of(p + 3, (size_t)(end - p - 3));
}

static void take_update(const uint8_t *p, const uint8_t *end, struct event *event)
{
    struct cw_slice action = string_at(&p);
    event->type = EVENT_MESSAGE;
    if (action.n == 9 && action.p[0] == 'm') /* msg_group */
        string_at(&p);
    event->sender = string_at(&p);
    if (action.n == 9 && action.p[0] == 'c') { /* call_data */
        event->payload = samples_at(p, end);
        p = end;
    } else if (action.n == 9 && action.p[0] == 'v') { /* voice_msg */
        event->payload = samples_at(p + 4, end);
        event->sender.n = 0;
        p = end;
    } else {
        event->payload = string_at(&p);
    }
    if (p != end)
        die("an update of %.*s is not as drawn", (int)action.n, (const char *)action.p);
}

static void next_step(struct conn *conn, struct event *event)
{
    unsigned groups = is_group(channels_of(conn)[0]) ? conn->channel_count : 0;
    uint8_t name[NAME_SIZE];
    if (conn->stage == ATTACH)
        conn->confirmed = groups;
    if (conn->confirmed < groups) {
        conn->stage = GROUPS;
        ask_group(conn, true);
    } else if (conn->call && conn->stage != CALL) {
        conn->stage = CALL;
        put_group(name, conn->channel);
        put_request(conn,
                    ACTION(REQUEST "\xa9"
                                   "join_call"),
                    name, NAME_SIZE, NULL, 0, (struct cw_slice){0});
    } else {
        conn->stage = DONE;
        event->type = EVENT_READY;
    }
}

/* create_group, join_group where another client was first, and join_group again where that client's
 * create_group was not executed yet. */
static void take_group(struct conn *conn, int code, bool create, struct event *event)
{
    if (code == 0) {
        conn->confirmed++;
        next_step(conn, event);
    } else if ((create && code == 767) || (!create && code == 768)) {
        ask_group(conn, false);
    } else {
        die("client %u: a group was refused: %d", conn->id, code);
    }
}

static void take_login(struct conn *conn, const uint8_t *p)
{
    string_at(&p);
    struct cw_slice token = string_at(&p);
    put_name(conn->credentials, 'u', conn->id);
    conn->credentials[NAME_SIZE] = 0xd9;
    conn->credentials[NAME_SIZE + 1] = 36;
    memcpy(conn->credentials + NAME_SIZE + 2, token.p, 36);
    conn->attach = true;
}

static int code_at(const uint8_t **p)
{
    const uint8_t *s = *p;
    *p += *s == 0xcd ? 3 : *s == 0xcc ? 2 : 1;
    return *s == 0xcd ? s[1] << 8 | s[2] : *s == 0xcc ? s[1] : *s;
}

static void take_response(struct conn *conn, const uint8_t *p, struct event *event)
{
    struct cw_slice action = string_at(&p);
    int code = code_at(&p);
    if (conn->stage == GROUPS) {
        take_group(conn, code, is(action, "create_group"), event);
        return;
    }
    if (code != 0)
        die("client %u: %.*s was answered %d", conn->id, (int)action.n, (const char *)action.p,
            code);
    if (conn->stage == DONE) {
        conn->answered++;
    } else if (conn->stage == REGISTER) {
        conn->stage = LOGIN;
        ask_account(conn, "login");
    } else {
        if (conn->stage == LOGIN)
            take_login(conn, p);
        next_step(conn, event);
    }
}

/* The handshake is done. */
static void log_in(struct conn *conn, struct event *event)
{
    if (conn->only_handshake) {
        conn->stage = DONE;
        event->type = EVENT_READY;
    } else if (conn->attach) {
        conn->stage = ATTACH;
        put_request(conn,
                    ACTION(REQUEST "\xa6"
                                   "attach"),
                    "", 0, NULL, 0, (struct cw_slice){0});
    } else {
        conn->stage = REGISTER;
        ask_account(conn, "register");
    }
}

/* READY of the server, or a PING, which its PONG repeats. */
static void take_command(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    if (n >= 7 && memcmp(p, "\4PING", 5) == 0) {
        uint8_t head[7] = {4, (uint8_t)(n - 2), 4, 'P', 'O', 'N', 'G'};
        cw_buf_append(&conn->out, head, sizeof head);
        cw_buf_append(&conn->out, p + 7, n - 7);
    } else if (conn->stage == READY) {
        log_in(conn, event);
    } else {
        die("client %u: a command that nobody expected: %.*s", conn->id, p[0], (const char *)p + 1);
    }
}

static void take_message(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    if (n > 7 && memcmp(p, "\xa6update", 7) == 0)
        take_update(p + 7, p + n, event);
    else if (n > 9 && memcmp(p, "\xa8response", 9) == 0)
        take_response(conn, p + 9, event);
    else
        die("client %u: neither an update nor a response", conn->id);
}

/* All of it: the framer keeps what is not whole. */
static size_t parse_by_framer(struct conn *conn, const uint8_t *p, size_t n)
{
    struct cw_slice in = cw_slice_of(p, n);
    struct cw_framer_event got;
    do {
        struct event event = {0};
        got = cw_framer_input(conn->framer, &in, &unsealed);
        end_frame(conn);
        if (got.type == CW_FRAMER_FAILED || got.type == CW_FRAMER_CLOSED)
            die("client %u: its transport ended: %s", conn->id,
                got.reason == NULL ? "closed" : got.reason);
        if (got.type == CW_FRAMER_READY)
            log_in(conn, &event);
        else if (got.type == CW_FRAMER_MESSAGE)
            take_message(conn, got.body.p, got.body.n, &event);
        net_take(conn, &event);
    } while (got.type != CW_FRAMER_NEED_MORE);
    return n;
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    if (conn->framer != NULL)
        return parse_by_framer(conn, p, n);
    if (conn->stage == GREETING) {
        if (n < sizeof greeting)
            return 0;
        conn->stage = READY;
        cw_buf_append(&conn->out, ready, sizeof ready);
        return sizeof greeting;
    }
    size_t head = 2, size = n < 2 ? 0 : p[1];
    if (n < 2 || (p[0] & 2 && n < 9))
        return 0;
    if (p[0] & 2)
        for (head = 1, size = 0; head < 9; head++)
            size = size << 8 | p[head];
    if (n < head + size)
        return 0;
    const uint8_t *body = p + head;
    if (p[0] & 4)
        take_command(conn, body, size, event);
    else
        take_message(conn, body, size, event);
    return head + size;
}

static void hello(struct conn *conn)
{
    conn->framer = transport_connect();
    if (conn->framer == NULL) {
        cw_buf_append(&conn->out, greeting, sizeof greeting);
        return;
    }
    cw_framer_start(conn->framer, &unsealed);
    end_frame(conn);
}

const struct protocol protocol_chinwag = {.joins = true,
                                          .hello = hello,
                                          .publish = publish,
                                          .publish_live = publish_live,
                                          .parse = parse};
