/* peer.c - our WebSocket framer as a program, for tests with other implementations:
 *
 * pipe          standard input has chunks: a length in 4 octets, then as many octets, which go into
 *               a server's framer as one piece; ffffffff begins a new connection. The answer to
 *               each is a length, 1 if the connection has ended, and the framer's output. Messages
 *               are echoed, texts as texts.
 * serve         the same on TCP behind an upgrade, for one connection after the other. Prints
 *               its port.
 * connect PORT  a client: the opening handshake, messages of many lengths, which the server must
 *               echo, a close. Prints the result.
 *
 * Little-endian machines with 4 octets. Called by test_cases.py and test_counterparts.py. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "frame/websocket.h"
#include "frame/websocket_accept.h"
#include "frame/websocket_client.h"

#define HEAD_MAX 4096

_Noreturn static void give_up(const char *why)
{
    fprintf(stderr, "peer: %s\n", why);
    exit(1);
}

static void random_bytes(void *bytes, size_t n)
{
    if (getrandom(bytes, n, 0) != (ssize_t)n)
        give_up("no random bytes");
}

static struct cw_framer *new_server(void)
{
    return cw_websocket_create(CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX, NULL);
}

/* --- the echo ----------------------------------------------------------------------- */

static void echo(struct cw_framer *framer, const struct cw_framer_event *event, struct cw_buf *out)
{
    size_t at = out->n;
    cw_framer_put(framer, event->body, out);
    if (event->text)
        out->p[at] ^= 0x02 ^ 0x01; /* the opcode */
}

/* True: the connection has ended. */
static bool feed(struct cw_framer *framer, struct cw_slice in, struct cw_buf *out)
{
    for (;;) {
        struct cw_framer_event event = cw_framer_input(framer, &in, out);
        if (event.type == CW_FRAMER_MESSAGE)
            echo(framer, &event, out);
        if (event.type == CW_FRAMER_FAILED || event.type == CW_FRAMER_CLOSED)
            return true;
        if (event.type == CW_FRAMER_NEED_MORE)
            return false;
    }
}

/* --- pipe --------------------------------------------------------------------------- */

static int serve_pipe(void)
{
    struct cw_framer *framer = new_server();
    struct cw_buf in = {0}, out = {0};
    uint32_t n;
    while (fread(&n, sizeof n, 1, stdin) == 1) {
        if (n == UINT32_MAX) {
            cw_framer_destroy(framer);
            framer = new_server();
            continue;
        }
        if (fread(cw_buf_reserve(&in, n), 1, n, stdin) != n)
            give_up("half a chunk");
        uint8_t ended = feed(framer, cw_slice_of(in.p, n), &out);
        n = (uint32_t)out.n;
        fwrite(&n, sizeof n, 1, stdout);
        fwrite(&ended, sizeof ended, 1, stdout);
        fwrite(out.p, 1, out.n, stdout);
        fflush(stdout);
        out.n = 0;
    }
    cw_framer_destroy(framer);
    cw_buf_finish(&in);
    cw_buf_finish(&out);
    return 0;
}

/* --- serve -------------------------------------------------------------------------- */

static bool send_all(int fd, struct cw_slice bytes)
{
    for (size_t sent = 0; sent < bytes.n;) {
        ssize_t n = send(fd, bytes.p + sent, bytes.n - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    return true;
}

/* Only as much HTTP as these tests need; the framer of src/frame has tests of its own. */
static bool upgrade(int fd)
{
    static const char field[] = "Sec-WebSocket-Key: ";
    char head[HEAD_MAX + 1] = "", answer[512], accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    for (size_t n = 0; strstr(head, "\r\n\r\n") == NULL; n++)
        if (n == HEAD_MAX || recv(fd, head + n, 1, 0) != 1)
            return false;
    const char *key = strstr(head, field);
    if (key == NULL)
        return false;
    cw_websocket_accept(cw_slice_of(key + sizeof field - 1, CW_WEBSOCKET_KEY_LEN), accept);
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                     "Sec-WebSocket-Protocol: " CW_WEBSOCKET_PROTOCOL "\r\n\r\n",
                     accept);
    return send_all(fd, cw_slice_of(answer, (size_t)n));
}

static void serve_one(int fd)
{
    static uint8_t chunk[65536];
    struct cw_framer *framer = new_server();
    struct cw_buf out = {0};
    ssize_t n;
    bool ended = !upgrade(fd);
    while (!ended && (n = recv(fd, chunk, sizeof chunk, 0)) > 0) {
        ended = feed(framer, cw_slice_of(chunk, (size_t)n), &out);
        ended = !send_all(fd, cw_buf_slice(&out)) || ended;
        out.n = 0;
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, chunk, sizeof chunk, 0) > 0)
        continue;
    close(fd);
    cw_framer_destroy(framer);
    cw_buf_finish(&out);
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

_Noreturn static void serve_tcp(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t n = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, n) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0)
        give_up("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;)
        serve_one(accept(listener, NULL, NULL));
}

/* --- connect ------------------------------------------------------------------------ */

struct client {
    int fd;
    struct cw_framer *framer;
    struct cw_buf out, sealed, in;
    size_t used; /* of `in` */
};

static void flush(struct client *c)
{
    struct cw_slice plain = cw_buf_slice(&c->out);
    cw_framer_seal(c->framer, &plain, 1, &c->sealed);
    if (!send_all(c->fd, cw_buf_slice(&c->sealed)))
        give_up("the server does not read");
    c->out.n = c->sealed.n = 0;
}

/* The next event except NEED_MORE. */
static struct cw_framer_event receive(struct client *c)
{
    for (;;) {
        struct cw_slice rest = cw_slice_of(c->in.p + c->used, c->in.n - c->used);
        struct cw_framer_event event = cw_framer_input(c->framer, &rest, &c->out);
        c->used = c->in.n - rest.n;
        flush(c);
        if (event.type == CW_FRAMER_FAILED)
            give_up(event.reason);
        if (event.type != CW_FRAMER_NEED_MORE)
            return event;
        c->in.n = c->used = 0;
        ssize_t n = recv(c->fd, cw_buf_reserve(&c->in, 65536), 65536, 0);
        if (n <= 0)
            give_up("the server closed");
        c->in.n = (size_t)n;
    }
}

static void expect(struct client *c, enum cw_framer_event_type type, const char *what)
{
    if (receive(c).type != type)
        give_up(what);
}

static void exchange(struct client *c, size_t n)
{
    struct cw_buf body = {0};
    for (size_t i = 0; i < n; i++)
        cw_buf_append_byte(&body, (uint8_t)(i * 7 + i / 251));
    cw_framer_put(c->framer, cw_buf_slice(&body), &c->out);
    flush(c);
    struct cw_framer_event event = receive(c);
    if (event.type != CW_FRAMER_MESSAGE || event.text ||
        !cw_slice_eq(event.body, cw_buf_slice(&body)))
        give_up("a message came back as another");
    cw_buf_finish(&body);
    printf("%zu\n", n);
}

static int run_client(int port)
{
    static const size_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536, 1u << 20};
    struct sockaddr_in address = loopback(port);
    char host[32];
    snprintf(host, sizeof host, "127.0.0.1:%d", port);
    struct client c = {.fd = socket(AF_INET, SOCK_STREAM, 0),
                       .framer = cw_websocket_client_create(cw_slice_str(host), cw_slice_str("/ws"),
                                                            CW_VOICE_MESSAGE_MAX, random_bytes)};
    if (connect(c.fd, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("cannot connect");
    cw_framer_start(c.framer, &c.out);
    flush(&c);
    expect(&c, CW_FRAMER_READY, "not ready");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        exchange(&c, lengths[i]);
    cw_framer_probe(c.framer, 0x0123456789abcdef, &c.out);
    flush(&c);
    struct cw_framer_event event = receive(&c);
    if (event.type != CW_FRAMER_PONG || event.mark != 0x0123456789abcdef)
        give_up("a probe was not answered");
    cw_framer_close(c.framer, &c.out);
    flush(&c);
    printf("closed\n");
    shutdown(c.fd, SHUT_WR);
    cw_framer_destroy(c.framer);
    cw_buf_finish(&c.out);
    cw_buf_finish(&c.sealed);
    cw_buf_finish(&c.in);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "pipe") == 0)
        return serve_pipe();
    if (argc == 2 && strcmp(argv[1], "serve") == 0)
        serve_tcp();
    if (argc == 3 && strcmp(argv[1], "connect") == 0)
        return run_client(atoi(argv[2]));
    give_up("pipe, serve, or connect PORT");
}
