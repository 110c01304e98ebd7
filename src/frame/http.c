/* http.c - see http.h. A head is read when it is complete, and answered at once; between requests
 * no memory is kept. */
#include "frame/http.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/http_answer.h"
#include "frame/http_head.h"
#include "frame/http_upgrade.h"
#include "frame/http_words.h"
#include "frame/partial.h"
#include "frame/websocket.h"

struct cw_http {
    struct cw_framer framer;
    const struct cw_http_site *site;
    struct cw_http_scan scan;   /* of the head that is coming */
    bool over;                  /* the connection ends: nothing more is answered */
    bool reported;              /* the last event's slices are in `partial` and `forwarded` */
    uint64_t body_left;         /* of a PUT: bytes that have not been reported */
    struct cw_http_asked asked; /* of the last ASKED */
    struct cw_buf forwarded;    /* its list, if there are several lines */
    /* Of a POST, while its body comes and until it was answered: head and body are in `partial`. */
    uint16_t post_head_n; /* bytes; 0: there is none */
    bool posted;          /* ... it was reported */
    bool post_closes;     /* ... its answer ends the connection */
    uint32_t post_n;      /* ... bytes of head and body */
    struct cw_http_post post;
};

/* The same memory before and after an upgrade. */
union http_or_websocket {
    struct cw_http http;
    struct cw_websocket websocket;
};

/* --- answers: each ends a step ------------------------------------------------------------- */

static struct cw_framer_event event_of(enum cw_framer_event_type type)
{
    return (struct cw_framer_event){.type = type};
}

static struct cw_framer_event answered(struct cw_http *http, bool closes)
{
    http->over = closes;
    return event_of(closes ? CW_FRAMER_CLOSED : CW_FRAMER_ANSWERED);
}

static void put_refusal(struct cw_http *http, const struct cw_http_head *head,
                        struct cw_http_refusal refusal, bool closes, struct cw_buf *out)
{
    struct cw_http_answer answer = {0};
    cw_http_answer_text(&answer, refusal.status, "");
    cw_buf_append_str(&answer.memory, refusal.reason);
    cw_buf_append_byte(&answer.memory, '\n');
    answer.body = cw_buf_slice(&answer.memory);
    if (refusal.status == 405)
        cw_buf_append(&answer.headers, "Allow: GET, HEAD\r\n", 18);
    if (refusal.status == 426)
        cw_http_put_upgrade_wanted(&answer.headers);
    cw_http_put_answer(out, http->site, head, &answer, closes);
    cw_http_answer_finish(&answer);
}

/* Answers a request that breaks HTTP, or is not for this server, and ends the connection. */
static struct cw_framer_event http_fail(struct cw_http *http, const struct cw_http_head *head,
                                        struct cw_http_refusal refusal, struct cw_buf *out)
{
    put_refusal(http, head, refusal, true, out);
    http->over = true;
    return (struct cw_framer_event){.type = CW_FRAMER_FAILED, .reason = refusal.reason};
}

static struct cw_framer_event answer_by_site(struct cw_http *http, const struct cw_http_head *head,
                                             struct cw_buf *out)
{
    const struct cw_http_site *site = http->site;
    struct cw_http_request request = {.path = head->path, .target = head->target};
    struct cw_http_answer answer = {0};
    site->answer(site->context, &request, &answer);
    cw_http_put_answer(out, site, head, &answer, head->closes);
    cw_http_answer_finish(&answer);
    return answered(http, head->closes);
}

/* --- the upgrade ---------------------------------------------------------------------------- */

static void become_websocket(struct cw_http *http)
{
    union http_or_websocket *memory = (union http_or_websocket *)http;
    struct cw_framer was = http->framer;
    cw_websocket_init(&memory->websocket, CW_FRAMER_SERVER, was.message_max, NULL);
    memory->websocket.framer.judged_max = was.judged_max;
}

/* RFC 9110, 5.3: several lines are one list, in the order of the lines. The list is one of the
 * head's values, or is written to *bytes, which may contain the head. */
static struct cw_slice forwarded_list(const struct cw_http_head *head, struct cw_buf *bytes)
{
    struct cw_buf list = {0};
    if (head->forwarded_count < 2)
        return head->forwarded[0]; /* or empty */
    for (unsigned i = 0; i < head->forwarded_count; i++) {
        cw_buf_append_str(&list, i == 0 ? "" : ", ");
        cw_buf_append(&list, head->forwarded[i].p, head->forwarded[i].n);
    }
    cw_buf_finish(bytes);
    *bytes = list;
    return cw_buf_slice(bytes);
}

static struct cw_framer_event answer_upgrade(struct cw_http *http, const struct cw_http_head *head,
                                             struct cw_buf *out)
{
    struct cw_http_refusal refusal = cw_http_check_upgrade(http->site, head);
    if (refusal.status == 426) {
        put_refusal(http, head, refusal, head->closes, out);
        return answered(http, head->closes);
    }
    if (refusal.status != 0)
        return http_fail(http, head, refusal, out);
    cw_http_put_upgraded(out, http->site, head);
    struct cw_buf bytes = http->framer.partial; /* may contain the head; the next input frees it */
    become_websocket(http);
    struct cw_slice nothing = {0};
    struct cw_framer_event event = cw_framer_input(&http->framer, &nothing, out); /* READY */
    event.body = forwarded_list(head, &bytes);
    http->framer.partial = (struct cw_buf){.p = bytes.p, .capacity = bytes.capacity};
    return event;
}

/* --- files ---------------------------------------------------------------------------------- */

/* A browser says what it wants the file for: not to run it, or to show it in a page of its own. As
 * a document it is saved, since all files are attachments. */
static bool is_dest_good(struct cw_slice dest)
{
    static const char *const good[] = {"", "empty", "image", "audio", "document"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (cw_slice_eq(dest, cw_slice_str(good[i])))
            return true;
    return false;
}

static bool is_of_file(const struct cw_http *http, const struct cw_http_head *head)
{
    return http->site->file_headers != NULL && head->method < CW_HTTP_POST && head->path.n >= 3 &&
           memcmp(head->path.p, "/f/", 3) == 0 && is_dest_good(head->fetch_dest);
}

/* Behind a proxy one connection may have the requests of several clients, of which the owner knows
 * the first: it ends with this one. */
static struct cw_framer_event ask_for_file(struct cw_http *http, const struct cw_http_head *head,
                                           struct cw_buf *out)
{
    bool puts = head->method == CW_HTTP_PUT;
    if (puts && (head->in_chunks || head->length == 0))
        return http_fail(http, head,
                         (struct cw_http_refusal){411, "a PUT needs a body, and its length"}, out);
    http->reported = true;
    http->body_left = head->length;
    http->asked = (struct cw_http_asked){
        .site = http->site,
        .puts = puts,
        .wants_head = head->method == CW_HTTP_HEAD,
        .closes = head->closes || http->site->forwarded_header != NULL,
        .awaits_continue = head->awaits_continue,
        .length = head->length,
        .target = head->target,
        .range = head->range,
        .if_range = head->if_range,
        .content_range = head->content_range,
        .forwarded = head->forwarded_count < 2 ? head->forwarded[0]
                                               : forwarded_list(head, &http->forwarded)};
    return (struct cw_framer_event){.type = CW_FRAMER_ASKED, .asked = &http->asked};
}

static struct cw_framer_event read_body(struct cw_http *http, struct cw_slice *in)
{
    struct cw_framer *framer = &http->framer;
    size_t n = http->body_left < CW_FILE_CHUNK_MAX ? (size_t)http->body_left : CW_FILE_CHUNK_MAX;
    const uint8_t *bytes = cw_partial_gather(framer, in, n);
    if (bytes == NULL)
        return event_of(CW_FRAMER_NEED_MORE);
    cw_partial_take(framer, in, n);
    http->body_left -= n;
    http->reported = true;
    return (struct cw_framer_event){.type = CW_FRAMER_PIECE, .body = cw_slice_of(bytes, n)};
}

/* --- requests ------------------------------------------------------------------------------- */

static bool is_host_ours(const struct cw_http_site *site, struct cw_slice host)
{
    for (size_t i = 0; i < site->host_count; i++)
        if (cw_http_same_word(host, site->hosts[i]))
            return true;
    return false;
}

static struct cw_http_refusal check_request(const struct cw_http *http,
                                            const struct cw_http_head *head)
{
    if (!is_host_ours(http->site, head->host))
        return (struct cw_http_refusal){
            421,
            "this host name is not configured: whoever runs the server adds it as public_name"};
    if (head->has_body && (head->method == CW_HTTP_GET || head->method == CW_HTTP_HEAD))
        return (struct cw_http_refusal){413, "an HTTP request of GET or HEAD has a body"};
    return (struct cw_http_refusal){0};
}

/* --- a POST --------------------------------------------------------------------------------- */

static bool takes_post(const struct cw_http_site *site, const struct cw_http_head *head)
{
    if (head->method != CW_HTTP_POST || site->post_path == NULL)
        return false;
    size_t n = strlen(site->post_path);
    return head->path.n >= n && memcmp(head->path.p, site->post_path, n) == 0 &&
           (head->path.n == n || head->path.p[n] == '/');
}

/* Pages of other sites must not post in the name of the browser's network. */
static struct cw_http_refusal check_post(const struct cw_http_site *site,
                                         const struct cw_http_head *head)
{
    if (!cw_http_origin_allowed(site, head->origin))
        return (struct cw_http_refusal){403, "an HTTP POST comes from a page of another site"};
    if (!head->tells_length)
        return (struct cw_http_refusal){411, "an HTTP POST does not tell the length of its body"};
    if (head->length > site->post_max)
        return (struct cw_http_refusal){413, "the body of an HTTP POST is too long"};
    if (site->forwarded_header != NULL && head->forwarded_count == 0)
        return (struct cw_http_refusal){400, "an HTTP POST through a proxy has no client address"};
    return (struct cw_http_refusal){0};
}

/* All of it is there. */
static struct cw_framer_event report_post(struct cw_http *http)
{
    struct cw_framer_event event = event_of(CW_FRAMER_POSTED);
    struct cw_http_head head;
    struct cw_slice bytes = cw_buf_slice(&http->framer.partial);
    cw_http_read_head(cw_slice_of(bytes.p, http->post_head_n), http->site->forwarded_header, &head);
    http->post = (struct cw_http_post){
        .path = head.path,
        .authorization = head.authorization,
        .forwarded = forwarded_list(&head, &http->forwarded),
        .body = cw_slice_of(bytes.p + http->post_head_n, bytes.n - http->post_head_n)};
    http->posted = true;
    event.post = &http->post;
    return event;
}

static struct cw_framer_event take_body(struct cw_http *http, struct cw_slice *in)
{
    struct cw_buf *partial = &http->framer.partial;
    size_t n = http->post_n - partial->n;
    if (n > in->n)
        n = in->n;
    cw_buf_append(partial, in->p, n);
    cw_partial_advance(in, n);
    http->framer.whole = http->post_n;
    return partial->n == http->post_n ? report_post(http) : event_of(CW_FRAMER_NEED_MORE);
}

/* `bytes`: the head, in `partial` or before `in`. */
static struct cw_framer_event begin_post(struct cw_http *http, const struct cw_http_head *head,
                                         struct cw_slice bytes, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct cw_http_refusal refusal = check_post(http->site, head);
    if (refusal.status != 0)
        return http_fail(http, head, refusal, out);
    if (http->framer.partial.n == 0)
        cw_buf_append(&http->framer.partial, bytes.p, bytes.n);
    /* A proxy may send requests of different clients by one connection, which has one address. */
    http->post_closes = head->closes || http->site->forwarded_header != NULL;
    http->post_head_n = (uint16_t)bytes.n;
    http->post_n = (uint32_t)(bytes.n + head->length);
    if (head->awaits_continue && head->length != 0)
        cw_buf_append_str(out, "HTTP/1.1 100 Continue\r\n\r\n");
    return take_body(http, in);
}

static bool http_answer_post(struct cw_framer *framer, const struct cw_http_answer *answer,
                             struct cw_buf *out)
{
    struct cw_http *http = (struct cw_http *)framer; /* its first member */
    assert(http->posted);
    cw_http_put_answer(out, http->site, &(struct cw_http_head){.method = CW_HTTP_POST}, answer,
                       http->post_closes);
    http->over = http->post_closes;
    return http->post_closes;
}

/* It was answered: the next head may come. */
static void end_post(struct cw_http *http)
{
    cw_buf_finish(&http->framer.partial);
    cw_buf_finish(&http->forwarded);
    http->framer.whole = 0;
    http->post_head_n = 0;
    http->posted = false;
}

/* `in`: what follows the head. */
static struct cw_framer_event answer_head(struct cw_http *http, struct cw_slice bytes,
                                          struct cw_slice *in, struct cw_buf *out)
{
    struct cw_http_head head;
    struct cw_http_refusal refusal = cw_http_read_head(bytes, http->site->forwarded_header, &head);
    if (refusal.status != 0)
        return http_fail(http, &(struct cw_http_head){0}, refusal, out);
    refusal = check_request(http, &head);
    if (refusal.status != 0)
        return http_fail(http, &head, refusal, out);
    if (takes_post(http->site, &head))
        return begin_post(http, &head, bytes, in, out);
    if (is_of_file(http, &head))
        return ask_for_file(http, &head, out);
    if (head.method != CW_HTTP_GET && head.method != CW_HTTP_HEAD) {
        bool closes = head.closes || head.has_body; /* a body is not read */
        refusal = (struct cw_http_refusal){405, "only GET and HEAD are allowed here"};
        put_refusal(http, &head, refusal, closes, out);
        return answered(http, closes);
    }
    if (http->site->upgrades && cw_slice_eq(head.path, cw_slice_str(CW_HTTP_WEBSOCKET_PATH)))
        return answer_upgrade(http, &head, out);
    return answer_by_site(http, &head, out);
}

/* --- the interface -------------------------------------------------------------------------- */

/* Takes the bytes of a head from the input, and answers it when it is complete. */
static struct cw_framer_event http_step(struct cw_http *http, struct cw_slice *in,
                                        struct cw_buf *out)
{
    size_t taken;
    bool whole;
    struct cw_buf *partial = &http->framer.partial;
    if (http->posted)
        end_post(http);
    if (http->post_head_n != 0)
        return take_body(http, in);
    struct cw_http_refusal refusal = cw_http_scan_head(&http->scan, *in, &taken, &whole);
    if (refusal.status != 0)
        return http_fail(http, &(struct cw_http_head){0}, refusal, out);
    struct cw_slice head = cw_slice_of(in->p, taken);
    cw_partial_advance(in, taken);
    if (whole && partial->n == 0)
        return answer_head(http, head, in, out);
    cw_buf_append(partial, head.p, head.n);
    return whole ? answer_head(http, cw_buf_slice(partial), in, out)
                 : event_of(CW_FRAMER_NEED_MORE);
}

static void forget_reported(struct cw_http *http)
{
    if (!http->reported)
        return;
    http->reported = false;
    cw_buf_finish(&http->framer.partial);
    cw_buf_finish(&http->forwarded);
}

static struct cw_framer_event http_input(struct cw_framer *framer, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct cw_http *http = (struct cw_http *)framer; /* its first member */
    struct cw_framer_event event = {.type = CW_FRAMER_FAILED, .reason = "the connection is over"};
    forget_reported(http);
    if (!http->over)
        event = http->body_left != 0 ? read_body(http, in) : http_step(http, in, out);
    if (event.type == CW_FRAMER_READY)
        return event; /* the memory of *http belongs to WebSocket now */
    if (event.type != CW_FRAMER_NEED_MORE && event.type != CW_FRAMER_POSTED && !http->reported)
        cw_buf_finish(&framer->partial);
    if (http->over)
        cw_partial_advance(in, in->n);
    return event;
}

/* A server of HTTP sends nothing before a request, and nothing at the end. */
static void http_send_nothing(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

/* There are no messages before an upgrade, and the peer answers no probes. */
static size_t http_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    (void)framer;
    (void)end;
    (void)n;
    (void)envelope;
    return 0;
}

static void http_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    (void)framer;
    (void)mark;
    (void)out;
}

static void http_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
    cw_buf_finish(&((struct cw_http *)framer)->forwarded); /* its first member */
}

struct cw_framer *cw_http_create(const struct cw_http_site *site, uint32_t message_max)
{
    static const struct cw_framer_type type = {.start = http_send_nothing,
                                               .input = http_input,
                                               .header = http_header,
                                               .probe = http_probe,
                                               .close = http_send_nothing,
                                               .answer = http_answer_post,
                                               .finish = http_finish,
                                               .transport = CW_TRANSPORT_HTTP};
    union http_or_websocket *memory = cw_alloc(sizeof *memory);
    memory->http =
        (struct cw_http){.framer = {.type = &type, .message_max = message_max}, .site = site};
    return &memory->http.framer;
}
