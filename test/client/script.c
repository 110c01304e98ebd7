/* script.c - see script.h. */
#include "script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"

#define START_MS 1000

void script_start(struct script *s, const struct cw_client_config *config)
{
    struct cw_client_config plain = {.client_name = cw_slice_str("test"), .part = 7, .seed = 1};
    *s = (struct script){.now = START_MS};
    s->client = cw_client_create(config != NULL ? config : &plain);
}

void script_finish(struct script *s)
{
    cw_client_destroy(s->client);
    cw_zmtp_finish(&s->server);
    for (size_t i = 0; i < s->received_count; i++)
        cw_buf_finish(&s->received[i]);
}

static void take_from_client(struct script *s, struct cw_slice bytes)
{
    struct cw_buf answer = {0};
    struct cw_framer_event event;
    while ((event = cw_framer_input(&s->server.framer, &bytes, &answer)).type !=
           CW_FRAMER_NEED_MORE) {
        assert_int_not_equal(event.type, CW_FRAMER_FAILED);
        assert_int_not_equal(event.type, CW_FRAMER_REFUSED);
        if (event.type == CW_FRAMER_PING)
            s->pings++;
        if (event.type != CW_FRAMER_MESSAGE)
            continue;
        assert_true(s->received_count < SCRIPT_MESSAGES_MAX);
        struct cw_buf *body = &s->received[s->received_count++];
        cw_buf_append(body, event.body.p, event.body.n);
    }
    /* Octet 11 of a greeting is the minor version. */
    if (s->speaks_3_0 && answer.n >= 64 && answer.p[0] == 0xff)
        answer.p[11] = 0;
    if (answer.n != 0)
        cw_client_input(s->client, cw_buf_slice(&answer), s->now);
    cw_buf_finish(&answer);
}

void script_pump(struct script *s)
{
    cw_client_run(s->client, s->now);
    struct cw_slice output = cw_client_output(s->client);
    if (output.n == 0)
        return;
    struct cw_buf copy = {0};
    cw_buf_append(&copy, output.p, output.n);
    cw_client_sent(s->client, output.n);
    take_from_client(s, cw_buf_slice(&copy));
    cw_buf_finish(&copy);
}

void script_open(struct script *s)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_CLIENT_MESSAGE_MAX);
    cw_client_connected(s->client, framer, s->proof, false, s->now);
}

void script_connect(struct script *s)
{
    cw_client_run(s->client, s->now);
    assert_int_equal(cw_client_state(s->client), CW_CLIENT_CONNECTING);
    cw_zmtp_finish(&s->server);
    cw_zmtp_init(&s->server, CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    script_open(s);
    script_pump(s); /* our greeting brings the server's, and READY */
    script_event(s, CHINWAG_CONNECTED);
    script_pump(s);
}

void script_close(struct script *s)
{
    cw_client_closed(s->client, CHINWAG_SUCCESS, "the test closed it");
}

struct chinwag_event script_event(struct script *s, enum chinwag_event_type type)
{
    struct chinwag_event event;
    assert_true(cw_client_next(s->client, s->now, &event));
    assert_int_equal(event.type, type);
    return event;
}

void script_answer(struct script *s, int64_t number, int code)
{
    struct chinwag_event event = script_event(s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, number);
    assert_int_equal(event.code, code);
}

void script_no_event(struct script *s)
{
    struct chinwag_event event;
    assert_false(cw_client_next(s->client, s->now, &event));
}

struct cw_msg script_received(struct script *s, enum cw_action action)
{
    script_pump(s);
    assert_true(s->received_read < s->received_count);
    struct cw_msg msg;
    struct cw_slice body = cw_buf_slice(&s->received[s->received_read++]);
    assert_int_equal(cw_msg_decode(CW_READER_SERVER, body, &msg), CW_SUCCESS);
    assert_int_equal(msg.action, action);
    return msg;
}

void script_received_nothing(struct script *s)
{
    script_pump(s);
    assert_int_equal(s->received_read, s->received_count);
}

void script_send_bytes(struct script *s, const void *p, size_t n)
{
    cw_client_input(s->client, cw_slice_of(p, n), s->now);
}

void script_send_body(struct script *s, const void *p, size_t n)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t header_n = cw_framer_header(&s->server.framer, end, n, false);
    script_send_bytes(s, end - header_n, header_n);
    script_send_bytes(s, p, n);
}

void script_send(struct script *s, const struct cw_msg *msg)
{
    struct cw_buf body = {0};
    cw_msg_encode(msg, true, &body);
    script_send_body(s, body.p, body.n);
    cw_buf_finish(&body);
}

void script_respond(struct script *s, enum cw_action action, int code)
{
    script_send(s, &(struct cw_msg){.kind = CW_RESPONSE,
                                    .action = action,
                                    .code = code,
                                    .username = cw_slice_str("alice"),
                                    .token = cw_slice_str("t0k3n"),
                                    .group_name = cw_slice_str("cooks")});
}

void script_send_whisper(struct script *s, uint64_t id, const char *content)
{
    script_send(s, &(struct cw_msg){.kind = CW_UPDATE,
                                    .action = CW_WHISPER,
                                    .sender = cw_slice_str("bob"),
                                    .content = cw_slice_str(content),
                                    .extras = {.map_present = true,
                                               .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME),
                                               .id = id,
                                               .time_ms = 5000 + id}});
}

int64_t script_login(struct script *s, const char *username)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = CW_LOGIN,
                                                         .username = cw_slice_str(username),
                                                         .password = cw_slice_str("password")});
}

int64_t script_attach(struct script *s, const char *username, const char *token)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = CW_ATTACH,
                                                         .username = cw_slice_str(username),
                                                         .token = cw_slice_str(token)});
}

int64_t script_whisper(struct script *s, const char *content)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = CW_WHISPER,
                                                         .recipient = cw_slice_str("bob"),
                                                         .content = cw_slice_str(content)});
}

int64_t script_add_contact(struct script *s)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = CW_ADD_CONTACT,
                                                         .contact = cw_slice_str("bob")});
}

void script_logged_in(struct script *s)
{
    int64_t number = script_login(s, "alice");
    script_connect(s);
    script_received(s, CW_LOGIN);
    script_respond(s, CW_LOGIN, CW_SUCCESS);
    script_answer(s, number, CW_SUCCESS);
}

void script_assert_slice(struct cw_slice s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, s.n);
}

bool script_has(const struct cw_msg *msg, enum cw_extra_index index)
{
    return (msg->extras.present >> index & 1) != 0;
}
