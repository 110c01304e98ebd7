/* http_answer.c - see http_answer.h. */
#include "frame/http_answer.h"

#include "frame/http_words.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"

/* The most digits of a number of 64 bits. */
#define DIGITS_MAX 20

void cw_http_put_number(struct cw_buf *out, uint64_t number)
{
    uint8_t digits[DIGITS_MAX], *end = digits + sizeof digits, *p = end;
    do
        *--p = (uint8_t)('0' + number % 10);
    while ((number /= 10) != 0);
    cw_buf_append(out, p, (size_t)(end - p));
}

void cw_http_put_header(struct cw_buf *out, const char *name, const char *value)
{
    cw_buf_append_str(out, name);
    cw_buf_append_str(out, ": ");
    cw_buf_append_str(out, value);
    cw_buf_append_str(out, "\r\n");
}

void cw_http_put_status_line(struct cw_buf *out, unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } phrases[] = {{100, "Continue"},
                   {200, "OK"},
                   {204, "No Content"},
                   {206, "Partial Content"},
                   {304, "Not Modified"},
                   {308, "Permanent Redirect"},
                   {400, "Bad Request"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {409, "Conflict"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {416, "Range Not Satisfiable"},
                   {421, "Misdirected Request"},
                   {426, "Upgrade Required"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {501, "Not Implemented"},
                   {503, "Service Unavailable"},
                   {505, "HTTP Version Not Supported"},
                   {507, "Insufficient Storage"}};
    cw_buf_append_str(out, "HTTP/1.1 ");
    cw_http_put_number(out, status);
    cw_buf_append_str(out, " "); /* RFC 9112, 4: even if no reason phrase follows */
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            cw_buf_append_str(out, phrases[i].phrase);
    cw_buf_append_str(out, "\r\n");
}

/* --- what the peer has already --------------------------------------------------------- */

bool cw_http_is_tag(struct cw_slice s, const char *tag, const char *suffix)
{
    size_t tag_n = strlen(tag), suffix_n = strlen(suffix);
    return s.n == tag_n + suffix_n + 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' &&
           memcmp(s.p + 1, tag, tag_n) == 0 && memcmp(s.p + 1 + tag_n, suffix, suffix_n) == 0;
}

#define GZIP_SUFFIX "-gzip"

/* RFC 9110, 13.1.2: weak comparison, which ignores W/; the suffix for compression is ignored,
 * too. */
static bool has_already(const struct cw_http_head *head, const char *tag)
{
    struct cw_slice list = head->if_none_match, element;
    while (tag != NULL && cw_http_next_element(&list, &element)) {
        if (element.n > 2 && memcmp(element.p, "W/", 2) == 0)
            element = cw_slice_of(element.p + 2, element.n - 2);
        if (cw_http_is_tag(element, tag, "") || cw_http_is_tag(element, tag, GZIP_SUFFIX) ||
            cw_slice_eq(element, cw_slice_str("*")))
            return true;
    }
    return false;
}

/* --- ranges ---------------------------------------------------------------------------- */

bool cw_http_take_number(struct cw_slice *s, uint64_t *number)
{
    size_t before = s->n;
    *number = 0;
    while (s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9') {
        uint64_t digit = (uint64_t)(s->p[0] - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
        *s = cw_slice_of(s->p + 1, s->n - 1);
    }
    return s->n < before;
}

bool cw_http_take_char(struct cw_slice *s, char c)
{
    if (s->n == 0 || s->p[0] != (uint8_t)c)
        return false;
    *s = cw_slice_of(s->p + 1, s->n - 1);
    return true;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool cw_http_read_range(struct cw_slice s, uint64_t n, struct cw_http_range *range)
{
    uint64_t first, last;
    if (s.n < 6 || !cw_http_same_word(cw_slice_of(s.p, 6), "bytes="))
        return false;
    s = cw_slice_of(s.p + 6, s.n - 6);
    if (cw_http_take_char(&s, '-')) {
        if (!cw_http_take_number(&s, &last) || s.n != 0)
            return false;
        *range = (struct cw_http_range){n - smaller(last, n), n};
        return true;
    }
    if (!cw_http_take_number(&s, &first) || !cw_http_take_char(&s, '-'))
        return false;
    if (!cw_http_take_number(&s, &last))
        last = UINT64_MAX;
    if (s.n != 0 || last < first)
        return false;
    *range = (struct cw_http_range){smaller(first, n), smaller(last, n - (n != 0)) + (n != 0)};
    return true;
}

/* RFC 9110, 14.2 and 13.1.5: only for GET, and only if the peer has another part of this body. */
static bool wants_range(const struct cw_http_head *head, const struct cw_http_answer *answer,
                        struct cw_http_range *range)
{
    if (answer->status != 200 || head->method != CW_HTTP_GET || head->range.n == 0)
        return false;
    if (head->if_range.n != 0 &&
        (answer->etag == NULL || !cw_http_is_tag(head->if_range, answer->etag, "")))
        return false;
    return cw_http_read_range(head->range, answer->body.n, range);
}

/* --- all of it --------------------------------------------------------------------------- */

/* The form in which an answer is sent. */
struct shape {
    unsigned status;
    bool compressed;
    bool ranged; /* the status is 206, or 416 */
    struct cw_http_range range;
    struct cw_slice body;
    enum cw_http_method method;
};

static struct shape shape_of(const struct cw_http_head *head, const struct cw_http_answer *answer)
{
    struct shape shape = {.status = answer->status, .body = answer->body, .method = head->method};
    if (answer->status == 200 && has_already(head, answer->etag)) {
        shape.status = 304;
        shape.compressed = answer->gzip.n != 0 && head->accepts_gzip;
        shape.body = (struct cw_slice){0};
    } else if (wants_range(head, answer, &shape.range)) {
        bool empty = shape.range.begin >= shape.range.end;
        shape.ranged = true;
        shape.status = empty ? 416 : 206;
        shape.body = empty ? (struct cw_slice){0}
                           : cw_slice_of(answer->body.p + shape.range.begin,
                                         (size_t)(shape.range.end - shape.range.begin));
    } else if (answer->gzip.n != 0 && head->accepts_gzip) {
        shape.compressed = true;
        shape.body = answer->gzip;
    }
    return shape;
}

static void put_tag(struct cw_buf *out, const char *tag, bool compressed)
{
    if (tag == NULL)
        return;
    cw_buf_append_str(out, "ETag: \"");
    cw_buf_append_str(out, tag);
    cw_buf_append_str(out, compressed ? GZIP_SUFFIX "\"\r\n" : "\"\r\n");
}

static void put_content_range(struct cw_buf *out, const struct shape *shape, size_t whole)
{
    cw_buf_append_str(out, "Content-Range: bytes ");
    if (shape->status == 206) {
        cw_http_put_number(out, shape->range.begin);
        cw_buf_append_str(out, "-");
        cw_http_put_number(out, shape->range.end - 1);
    } else {
        cw_buf_append_str(out, "*");
    }
    cw_buf_append_str(out, "/");
    cw_http_put_number(out, whole);
    cw_buf_append_str(out, "\r\n");
}

/* RFC 9110, 15.4.5: a 304 has the headers that a cache renews, and none about the body. */
static void put_about_body(struct cw_buf *out, const struct cw_http_answer *answer,
                           const struct shape *shape)
{
    if (shape->status != 304) {
        if (answer->type != NULL && shape->status != 416)
            cw_http_put_header(out, "Content-Type", answer->type);
        if (shape->compressed)
            cw_http_put_header(out, "Content-Encoding", "gzip");
        if (shape->ranged)
            put_content_range(out, shape, answer->body.n);
        cw_buf_append_str(out, "Content-Length: ");
        cw_http_put_number(out, shape->body.n);
        cw_buf_append_str(out, "\r\n");
    }
    if (answer->status == 200 && shape->method != CW_HTTP_POST)
        cw_http_put_header(out, "Accept-Ranges", "bytes");
    if (answer->gzip.n != 0)
        cw_http_put_header(out, "Vary", "Accept-Encoding");
    put_tag(out, answer->etag, shape->compressed);
}

void cw_http_put_answer(struct cw_buf *out, const struct cw_http_site *site,
                        const struct cw_http_head *head, const struct cw_http_answer *answer,
                        bool closes)
{
    struct shape shape = shape_of(head, answer);
    cw_http_put_status_line(out, shape.status);
    if (closes)
        cw_http_put_header(out, "Connection", "close");
    put_about_body(out, answer, &shape);
    cw_buf_append(out, answer->headers.p, answer->headers.n);
    cw_http_put_header(out, "Cache-Control",
                       answer->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    cw_buf_append_str(out, site->headers);
    cw_buf_append_str(out, "\r\n");
    if (head->method != CW_HTTP_HEAD)
        cw_buf_append(out, shape.body.p, shape.body.n);
}

void cw_http_answer_text(struct cw_http_answer *answer, unsigned status, const char *sentence)
{
    answer->status = status;
    answer->type = PLAIN_TEXT;
    answer->body = cw_slice_str(sentence);
}

void cw_http_answer_finish(struct cw_http_answer *answer)
{
    cw_buf_finish(&answer->headers);
    cw_buf_finish(&answer->memory);
}
