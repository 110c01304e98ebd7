/* post.c - see post.h. */
#include "outgoing/post.h"

#include <http_parser.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "outgoing/tcp.h"
#include "text/url.h"

#define ANSWER_MAX 4096u
#define WAIT_MAX_S 3600 /* what Retry-After may ask for */
#define PLACE_MAX  (sizeof "https://[]:65535" + CW_URL_HOST_MAX)

struct cw_outgoing {
    struct cw_outgoing_rules rules;
    SSL_CTX *tls;
    struct cw_outgoing_tcp tcp; /* kept open when `place` is not empty */
    char place[PLACE_MAX];
};

/* --- a client --------------------------------------------------------------------------------- */

struct cw_outgoing *cw_outgoing_create(const struct cw_outgoing_rules *rules)
{
    struct cw_outgoing *client = calloc(1, sizeof *client);
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    if (client == NULL || tls == NULL || SSL_CTX_set_default_verify_paths(tls) != 1 ||
        SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) {
        SSL_CTX_free(tls);
        free(client);
        return NULL;
    }
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    client->rules = *rules;
    client->tls = tls;
    client->tcp.fd = -1;
    return client;
}

static void close_kept(struct cw_outgoing *client)
{
    cw_outgoing_tcp_close(&client->tcp);
    client->place[0] = 0;
}

void cw_outgoing_destroy(struct cw_outgoing *client)
{
    if (client == NULL)
        return;
    close_kept(client);
    SSL_CTX_free(client->tls);
    free(client);
}

/* --- the answer ------------------------------------------------------------------------------- */

struct reading {
    http_parser parser;
    char name[16], value[16]; /* of the header at hand, cut off */
    bool in_value, done, keeps;
    int status;
    int64_t wait_s;
};

static void append(char text[16], const char *at, size_t n)
{
    size_t held = strlen(text), room = 15 - held;
    memcpy(text + held, at, n < room ? n : room);
    text[held + (n < room ? n : room)] = 0;
}

/* A date is not understood: the caller waits as long as it likes. */
static int end_header(http_parser *parser)
{
    struct reading *reading = parser->data;
    if (strcasecmp(reading->name, "Retry-After") == 0) {
        char *end;
        long seconds = strtol(reading->value, &end, 10);
        if (*end == 0 && seconds > 0)
            reading->wait_s = seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S;
    }
    reading->name[0] = reading->value[0] = 0;
    reading->in_value = false;
    return 0;
}

static int on_name(http_parser *parser, const char *at, size_t n)
{
    struct reading *reading = parser->data;
    if (reading->in_value)
        end_header(parser);
    append(reading->name, at, n);
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t n)
{
    struct reading *reading = parser->data;
    reading->in_value = true;
    append(reading->value, at, n);
    return 0;
}

static int on_headers_end(http_parser *parser)
{
    struct reading *reading = parser->data;
    end_header(parser);
    if (parser->status_code >= 200)
        reading->status = (int)parser->status_code;
    return 0;
}

static int on_end(http_parser *parser)
{
    struct reading *reading = parser->data;
    if (reading->status == 0)
        return 0; /* 100 Continue and the like */
    reading->done = true;
    reading->keeps = http_should_keep_alive(parser) != 0;
    http_parser_pause(parser, 1);
    return 0;
}

static bool is_broken(const http_parser *parser)
{
    enum http_errno error = HTTP_PARSER_ERRNO(parser);
    return error != HPE_OK && error != HPE_PAUSED;
}

/* Reads until the end of the answer, or as much as is wanted of one. False: there is none. */
static bool read_answer(struct cw_outgoing_tcp *tcp, struct reading *reading)
{
    static const http_parser_settings settings = {.on_header_field = on_name,
                                                  .on_header_value = on_value,
                                                  .on_headers_complete = on_headers_end,
                                                  .on_message_complete = on_end};
    uint8_t bytes[ANSWER_MAX];
    size_t all = 0;
    http_parser_init(&reading->parser, HTTP_RESPONSE);
    reading->parser.data = reading;
    while (!reading->done && all < ANSWER_MAX) {
        long n = cw_outgoing_tcp_read(tcp, bytes, sizeof bytes - all);
        if (n <= 0) {
            tcp->why = n == 0 ? "the connection was closed" : tcp->why;
            break;
        }
        all += (size_t)n;
        http_parser_execute(&reading->parser, &settings, (const char *)bytes, (size_t)n);
        if (is_broken(&reading->parser))
            break;
    }
    if (reading->status == 0 && all != 0)
        tcp->why = "its answer is not HTTP";
    return reading->status != 0;
}

/* --- the URL ---------------------------------------------------------------------------------- */

struct post {
    struct cw_url url;
    char host[CW_URL_HOST_MAX + 1];
    char place[PLACE_MAX];
    const char *headers;
    struct cw_slice body;
};

static enum cw_outgoing_fault read_url(const struct cw_outgoing *client, struct cw_slice text,
                                       struct post *post)
{
    struct cw_url *url = &post->url;
    if (!cw_url_read(text, url))
        return CW_OUTGOING_NO_URL;
    if (!url->https && !client->rules.allow_http)
        return CW_OUTGOING_NOT_ENCRYPTED;
    snprintf(post->host, sizeof post->host, "%.*s", (int)url->host.n, (const char *)url->host.p);
    snprintf(post->place, sizeof post->place, "%s%.*s", url->https ? "https://" : "http://",
             (int)url->place.n, (const char *)url->place.p);
    return CW_OUTGOING_GOOD;
}

enum cw_outgoing_fault cw_outgoing_judge(const struct cw_outgoing *client, struct cw_slice url,
                                         char *why, size_t size)
{
    struct post post;
    struct cw_outgoing_addresses found;
    enum cw_outgoing_fault fault = read_url(client, url, &post);
    if (fault == CW_OUTGOING_GOOD &&
        cw_outgoing_find(post.host, client->rules.allow_private, CW_OUTGOING_MS, &found, why,
                         size) == CW_OUTGOING_FORBIDDEN)
        return CW_OUTGOING_NOT_THERE;
    return fault;
}

/* --- a post ----------------------------------------------------------------------------------- */

static bool write_post(struct cw_outgoing_tcp *tcp, const struct post *post)
{
    struct cw_buf out = {0};
    char lines[400];
    cw_buf_append_str(&out, "POST ");
    if (post->url.path.n == 0 || post->url.path.p[0] != '/')
        cw_buf_append_byte(&out, '/');
    cw_buf_append(&out, post->url.path.p, post->url.path.n);
    int n = snprintf(lines, sizeof lines,
                     " HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: chinwag/" CW_VERSION
                     "\r\nContent-Length: %zu\r\n",
                     (int)post->url.place.n, (const char *)post->url.place.p, post->body.n);
    cw_buf_append(&out, lines, (size_t)n);
    cw_buf_append_str(&out, post->headers);
    cw_buf_append_str(&out, "\r\n");
    cw_buf_append(&out, post->body.p, post->body.n);
    bool written = cw_outgoing_tcp_write(tcp, cw_buf_slice(&out));
    cw_buf_finish(&out);
    return written;
}

static bool exchange(struct cw_outgoing *client, const struct post *post, struct reading *reading)
{
    *reading = (struct reading){.status = 0};
    return write_post(&client->tcp, post) && read_answer(&client->tcp, reading);
}

/* CW_OUTGOING_ANSWERED: it is connected. */
static enum cw_outgoing_result open_place(struct cw_outgoing *client, const struct post *post,
                                          struct cw_outgoing_answer *answer)
{
    struct cw_outgoing_addresses found;
    struct cw_outgoing_tcp *tcp = &client->tcp;
    int64_t left = tcp->until_ms - cw_outgoing_now_ms();
    switch (cw_outgoing_find(post->host, client->rules.allow_private, left > 0 ? left : 0, &found,
                             answer->why, sizeof answer->why)) {
    case CW_OUTGOING_UNKNOWN:
        return CW_OUTGOING_FAILED;
    case CW_OUTGOING_FORBIDDEN:
        return CW_OUTGOING_REFUSED;
    case CW_OUTGOING_FOUND:
        break;
    }
    if (cw_outgoing_tcp_connect(tcp, &found, post->url.port) &&
        (!post->url.https || cw_outgoing_tcp_secure(tcp, client->tls, post->host)))
        return CW_OUTGOING_ANSWERED;
    snprintf(answer->why, sizeof answer->why, "%s", tcp->why);
    return CW_OUTGOING_FAILED;
}

/* A kept connection may have been closed meanwhile: then a new one is tried. */
static enum cw_outgoing_result perform(struct cw_outgoing *client, const struct post *post,
                                       struct reading *reading, struct cw_outgoing_answer *answer)
{
    bool kept = strcmp(client->place, post->place) == 0;
    if (kept && exchange(client, post, reading))
        return CW_OUTGOING_ANSWERED;
    close_kept(client);
    enum cw_outgoing_result result = open_place(client, post, answer);
    if (result != CW_OUTGOING_ANSWERED || exchange(client, post, reading))
        return result;
    snprintf(answer->why, sizeof answer->why, "%s", client->tcp.why);
    return CW_OUTGOING_FAILED;
}

enum cw_outgoing_result cw_outgoing_post(struct cw_outgoing *client, struct cw_slice url,
                                         const char *headers, struct cw_slice body,
                                         struct cw_outgoing_answer *answer)
{
    struct post post = {.headers = headers, .body = body};
    struct reading reading = {.status = 0};
    *answer = (struct cw_outgoing_answer){.why = "the URL is not allowed"};
    if (read_url(client, url, &post) != CW_OUTGOING_GOOD)
        return CW_OUTGOING_REFUSED;
    client->tcp.until_ms = cw_outgoing_now_ms() + CW_OUTGOING_MS;
    client->tcp.stopped = client->rules.stopped;
    client->tcp.context = client->rules.context;
    enum cw_outgoing_result result = perform(client, &post, &reading, answer);
    answer->status = reading.status;
    answer->wait_ms = reading.wait_s * 1000;
    if (result == CW_OUTGOING_ANSWERED && reading.done && reading.keeps)
        memcpy(client->place, post.place, sizeof post.place);
    else
        close_kept(client);
    if (result != CW_OUTGOING_ANSWERED && client->rules.stopped != NULL &&
        client->rules.stopped(client->rules.context))
        return CW_OUTGOING_STOPPED;
    return result;
}
