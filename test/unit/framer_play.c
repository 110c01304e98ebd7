/* framer_play.c - see framer_play.h. */
#include "framer_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned digit(char c)
{
    assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

struct cw_buf parse(const char *vector)
{
    struct cw_buf bytes = {0};
    bool text = false;
    for (const char *c = vector; *c != '\0'; c++) {
        if (*c == '\'')
            text = !text;
        else if (text)
            cw_buf_append_byte(&bytes, (uint8_t)*c);
        else if (*c != ' ') {
            cw_buf_append_byte(&bytes, (uint8_t)(digit(c[0]) << 4 | digit(c[1])));
            c++;
        }
    }
    return bytes;
}

static void put_text(struct cw_buf *to, const char *text)
{
    cw_buf_append(to, text, strlen(text));
}

static void put_hex(struct cw_buf *to, struct cw_slice bytes)
{
    char pair[3];
    for (size_t i = 0; i < bytes.n; i++) {
        snprintf(pair, sizeof pair, "%02x", bytes.p[i]);
        put_text(to, pair);
    }
}

static void note(struct cw_buf *events, const struct cw_framer_event *event)
{
    static const char *const names[] = {
        [CW_FRAMER_READY] = "READY",     [CW_FRAMER_MESSAGE] = "MESSAGE ",
        [CW_FRAMER_REFUSED] = "REFUSED", [CW_FRAMER_PING] = "PING",
        [CW_FRAMER_PONG] = "PONG ",      [CW_FRAMER_FAILED] = "FAILED ",
        [CW_FRAMER_IGNORED] = "IGNORED", [CW_FRAMER_HEAD] = "HEAD ",
        [CW_FRAMER_CLOSED] = "CLOSED",   [CW_FRAMER_ANSWERED] = "ANSWERED",
        [CW_FRAMER_ASKED] = "ASKED",     [CW_FRAMER_PIECE] = "PIECE ",
        [CW_FRAMER_POSTED] = "POSTED ",
    };
    put_text(events, names[event->type]);
    if (event->envelope)
        put_text(events, "delimiter ");
    if (event->text)
        put_text(events, "text ");
    put_hex(events, event->body);
    if (event->reason != NULL)
        put_text(events, event->reason);
    put_text(events, "\n");
}

void play_bytes(struct cw_framer *framer, const uint8_t *p, size_t n, struct cw_buf *out,
                struct cw_buf *events)
{
    uint8_t *block = malloc(n == 0 ? 1 : n);
    assert_non_null(block);
    if (n != 0)
        memcpy(block, p, n);
    struct cw_slice in = cw_slice_of(block, n);
    for (;;) {
        struct cw_framer_event event = cw_framer_input(framer, &in, out);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        note(events, &event);
        if (event.type == CW_FRAMER_FAILED || event.type == CW_FRAMER_CLOSED)
            break;
    }
    assert_int_equal(in.n, 0);
    assert_true(framer->partial.n != 0 || framer->partial.capacity == 0);
    free(block);
}

void assert_noted(struct cw_buf *events, const char *expected)
{
    cw_buf_append_byte(events, 0);
    assert_string_equal((const char *)events->p, expected);
    events->n = 0;
}

void assert_answered(struct cw_buf *out, const char *vector)
{
    struct cw_buf expected = parse(vector), wanted = {0}, is = {0};
    put_hex(&wanted, cw_buf_slice(&expected));
    put_hex(&is, cw_buf_slice(out));
    cw_buf_append_byte(&wanted, 0);
    cw_buf_append_byte(&is, 0);
    assert_string_equal((const char *)is.p, (const char *)wanted.p);
    cw_buf_finish(&expected);
    cw_buf_finish(&wanted);
    cw_buf_finish(&is);
    out->n = 0;
}
