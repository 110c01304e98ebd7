/* http_head.c - see http_head.h. This file checks the lines of a head byte by byte as they
 * arrive; http-parser finds the parts of a complete head. */
#include "frame/http_head.h"

#include <http_parser.h>

#include "base/limits.h"
#include "frame/http_words.h"
#include "frame/websocket_accept.h"

/* --- where a head ends -------------------------------------------------------------- */

enum scan_state {
    BEFORE,       /* the request line; RFC 9112, 2.2: empty lines there are ignored */
    BEFORE_CR,    /* CR of such a line */
    REQUEST_LINE, /* within it */
    HEADER_LINE,  /* within one */
    LINE_CR,      /* CR at the end of either */
    LINE_BEGIN,   /* after either */
    BLANK_CR      /* CR of the empty line that ends the head */
};

/* Takes a byte within a line; false: it is not allowed there. */
static bool scan_within(struct cw_http_scan *scan, uint8_t byte)
{
    if (byte == '\r')
        scan->state = LINE_CR;
    return byte == '\r' || byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

static bool scan_line_begin(struct cw_http_scan *scan, uint8_t byte)
{
    scan->state = byte == '\r' ? BLANK_CR : HEADER_LINE;
    return byte == '\r' || (byte > ' ' && byte != 0x7f);
}

static bool scan_before(struct cw_http_scan *scan, uint8_t byte)
{
    scan->state = byte == '\r' ? BEFORE_CR : REQUEST_LINE;
    return byte == '\r' || (byte > ' ' && byte != 0x7f);
}

static bool scan_line_feed(struct cw_http_scan *scan, uint8_t byte, enum scan_state next)
{
    scan->state = (uint8_t)next;
    return byte == '\n';
}

static bool scan_byte(struct cw_http_scan *scan, uint8_t byte)
{
    switch ((enum scan_state)scan->state) {
    case BEFORE:
        return scan_before(scan, byte);
    case BEFORE_CR:
        return scan_line_feed(scan, byte, BEFORE);
    case REQUEST_LINE:
    case HEADER_LINE:
        return scan_within(scan, byte);
    case LINE_CR:
        return scan_line_feed(scan, byte, LINE_BEGIN);
    case LINE_BEGIN:
        return scan_line_begin(scan, byte);
    case BLANK_CR:
        break;
    }
    return byte == '\n';
}

static struct cw_http_refusal scan_full(const struct cw_http_scan *scan)
{
    return scan->state == REQUEST_LINE
               ? (struct cw_http_refusal){414, "the target of an HTTP request is too long"}
               : (struct cw_http_refusal){431, "the head of an HTTP request is too long"};
}

struct cw_http_refusal cw_http_scan_head(struct cw_http_scan *scan, struct cw_slice bytes,
                                         size_t *taken, bool *whole)
{
    *whole = false;
    for (*taken = 0; *taken < bytes.n && !*whole; ++*taken) {
        bool last = scan->state == BLANK_CR;
        if (scan->n == CW_HTTP_HEAD_MAX)
            return scan_full(scan);
        if (!scan_byte(scan, bytes.p[*taken]))
            return (struct cw_http_refusal){400, "an HTTP request has a malformed line"};
        scan->n++;
        *whole = last;
    }
    if (*whole)
        *scan = (struct cw_http_scan){0};
    return (struct cw_http_refusal){0};
}

/* --- characters -------------------------------------------------------------------- */

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_one_of(uint8_t c, const char *these)
{
    return memchr(these, c, strlen(these)) != NULL;
}

/* "gzip", "gzip;q=0.5", not "gzip;q=0": RFC 9110, 12.5.3. The element "*" is not looked at. */
static bool allows_gzip(struct cw_slice list)
{
    struct cw_slice element;
    while (cw_http_next_element(&list, &element)) {
        struct cw_slice weight = element, coding = cw_http_cut(&weight, ';');
        if (!cw_http_same_word(cw_http_without_blanks(coding), "gzip"))
            continue;
        weight = cw_http_without_blanks(weight);
        bool refused = weight.n >= 3 && weight.p[2] == '0';
        for (size_t i = 3; i < weight.n; i++)
            refused = refused && (weight.p[i] == '.' || weight.p[i] == '0');
        return !refused;
    }
    return false;
}

/* RFC 9110, 5.6.2. http-parser, as Debian builds it, accepts a blank. */
static bool is_token(struct cw_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (!is_letter(c) && (c < '0' || c > '9') && !is_one_of(c, "!#$%&'*+-.^_`|~"))
            return false;
    }
    return s.n > 0;
}

/* --- headers ----------------------------------------------------------------------- */

struct reading {
    struct cw_http_head *head;
    const char *forwarded_header; /* or NULL */
    struct cw_slice name;         /* of the header whose value comes next */
    unsigned headers;
    unsigned hosts;
    struct cw_http_refusal refusal; /* for what the parser accepts and this file does not */
};

static int refuse_head(struct reading *reading, unsigned status, const char *reason)
{
    reading->refusal = (struct cw_http_refusal){status, reason};
    return -1; /* ends the parser's work */
}

static int on_target(http_parser *parser, const char *at, size_t n)
{
    struct reading *reading = parser->data;
    reading->head->target = cw_slice_of(at, n);
    return 0;
}

static int on_header_name(http_parser *parser, const char *at, size_t n)
{
    struct reading *reading = parser->data;
    reading->name = cw_slice_of(at, n);
    if (++reading->headers > CW_HTTP_HEADERS_MAX)
        return refuse_head(reading, 431, "an HTTP request has too many headers");
    if (!is_token(reading->name))
        return refuse_head(reading, 400, "an HTTP request has a malformed header name");
    return 0;
}

/* The place of a header whose value is kept; NULL: it is no such header. *alone: a second one is
 * refused. Of other headers the last one counts: it only decides how much of a body is sent. */
static struct cw_slice *place_of(struct reading *reading, bool *alone)
{
    struct cw_http_head *head = reading->head;
    const struct {
        const char *name;
        struct cw_slice *place;
        bool alone;
    } places[] = {{"Host", &head->host, true},
                  {"Origin", &head->origin, true},
                  {"Authorization", &head->authorization, true},
                  {"Sec-WebSocket-Key", &head->websocket_key, true},
                  {"Sec-WebSocket-Version", &head->websocket_version, true},
                  {"If-None-Match", &head->if_none_match, false},
                  {"If-Range", &head->if_range, false},
                  {"Range", &head->range, false},
                  {"Content-Range", &head->content_range, true},
                  {"Sec-Fetch-Dest", &head->fetch_dest, true}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        *alone = places[i].alone;
        if (cw_http_same_word(reading->name, places[i].name))
            return places[i].place;
    }
    *alone = false;
    return NULL;
}

static bool is_forwarded(const struct reading *reading)
{
    return reading->forwarded_header != NULL &&
           cw_http_same_word(reading->name, reading->forwarded_header);
}

static void keep_forwarded(struct cw_http_head *head, struct cw_slice value)
{
    if (value.n == 0)
        return;
    if (head->forwarded_count == CW_FORWARDED_LINES_MAX) {
        head->forwarded_count--;
        memmove(head->forwarded, head->forwarded + 1,
                head->forwarded_count * sizeof head->forwarded[0]);
    }
    head->forwarded[head->forwarded_count++] = value;
}

static void read_list(struct reading *reading, struct cw_slice value)
{
    struct cw_http_head *head = reading->head;
    if (cw_http_same_word(reading->name, "Connection")) {
        head->closes = head->closes || cw_http_list_has(value, "close");
        head->connects_upgrade = head->connects_upgrade || cw_http_list_has(value, "upgrade");
    } else if (cw_http_same_word(reading->name, "Upgrade")) {
        head->wants_websocket = head->wants_websocket || cw_http_list_has(value, "websocket");
    } else if (cw_http_same_word(reading->name, "Sec-WebSocket-Protocol")) {
        head->offers_chinwag =
            head->offers_chinwag || cw_http_list_has(value, CW_WEBSOCKET_PROTOCOL);
    } else if (cw_http_same_word(reading->name, "Expect")) {
        head->awaits_continue = head->awaits_continue || cw_http_list_has(value, "100-continue");
    } else if (cw_http_same_word(reading->name, "Accept-Encoding")) {
        head->accepts_gzip = head->accepts_gzip || allows_gzip(value);
    }
}

static int on_header_value(http_parser *parser, const char *at, size_t n)
{
    struct reading *reading = parser->data;
    struct cw_slice value = cw_http_without_blanks(cw_slice_of(at, n));
    bool alone;
    if (is_forwarded(reading)) {
        keep_forwarded(reading->head, value);
        return 0;
    }
    struct cw_slice *place = place_of(reading, &alone);
    if (place == NULL) {
        read_list(reading, value);
        return 0;
    }
    if (place == &reading->head->host)
        reading->hosts++;
    if (alone && place->p != NULL)
        return refuse_head(reading, 400, "an HTTP request has a header twice");
    *place = value;
    return 0;
}

/* Returns 2: neither a body nor another request follows in these bytes. */
static int on_headers_end(http_parser *parser)
{
    struct reading *reading = parser->data;
    struct cw_http_head *head = reading->head;
    bool length = parser->content_length != 0 && parser->content_length != UINT64_MAX;
    head->in_chunks = parser->uses_transfer_encoding;
    head->has_body = length || head->in_chunks;
    head->tells_length = parser->content_length != UINT64_MAX && !head->in_chunks;
    head->length = length ? parser->content_length : 0;
    head->method = parser->method == HTTP_GET    ? CW_HTTP_GET
                   : parser->method == HTTP_HEAD ? CW_HTTP_HEAD
                   : parser->method == HTTP_PUT  ? CW_HTTP_PUT
                   : parser->method == HTTP_POST ? CW_HTTP_POST
                                                 : CW_HTTP_OTHER;
    head->closes = head->closes || parser->http_minor == 0;
    if (parser->http_major != 1)
        return refuse_head(reading, 505, "an HTTP request is not of HTTP/1.1");
    return 2;
}

/* --- the target -------------------------------------------------------------------- */

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* RFC 3986, without a fragment. */
static bool is_url(struct cw_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c <= ' ' || c >= 0x7f || is_one_of(c, "\"#<>\\^`{|}"))
            return false;
        if (c == '%' && (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2])))
            return false;
    }
    return true;
}

/* Takes scheme and host from an absolute URL. RFC 9112, 3.2.2: its host replaces the header
 * Host. */
static void take_authority(struct cw_http_head *head)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i]);
        struct cw_slice *target = &head->target;
        if (target->n < n || !cw_http_same_word(cw_slice_of(target->p, n), schemes[i]))
            continue;
        const uint8_t *end = target->p + target->n, *begin = target->p + n, *p = begin;
        while (p < end && *p != '/' && *p != '?')
            p++;
        head->host = cw_slice_of(begin, (size_t)(p - begin));
        *target = p == end ? cw_slice_str("/") : cw_slice_of(p, (size_t)(end - p));
    }
}

/* Other methods are answered 405 whatever their target is ("*", "HOST:PORT"). */
static struct cw_http_refusal read_target(struct cw_http_head *head)
{
    bool is_good = is_url(head->target);
    take_authority(head);
    struct cw_slice query = head->target;
    head->path = cw_http_cut(&query, '?');
    if (head->method < CW_HTTP_POST && (!is_good || head->path.n == 0 || head->path.p[0] != '/'))
        return (struct cw_http_refusal){400, "an HTTP request has a malformed target"};
    return (struct cw_http_refusal){0};
}

/* --- all of it ---------------------------------------------------------------------- */

static struct cw_http_refusal parser_refusal(const http_parser *parser)
{
    switch ((enum http_errno)parser->http_errno) {
    case HPE_INVALID_METHOD:
        return (struct cw_http_refusal){501, "an HTTP request has an unknown method"};
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_TRANSFER_ENCODING:
        return (struct cw_http_refusal){400, "an HTTP request has a body of unclear length"};
    default:
        return (struct cw_http_refusal){400, "an HTTP request is malformed"};
    }
}

/* RFC 9113, 3.4: the first bytes of a client of HTTP/2, whose method is not one of HTTP/1.1. */
static bool is_http2(struct cw_slice bytes)
{
    return cw_slice_eq(bytes, cw_slice_str("PRI * HTTP/2.0\r\n\r\n"));
}

struct cw_http_refusal cw_http_read_head(struct cw_slice bytes, const char *forwarded_header,
                                         struct cw_http_head *head)
{
    static const http_parser_settings settings = {.on_url = on_target,
                                                  .on_header_field = on_header_name,
                                                  .on_header_value = on_header_value,
                                                  .on_headers_complete = on_headers_end};
    struct reading reading = {.head = head, .forwarded_header = forwarded_header};
    http_parser parser;
    *head = (struct cw_http_head){0};
    if (is_http2(bytes))
        return (struct cw_http_refusal){505, "an HTTP request is not of HTTP/1.1"};
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &reading;
    http_parser_execute(&parser, &settings, (const char *)bytes.p, bytes.n);
    if (reading.refusal.status != 0)
        return reading.refusal;
    if (parser.http_errno != HPE_OK)
        return parser_refusal(&parser);
    if (reading.hosts == 0)
        return (struct cw_http_refusal){400, "an HTTP request has no Host header"};
    return read_target(head);
}
