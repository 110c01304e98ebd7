/* relay.c - encrypts before a chinwagd: speaks CURVE and wss with clients, and plain ZMTP with the
 * server, for tests of the command. With another key it is somebody in between.
 *
 *   relay IPV4 PORT CERTIFICATE [TOLD]   of the server at that address; writes its certificate,
 *                                        which is for localhost, and prints "port N key KEY pin
 * PIN"
 *
 * /.well-known/chinwag tells its key, or TOLD. Ends with its standard input. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/curve_text.h"
#include "frame/http.h"
#include "frame/tls.h"
#include "frame/tls_certificate.h"
#include "frame/zmtp.h"

#define PAIRS_MAX 32

/* One connection: of a client to us, or ours to the server. */
struct relay_end {
    int fd;
    struct cw_framer *framer; /* of a client: NULL until its first byte */
    struct cw_buf out;
    bool ready, over;
};

struct relay_pair {
    struct relay_end client, server;
    bool used;
};

static struct relay_pair pairs[PAIRS_MAX];
static struct cw_curve_server curve;
static struct cw_tls_server *tls;
static struct cw_http_site site;
static char told[128];
static struct sockaddr_in server_address = {.sin_family = AF_INET};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* --- what is spoken ------------------------------------------------------------------------- */

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

static void tell(void *context, const struct cw_http_request *request,
                 struct cw_http_answer *answer)
{
    (void)context;
    if (!cw_slice_eq(request->path, cw_slice_str("/.well-known/chinwag"))) {
        cw_http_answer_text(answer, 404, "There is nothing here.\n");
        return;
    }
    answer->status = 200;
    answer->type = "application/json";
    answer->body = cw_slice_str(told);
}

static struct cw_framer *within_tls(void *context, uint8_t first)
{
    (void)context;
    return first >= 'A' && first <= 'Z' ? cw_http_create(&site, CW_VOICE_MESSAGE_MAX) : NULL;
}

static struct cw_framer *framer_for(uint8_t first)
{
    if (first == CW_TLS_FIRST)
        return cw_tls_create_server(tls, within_tls, NULL, CW_VOICE_MESSAGE_MAX);
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    cw_zmtp_offer_curve(framer, &curve, false);
    return framer;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void flush_end(struct relay_end *end)
{
    struct cw_buf wire = {0};
    struct cw_slice plain = cw_buf_slice(&end->out);
    if (end->framer == NULL || plain.n == 0)
        return;
    if (cw_framer_seals(end->framer))
        cw_framer_seal(end->framer, &plain, 1, &wire);
    else
        cw_buf_append(&wire, plain.p, plain.n);
    for (size_t at = 0; at < wire.n;) {
        ssize_t n = send(end->fd, wire.p + at, wire.n - at, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    cw_buf_finish(&wire);
    end->out.n = 0;
}

static void take_event(struct relay_end *from, struct relay_end *to,
                       const struct cw_framer_event *event)
{
    if (event->type == CW_FRAMER_MESSAGE)
        cw_framer_put(to->framer, event->body, &to->out);
    from->ready |= event->type == CW_FRAMER_READY;
    from->over |= event->type == CW_FRAMER_FAILED || event->type == CW_FRAMER_CLOSED;
}

/* Reads once, and passes messages on. */
static void turn(struct relay_end *from, struct relay_end *to)
{
    static uint8_t bytes[65536];
    ssize_t n = recv(from->fd, bytes, sizeof bytes, 0);
    if (n <= 0) {
        from->over = true;
        return;
    }
    struct cw_slice in = cw_slice_of(bytes, (size_t)n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    if (from->framer == NULL) {
        from->framer = framer_for(bytes[0]);
        cw_framer_start(from->framer, &from->out);
    }
    while (event.type != CW_FRAMER_NEED_MORE && !from->over) {
        event = cw_framer_input(from->framer, &in, &from->out);
        take_event(from, to, &event);
    }
    flush_end(from);
    flush_end(to);
}

/* --- connections -------------------------------------------------------------------------- */

static void close_end(struct relay_end *end)
{
    close(end->fd);
    cw_framer_destroy(end->framer);
    cw_buf_finish(&end->out);
}

/* Until the server is ready for messages, which takes no time on one machine. */
static void connect_server(struct relay_pair *pair)
{
    struct relay_end *server = &pair->server;
    server->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server->fd, (struct sockaddr *)&server_address, sizeof server_address) != 0)
        fail("connect");
    server->framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_CLIENT_MESSAGE_MAX);
    cw_framer_start(server->framer, &server->out);
    flush_end(server);
    while (!server->ready && !server->over)
        turn(server, &pair->client);
}

static void accept_client(int listener)
{
    struct relay_pair *pair = pairs;
    while (pair < pairs + PAIRS_MAX && pair->used)
        pair++;
    if (pair == pairs + PAIRS_MAX)
        fail("too many connections");
    *pair = (struct relay_pair){.client.fd = accept(listener, NULL, NULL), .used = true};
    connect_server(pair);
}

static void serve_pair(struct relay_pair *pair, short client, short server)
{
    if (client != 0)
        turn(&pair->client, &pair->server);
    if (server != 0 && !pair->client.over)
        turn(&pair->server, &pair->client);
    if (!pair->client.over && !pair->server.over)
        return;
    close_end(&pair->client);
    close_end(&pair->server);
    pair->used = false;
}

static void serve(int listener)
{
    for (;;) {
        struct pollfd wanted[2 + 2 * PAIRS_MAX] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                                   {.fd = listener, .events = POLLIN}};
        for (size_t i = 0; i < PAIRS_MAX; i++) {
            wanted[2 + 2 * i] =
                (struct pollfd){.fd = pairs[i].used ? pairs[i].client.fd : -1, .events = POLLIN};
            wanted[3 + 2 * i] =
                (struct pollfd){.fd = pairs[i].used ? pairs[i].server.fd : -1, .events = POLLIN};
        }
        poll(wanted, 2 + 2 * PAIRS_MAX, -1);
        if (wanted[0].revents != 0)
            return;
        for (size_t i = 0; i < PAIRS_MAX; i++)
            if (pairs[i].used)
                serve_pair(&pairs[i], wanted[2 + 2 * i].revents, wanted[3 + 2 * i].revents);
        if (wanted[1].revents != 0)
            accept_client(listener);
    }
}

/* --- main --------------------------------------------------------------------------------- */

static void make_tls(const char *path, char pin_text[CW_TLS_PIN_TEXT])
{
    static const char *const names[] = {"localhost", "127.0.0.1"};
    struct cw_buf certificate = {0}, key = {0};
    char error[CW_TLS_ERROR_MAX];
    struct cw_tls_pin pin;
    int64_t now_s = time(NULL);
    FILE *file = fopen(path, "wb");
    if (file == NULL ||
        !cw_tls_self_signed(names, 2, now_s - 3600, now_s + 3600, &certificate, &key))
        fail(path);
    tls = cw_tls_server_create(cw_buf_slice(&certificate), cw_buf_slice(&key), now_s, error);
    fwrite(certificate.p, 1, certificate.n, file);
    fclose(file);
    cw_tls_server_pin(tls, &pin);
    cw_tls_pin_text(&pin, pin_text);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
}

static int listen_anywhere(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, n) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0)
        fail("listen");
    *port = ntohs(address.sin_port);
    return listener;
}

int main(int argc, char **argv)
{
    char key[CW_CURVE_KEY_TEXT], pin[CW_TLS_PIN_TEXT], host[2][32];
    const char *hosts[] = {host[0], host[1]};
    unsigned port;
    if (argc < 4 || sodium_init() < 0 || inet_pton(AF_INET, argv[1], &server_address.sin_addr) != 1)
        return 2;
    server_address.sin_port = htons((uint16_t)atoi(argv[2]));
    curve = (struct cw_curve_server){.random = randombytes_buf, .may_begin = may_begin};
    cw_curve_key_make(&curve.key, randombytes_buf);
    cw_curve_key_text(curve.key.public_key, key);
    make_tls(argv[3], pin);
    int listener = listen_anywhere(&port);
    snprintf(host[0], sizeof host[0], "localhost:%u", port);
    snprintf(host[1], sizeof host[1], "0.0.0.0:%u", port);
    snprintf(told, sizeof told, "{\"version\":\"1\",\"curve_key\":\"%s\"}\n",
             argc > 4 ? argv[4] : key);
    site = (struct cw_http_site){
        .answer = tell, .hosts = hosts, .host_count = 2, .upgrades = true, .headers = ""};
    printf("port %u key %s pin %s\n", port, key, pin);
    fflush(stdout);
    serve(listener);
    cw_tls_server_destroy(tls);
    return 0;
}
