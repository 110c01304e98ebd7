/* client_ask.c - chinwag_ask_key: a server's key from https, which a certificate authority
 * confirms; chinwag_show_key: the same without anybody who confirms it. Blocking requests, with
 * sockets of their own; the connection of a client is client_io.c's. */
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/codes.h"
#include "base/limits.h"
#include "client/client_lookup.h"
#include "client/client_socket.h"
#include "client/client_transport.h"
#include "frame/curve_text.h"
#include "frame/http_get.h"

_Static_assert(CHINWAG_KEY_SIZE == CW_CURVE_KEY_TEXT, "chinwag.h differs from curve_text.h");

#define KNOWN_PATH "/.well-known/chinwag"
#define KEY_MEMBER "\"curve_key\":\""

struct asking {
    int fd;
    int64_t until_ms; /* the time of this address is over */
    struct cw_framer *framer;
    struct cw_buf out; /* not sealed yet */
    bool over;
    char *key;
    bool found;
    bool presented; /* the last certificate that was shown was of the key `shown` */
    struct cw_tls_pin shown;
    char reason[CHINWAG_REASON_SIZE]; /* why it was not, so far */
};

static int64_t ask_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void note_reason(struct asking *asking, const char *what, const char *why)
{
    snprintf(asking->reason, sizeof asking->reason, "%s%s%s", what, why[0] == 0 ? "" : ": ", why);
}

/* false: the time is over. */
static bool await(const struct asking *asking, short events)
{
    struct pollfd wanted = {.fd = asking->fd, .events = events};
    int64_t left = asking->until_ms - ask_now_ms();
    return left > 0 && poll(&wanted, 1, (int)left) > 0;
}

/* The answer is JSON that a chinwagd wrote: no blanks, and nothing in it is escaped. */
static void find_key(struct asking *asking, struct cw_slice body)
{
    const size_t n = strlen(KEY_MEMBER), key_n = CW_CURVE_KEY_TEXT - 1;
    uint8_t key[CW_CURVE_KEY_N];
    for (size_t at = 0; at + n + key_n <= body.n; at++)
        if (memcmp(body.p + at, KEY_MEMBER, n) == 0 &&
            cw_curve_key_parse(cw_slice_of(body.p + at + n, key_n), key)) {
            cw_curve_key_text(key, asking->key);
            asking->found = true;
            return;
        }
    note_reason(asking, "the answer has no key of a Chinwag server", "");
}

static void send_sealed(struct asking *asking)
{
    struct cw_buf wire = {0};
    struct cw_slice plain = cw_buf_slice(&asking->out);
    if (plain.n != 0)
        cw_framer_seal(asking->framer, &plain, 1, &wire);
    asking->out.n = 0;
    size_t at = 0;
    while (at < wire.n) {
        ssize_t n = send(asking->fd, wire.p + at, wire.n - at, MSG_NOSIGNAL);
        if (n > 0)
            at += (size_t)n;
        else if (errno != EAGAIN || !await(asking, POLLOUT))
            break;
    }
    asking->over |= at < wire.n || cw_alloc_failed();
    cw_buf_finish(&wire);
}

static void read_answer(struct asking *asking)
{
    uint8_t bytes[4096];
    ssize_t n = recv(asking->fd, bytes, sizeof bytes, 0);
    if (n <= 0) {
        asking->over = n == 0 || errno != EAGAIN;
        if (asking->over)
            note_reason(asking, CW_CLOSED_BY_SERVER, "");
        return;
    }
    struct cw_slice in = cw_slice_of(bytes, (size_t)n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    while (event.type != CW_FRAMER_NEED_MORE && !asking->over) {
        event = cw_framer_input(asking->framer, &in, &asking->out);
        if (event.type == CW_FRAMER_MESSAGE)
            find_key(asking, event.body);
        if (event.type == CW_FRAMER_FAILED)
            note_reason(asking, event.reason, "");
        asking->over = cw_alloc_failed() || event.type == CW_FRAMER_MESSAGE ||
                       event.type == CW_FRAMER_CLOSED || event.type == CW_FRAMER_FAILED;
    }
}

/* close_notify, as far as the socket takes it. */
static void send_end(const struct asking *asking)
{
    struct cw_buf wire = {0};
    cw_framer_seal(asking->framer, NULL, 0, &wire);
    if (wire.n != 0)
        send(asking->fd, wire.p, wire.n, MSG_NOSIGNAL);
    cw_buf_finish(&wire);
}

static void converse(struct asking *asking)
{
    note_reason(asking, "the server did not answer in time", "");
    cw_framer_start(asking->framer, &asking->out);
    send_sealed(asking);
    while (!asking->over && await(asking, POLLIN)) {
        read_answer(asking);
        send_sealed(asking); /* also TLS's alert, after the end */
    }
    send_end(asking);
    asking->presented |= cw_tls_presented(asking->framer, &asking->shown);
    cw_framer_destroy(asking->framer);
    cw_buf_finish(&asking->out);
}

static struct cw_framer *open_https(struct cw_client_transport *transport)
{
    char host[sizeof transport->address.host + sizeof transport->address.port + 3];
    cw_client_transport_host(transport, CW_PORT_HTTPS, host, sizeof host);
    struct cw_framer *inner =
        cw_http_get_create(cw_slice_str(host), cw_slice_str(KNOWN_PATH), CW_HTTP_HEAD_MAX);
    return cw_client_transport_wrap(transport, (int64_t)time(NULL), inner);
}

/* Opens a connection, within the time of this address. */
static bool connect_to(struct asking *asking, const struct addrinfo *address)
{
    asking->fd = cw_client_socket_open(address);
    int error = asking->fd < 0 ? errno : 0;
    if (error == 0)
        error = await(asking, POLLOUT) ? cw_client_socket_error(asking->fd) : ETIMEDOUT;
    if (error == 0)
        return true;
    note_reason(asking, "cannot connect", strerror(error));
    if (asking->fd >= 0)
        close(asking->fd);
    return false;
}

/* Asks at one address. */
static void ask_at(struct asking *asking, struct cw_client_transport *transport,
                   const struct addrinfo *address)
{
    uint8_t rest[4096];
    if (!connect_to(asking, address))
        return;
    asking->over = false;
    asking->framer = open_https(transport);
    if (asking->framer != NULL)
        converse(asking);
    else
        note_reason(asking, "this system's certificates are not found", "");
    cw_client_socket_end(asking->fd, rest, sizeof rest);
}

/* In their order; one that is silent has a part of the time, unless it is the last. */
static void ask_all(struct asking *asking, struct cw_client_transport *transport,
                    const struct addrinfo *addresses)
{
    const int64_t end_ms = asking->until_ms;
    for (const struct addrinfo *a = addresses; a != NULL && !asking->found; a = a->ai_next) {
        int64_t part_ms = ask_now_ms() + CW_CONNECT_ADDRESS_MS;
        asking->until_ms = a->ai_next != NULL && part_ms < end_ms ? part_ms : end_ms;
        ask_at(asking, transport, a);
    }
}

static void look_up_and_ask(struct asking *asking, struct cw_client_transport *transport)
{
    struct addrinfo *found = NULL;
    const struct chinwag_address *address = &transport->address;
    struct cw_client_lookup *lookup =
        cw_client_lookup_begin(address->host, address->port, SOCK_STREAM);
    asking->fd = lookup == NULL ? -1 : cw_client_lookup_fd(lookup);
    if (lookup == NULL || !await(asking, POLLIN)) {
        cw_client_lookup_drop(lookup);
        note_reason(asking, "the host was not found in time", "");
        return;
    }
    int error = cw_client_lookup_take(lookup, &found);
    if (error != 0) {
        note_reason(asking, "cannot find the host", gai_strerror(error));
        return;
    }
    ask_all(asking, transport, found);
    freeaddrinfo(found);
}

/* Believes who is confirmed by an authority or, with a pin, who has its key. */
static void ask_server(struct asking *asking, const char *server, const char *pin)
{
    struct cw_client_transport transport;
    struct chinwag_options options = {.server = server, .tls_pin = pin};
    cw_alloc_begin_soft();
    if (sodium_init() >= 0 && cw_client_transport_begin(&transport, &options, randombytes_buf)) {
        look_up_and_ask(asking, &transport);
        cw_client_transport_finish(&transport);
    } else {
        note_reason(asking, "the address is malformed", "");
    }
    if (!cw_alloc_end_soft() && !asking->found)
        note_reason(asking, chinwag_code_text(CHINWAG_NO_MEMORY), "");
}

static bool tell(const struct asking *asking, char *reason)
{
    if (reason != NULL)
        memcpy(reason, asking->reason, sizeof asking->reason);
    return asking->found;
}

bool chinwag_ask_key(const char *server, int timeout_ms, char key[CHINWAG_KEY_SIZE],
                     char reason[CHINWAG_REASON_SIZE])
{
    struct asking asking = {.until_ms = ask_now_ms() + timeout_ms, .key = key};
    ask_server(&asking, server, NULL);
    return tell(&asking, reason);
}

/* The second request believes the key that the first one was shown: so nothing in TLS has a way to
 * believe everybody. */
bool chinwag_show_key(const char *server, int timeout_ms, char key[CHINWAG_KEY_SIZE],
                      char reason[CHINWAG_REASON_SIZE])
{
    struct asking asking = {.until_ms = ask_now_ms() + timeout_ms, .key = key};
    const int64_t until_ms = asking.until_ms;
    char pin[CW_TLS_PIN_TEXT];
    ask_server(&asking, server, NULL);
    if (!asking.found && asking.presented) {
        asking.until_ms = until_ms;
        cw_tls_pin_text(&asking.shown, pin);
        ask_server(&asking, server, pin);
    }
    return tell(&asking, reason);
}
