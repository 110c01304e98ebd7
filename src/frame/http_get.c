/* http_get.c - see http_get.h.
 *
 * framer.partial has the body as far as it has come. */
#include "frame/http_get.h"

#include <http_parser.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/http_words.h"
#include "frame/partial.h"

#define REASON_ROOM 64

struct http_get {
    struct cw_framer framer;
    struct cw_buf request; /* until start */
    http_parser parser;
    size_t came_n; /* bytes of the answer */
    bool complete; /* all of the answer has come */
    bool told;     /* ... and was reported; or the request has failed */
    char reason[REASON_ROOM];
};

static struct http_get *http_get_of(struct cw_framer *framer)
{
    return (struct http_get *)framer; /* its first member */
}

static int on_body(http_parser *parser, const char *at, size_t n)
{
    struct http_get *get = parser->data;
    if (n > get->framer.message_max - get->framer.partial.n)
        return 1;
    cw_buf_append(&get->framer.partial, at, n);
    return 0;
}

static int on_complete(http_parser *parser)
{
    struct http_get *get = parser->data;
    get->complete = true;
    http_parser_pause(parser, 1);
    return 0;
}

static void http_get_start(struct cw_framer *framer, struct cw_buf *out)
{
    struct cw_buf *request = &http_get_of(framer)->request;
    cw_buf_append(out, request->p, request->n);
    cw_buf_finish(request);
}

static struct cw_framer_event end_get(struct http_get *get, enum cw_framer_event_type type,
                                      const char *reason)
{
    get->told = true;
    return (struct cw_framer_event){.type = type, .reason = reason};
}

/* The answer has come whole. */
static struct cw_framer_event tell_answer(struct http_get *get)
{
    if (get->parser.status_code == 421)
        return end_get(get, CW_FRAMER_FAILED, CW_HTTP_WRONG_HOST);
    if (get->parser.status_code != 200) {
        snprintf(get->reason, sizeof get->reason, "the server answered with HTTP status %u",
                 (unsigned)get->parser.status_code);
        return end_get(get, CW_FRAMER_FAILED, get->reason);
    }
    struct cw_framer_event event = end_get(get, CW_FRAMER_MESSAGE, NULL);
    event.body = cw_buf_slice(&get->framer.partial);
    return event;
}

static struct cw_framer_event http_get_input(struct cw_framer *framer, struct cw_slice *in,
                                             struct cw_buf *out)
{
    static const http_parser_settings settings = {.on_body = on_body,
                                                  .on_message_complete = on_complete};
    struct http_get *get = http_get_of(framer);
    (void)out;
    if (get->told) {
        cw_buf_finish(&framer->partial);
        cw_partial_advance(in, in->n);
        return end_get(get, CW_FRAMER_CLOSED, NULL);
    }
    size_t left = CW_HTTP_HEAD_MAX + framer->message_max - get->came_n;
    size_t n = in->n < left ? in->n : left;
    if (n == 0) /* the parser would take it for the end of the stream */
        return (struct cw_framer_event){.type = CW_FRAMER_NEED_MORE};
    http_parser_execute(&get->parser, &settings, (const char *)in->p, n);
    cw_partial_advance(in, in->n);
    get->came_n += n;
    if (get->complete)
        return tell_answer(get);
    if (HTTP_PARSER_ERRNO(&get->parser) != HPE_OK)
        return end_get(get, CW_FRAMER_FAILED, "the server does not answer in HTTP/1.1");
    if (n == left)
        return end_get(get, CW_FRAMER_FAILED, "the server's HTTP answer is too long");
    return (struct cw_framer_event){.type = CW_FRAMER_NEED_MORE};
}

static void http_get_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static void http_get_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
    cw_buf_finish(&http_get_of(framer)->request);
}

struct cw_framer *cw_http_get_create(struct cw_slice host, struct cw_slice path, uint32_t body_max)
{
    /* Nothing is put or probed: it is never READY. */
    static const struct cw_framer_type type = {.start = http_get_start,
                                               .input = http_get_input,
                                               .close = http_get_close,
                                               .finish = http_get_finish};
    struct http_get *get = cw_alloc_zero(sizeof *get);
    if (get == NULL)
        return NULL;
    get->framer.type = &type;
    get->framer.message_max = body_max;
    cw_buf_append_str(&get->request, "GET ");
    cw_buf_append(&get->request, path.p, path.n);
    cw_buf_append_str(&get->request, " HTTP/1.1\r\nHost: ");
    cw_buf_append(&get->request, host.p, host.n);
    cw_buf_append_str(&get->request, "\r\nConnection: close\r\n\r\n");
    http_parser_init(&get->parser, HTTP_RESPONSE);
    get->parser.data = get;
    return &get->framer;
}
