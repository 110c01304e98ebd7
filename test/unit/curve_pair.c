/* curve_pair.c - see curve_pair.h. */
#include "curve_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct cw_curve_server server_keys;
struct cw_curve_client client_keys;
unsigned begun;
bool may_not_begin;

/* --- keys ----------------------------------------------------------------------- */

void test_random(void *bytes, size_t n)
{
    static uint64_t number = 1;
    uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(number >> 56);
    }
}

static bool may_begin(void *context)
{
    assert_ptr_equal(context, &begun);
    begun++;
    return !may_not_begin;
}

void make_keys(void)
{
    server_keys =
        (struct cw_curve_server){.random = test_random, .may_begin = may_begin, .context = &begun};
    cw_curve_key_make(&server_keys.key, test_random);
    client_keys = (struct cw_curve_client){.random = test_random};
    cw_curve_key_make(&client_keys.key, test_random);
    memcpy(client_keys.server_key, server_keys.key.public_key, CW_CURVE_KEY_N);
    begun = 0;
    may_not_begin = false;
}

/* --- a side --------------------------------------------------------------------- */

static void open_side(struct side *side, enum cw_framer_role role)
{
    *side = (struct side){.framer = cw_zmtp_create(role, MESSAGE_MAX)};
    if (role == CW_FRAMER_SERVER)
        side->framer->judged_max = JUDGED_MAX;
}

void open_server(struct side *side, bool plaintext)
{
    open_side(side, CW_FRAMER_SERVER);
    cw_zmtp_offer_curve(side->framer, &server_keys, plaintext);
    cw_framer_start(side->framer, &side->out);
}

void open_client(struct side *side)
{
    open_side(side, CW_FRAMER_CLIENT);
    cw_zmtp_use_curve(side->framer, &client_keys);
    cw_framer_start(side->framer, &side->out);
}

void close_side(struct side *side)
{
    cw_framer_destroy(side->framer);
    cw_buf_finish(&side->out);
    cw_buf_finish(&side->wire);
    cw_buf_finish(&side->events);
}

static void note(struct side *side, const struct cw_framer_event *event)
{
    static const char *const names[] = {
        [CW_FRAMER_READY] = "READY",     [CW_FRAMER_MESSAGE] = "MESSAGE ",
        [CW_FRAMER_REFUSED] = "REFUSED", [CW_FRAMER_PING] = "PING",
        [CW_FRAMER_PONG] = "PONG",       [CW_FRAMER_FAILED] = "FAILED ",
        [CW_FRAMER_IGNORED] = "IGNORED", [CW_FRAMER_HEAD] = "HEAD",
    };
    char mark[32];
    cw_buf_append(&side->events, names[event->type], strlen(names[event->type]));
    if (event->envelope)
        cw_buf_append(&side->events, "delimiter ", 10);
    if (event->type == CW_FRAMER_MESSAGE)
        cw_buf_append(&side->events, event->body.p, event->body.n);
    if (event->mark != 0) {
        snprintf(mark, sizeof mark, " %llu", (unsigned long long)event->mark);
        cw_buf_append(&side->events, mark, strlen(mark));
    }
    if (event->reason != NULL)
        cw_buf_append(&side->events, event->reason, strlen(event->reason));
    cw_buf_append_byte(&side->events, '\n');
    side->failed |= event->type == CW_FRAMER_FAILED;
}

static void hear_piece(struct side *side, struct cw_slice bytes)
{
    uint8_t *block = malloc(bytes.n);
    assert_non_null(block);
    memcpy(block, bytes.p, bytes.n);
    struct cw_slice in = cw_slice_of(block, bytes.n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    while (event.type != CW_FRAMER_NEED_MORE && !side->failed) {
        event = cw_framer_input(side->framer, &in, &side->out);
        if (event.type != CW_FRAMER_NEED_MORE)
            note(side, &event);
    }
    assert_int_equal(in.n, 0);
    const struct cw_buf *partial = &side->framer->partial;
    assert_true(partial->n != 0 || partial->capacity == 0);
    assert_true(partial->capacity <= 2 * partial->n + 64);
    free(block);
}

void hear(struct side *side, struct cw_slice bytes, size_t piece)
{
    for (size_t at = 0; at < bytes.n && !side->failed; at += piece)
        hear_piece(side, cw_slice_of(bytes.p + at, bytes.n - at < piece ? bytes.n - at : piece));
}

void seal(struct side *side)
{
    struct cw_slice plain = cw_buf_slice(&side->out);
    if (plain.n != 0 && cw_framer_seals(side->framer))
        cw_framer_seal(side->framer, &plain, 1, &side->wire);
    else
        cw_buf_append(&side->wire, plain.p, plain.n);
    side->out.n = 0;
}

static bool pass(struct side *from, struct side *to, size_t piece)
{
    seal(from);
    struct cw_buf wire = from->wire;
    from->wire = (struct cw_buf){0};
    hear(to, cw_buf_slice(&wire), piece);
    bool moved = wire.n != 0;
    cw_buf_finish(&wire);
    return moved;
}

void talk(struct pair *pair, size_t piece)
{
    for (bool more = true; more;) {
        more = pass(&pair->client, &pair->server, piece);
        more = pass(&pair->server, &pair->client, piece) || more;
    }
}

void open_pair(struct pair *pair)
{
    open_server(&pair->server, false);
    open_client(&pair->client);
}

void close_pair(struct pair *pair)
{
    close_side(&pair->server);
    close_side(&pair->client);
}

void open_ready(struct pair *pair)
{
    open_pair(pair);
    talk(pair, SIZE_MAX);
    assert_heard(&pair->server, "READY\n");
    assert_heard(&pair->client, "READY\n");
}

void say(struct side *side, struct cw_slice body, bool envelope)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t n = cw_framer_header(side->framer, end, body.n, envelope);
    cw_buf_append(&side->out, end - n, n);
    cw_buf_append(&side->out, body.p, body.n);
}

void say_text(struct side *side, const char *text)
{
    say(side, cw_slice_str(text), false);
}

void assert_heard(struct side *side, const char *events)
{
    cw_buf_append_byte(&side->events, 0);
    assert_string_equal((const char *)side->events.p, events);
    side->events.n = 0;
}
