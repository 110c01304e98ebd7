/* websocket_client.c - see websocket_client.h. Quotes are from RFC 6455, 4.1.
 *
 * framer.partial has the received part of the answer's head. */
#include "frame/websocket_client.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/http_words.h"
#include "frame/partial.h"
#include "frame/websocket.h"
#include "frame/websocket_accept.h"

/* "a nonce consisting of a randomly selected 16-byte value" */
#define NONCE_LEN 16

#define VERSION     "HTTP/1.1 "
#define STATUS_LEN  3
#define REASON_ROOM 64

/* Errors that several functions report. */
#define MALFORMED  "the server does not answer in HTTP/1.1"
#define NO_UPGRADE "the server did not upgrade to WebSocket with chinwag.1"

enum {
    FIELD_UPGRADE = 1,
    FIELD_CONNECTION = 2,
    FIELD_ACCEPT = 4,
    FIELD_PROTOCOL = 8,
    FIELDS_NEEDED = FIELD_UPGRADE | FIELD_CONNECTION | FIELD_ACCEPT | FIELD_PROTOCOL
};

struct cw_websocket_client {
    struct cw_websocket websocket; /* until the upgrade only its framer is used */
    cw_random random;
    struct cw_buf request; /* empty after start */
    char accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    char reason[REASON_ROOM];
    bool failed;
};

static struct cw_websocket_client *client_of(struct cw_framer *framer)
{
    return (struct cw_websocket_client *)framer; /* the first member of its first member */
}

/* --- the request ------------------------------------------------------------------- */

static void put_request(struct cw_websocket_client *c, struct cw_slice host, struct cw_slice path)
{
    uint8_t nonce[NONCE_LEN];
    char key[CW_WEBSOCKET_KEY_LEN + 1];
    c->random(nonce, sizeof nonce);
    EVP_EncodeBlock((unsigned char *)key, nonce, sizeof nonce);
    cw_websocket_accept(cw_slice_of(key, CW_WEBSOCKET_KEY_LEN), c->accept);
    cw_buf_append_str(&c->request, "GET ");
    cw_buf_append(&c->request, path.p, path.n);
    cw_buf_append_str(&c->request, " HTTP/1.1\r\nHost: ");
    cw_buf_append(&c->request, host.p, host.n);
    cw_buf_append_str(&c->request,
                      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ");
    cw_buf_append_str(&c->request, key);
    cw_buf_append_str(&c->request, "\r\nSec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Protocol: " CW_WEBSOCKET_PROTOCOL "\r\n\r\n");
}

/* Are all characters visible ASCII? A blank or a control character could end a word or a line. */
static bool is_word(struct cw_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    return s.n != 0;
}

/* --- the answer's head -------------------------------------------------------------- */

/* Checks a header of the answer. Returns its bit if it is one of the required ones, else 0. Each
 * except Connection is allowed once. */
static unsigned take_field(const struct cw_websocket_client *c, struct cw_slice name,
                           struct cw_slice value, unsigned seen, const char **wrong)
{
    unsigned field;
    bool right;
    if (cw_http_same_word(name, "connection"))
        return cw_http_list_has(value, "upgrade") ? FIELD_CONNECTION : 0;
    if (cw_http_same_word(name, "upgrade")) {
        field = FIELD_UPGRADE;
        right = cw_http_same_word(value, "websocket");
    } else if (cw_http_same_word(name, "sec-websocket-accept")) {
        field = FIELD_ACCEPT;
        right = cw_slice_eq(value, cw_slice_str(c->accept));
    } else if (cw_http_same_word(name, "sec-websocket-protocol")) {
        field = FIELD_PROTOCOL;
        right = cw_slice_eq(value, cw_slice_str(CW_WEBSOCKET_PROTOCOL));
    } else if (cw_http_same_word(name, "sec-websocket-extensions")) {
        field = 0;
        right = false; /* "an extension that was not present in the client's handshake" */
    } else {
        return 0;
    }
    if (!right || (seen & field) != 0)
        *wrong = NO_UPGRADE;
    return field;
}

/* RFC 9112: no blanks around a name, no folded line, no other CR or LF. */
static bool is_line(struct cw_slice name, struct cw_slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
            return false;
    return name.n < line.n && is_word(name);
}

/* The three digits of the status, with a blank or the line's end behind them; NULL: malformed. */
static const uint8_t *status_of(struct cw_slice line)
{
    const size_t end = sizeof VERSION - 1 + STATUS_LEN;
    if (line.n < end || (line.n > end && line.p[end] != ' '))
        return NULL;
    for (size_t i = end - STATUS_LEN; i < end; i++)
        if (line.p[i] < '0' || line.p[i] > '9')
            return NULL;
    return line.p + end - STATUS_LEN;
}

static const char *check_status(struct cw_websocket_client *c, struct cw_slice line)
{
    static const char text[] = "the server answered with HTTP status ";
    const uint8_t *status = status_of(line);
    if (status == NULL)
        return MALFORMED;
    if (memcmp(status, "101", STATUS_LEN) == 0)
        return NULL;
    if (memcmp(status, "421", STATUS_LEN) == 0)
        return CW_HTTP_WRONG_HOST;
    memcpy(c->reason, text, sizeof text - 1);
    memcpy(c->reason + sizeof text - 1, status, STATUS_LEN);
    return c->reason; /* its last byte is zero */
}

static struct cw_slice cut_line(struct cw_slice *head)
{
    struct cw_slice line = cw_http_cut(head, '\n');
    line.n--; /* "\r", see ends_wrong */
    return line;
}

/* Returns what is wrong with the answer; NULL: the server has accepted the upgrade. */
static const char *check_head(struct cw_websocket_client *c, struct cw_slice head)
{
    unsigned seen = 0;
    const char *wrong = check_status(c, cut_line(&head));
    struct cw_slice line = cut_line(&head);
    for (; wrong == NULL && line.n > 0; line = cut_line(&head)) {
        struct cw_slice value = line, name = cw_http_cut(&value, ':');
        if (!is_line(name, line))
            return MALFORMED;
        seen |= take_field(c, name, cw_http_without_blanks(value), seen, &wrong);
    }
    return wrong == NULL && seen != FIELDS_NEEDED ? NO_UPGRADE : wrong;
}

/* --- the interface ------------------------------------------------------------------- */

static void handshake_start(struct cw_framer *framer, struct cw_buf *out)
{
    struct cw_buf *request = &client_of(framer)->request;
    cw_buf_append(out, request->p, request->n);
    cw_buf_finish(request);
}

static struct cw_framer_event end_upgrade(struct cw_framer *framer, const char *reason,
                                          struct cw_slice *in)
{
    client_of(framer)->failed = true;
    cw_buf_finish(&framer->partial);
    cw_partial_advance(in, in->n);
    return (struct cw_framer_event){.type = CW_FRAMER_FAILED, .reason = reason};
}

/* The head is complete: frames of WebSocket follow. */
static struct cw_framer_event end_head(struct cw_framer *framer, struct cw_slice *in,
                                       struct cw_buf *out)
{
    struct cw_websocket_client *c = client_of(framer);
    const uint32_t message_max = framer->message_max, judged_max = framer->judged_max;
    const char *wrong = check_head(c, cw_buf_slice(&framer->partial));
    if (wrong != NULL)
        return end_upgrade(framer, wrong, in);
    cw_buf_finish(&framer->partial);
    cw_websocket_init(&c->websocket, CW_FRAMER_CLIENT, message_max, c->random);
    framer->judged_max = judged_max;
    return cw_framer_input(framer, in, out);
}

/* Checked as bytes arrive, since a peer of another protocol may never end a line. */
static bool ends_wrong(const struct cw_buf *head)
{
    if (head->n < sizeof VERSION && memcmp(head->p, VERSION, head->n) != 0)
        return true;
    return head->p[head->n - 1] == '\n' && head->p[head->n - 2] != '\r';
}

static struct cw_framer_event handshake_input(struct cw_framer *framer, struct cw_slice *in,
                                              struct cw_buf *out)
{
    struct cw_buf *head = &framer->partial;
    if (client_of(framer)->failed)
        return end_upgrade(framer, "the connection has failed", in);
    while (in->n > 0) {
        cw_partial_hold(framer, in, 1, CW_HTTP_HEAD_MAX);
        if (cw_alloc_failed()) /* nothing of this connection is used any more */
            break;
        if (ends_wrong(head))
            return end_upgrade(framer, MALFORMED, in);
        if (head->n > 4 && memcmp(head->p + head->n - 4, "\r\n\r\n", 4) == 0)
            return end_head(framer, in, out);
        if (head->n == CW_HTTP_HEAD_MAX)
            return end_upgrade(framer, "the server's HTTP answer has a head that is too long", in);
    }
    return (struct cw_framer_event){.type = CW_FRAMER_NEED_MORE};
}

/* The request is not masked. A right Sec-WebSocket-Accept shows that the server has read all of
 * it, so nothing of it is left to seal after the upgrade. */
static void handshake_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                           struct cw_buf *sealed)
{
    (void)framer;
    for (size_t i = 0; i < count; i++)
        cw_buf_append(sealed, pieces[i].p, pieces[i].n);
}

static void handshake_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static void handshake_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
    cw_buf_finish(&client_of(framer)->request);
}

struct cw_framer *cw_websocket_client_create(struct cw_slice host, struct cw_slice path,
                                             uint32_t message_max, cw_random random)
{
    /* Before READY there are no messages and probes. */
    static const struct cw_framer_type type = {.start = handshake_start,
                                               .input = handshake_input,
                                               .seal = handshake_seal,
                                               .close = handshake_close,
                                               .finish = handshake_finish};
    if (!is_word(host) || !is_word(path) || path.p[0] != '/')
        return NULL;
    struct cw_websocket_client *c = cw_alloc_zero(sizeof *c);
    if (c == NULL)
        return NULL;
    c->websocket.framer.type = &type;
    c->websocket.framer.message_max = message_max;
    c->random = random;
    put_request(c, host, path);
    return &c->websocket.framer;
}
