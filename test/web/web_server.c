/* web_server.c - a small server for the site of src/web, for tests with other HTTP clients. Not
 * chinwagd: it has one process for each connection, and echoes messages of WebSocket.
 *
 * web_server FOLDER [MOVED_TO]: listens at a port of 127.0.0.1, prints it, and answers challenges
 * with the files of FOLDER until its standard input ends. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "web/web.h"

#define MESSAGE_MAX (64 * 1024)

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static bool read_challenge(void *context, struct cw_slice token, struct cw_buf *to)
{
    int folder = *(const int *)context;
    char name[CW_ACME_TOKEN_MAX + 1] = {0};
    memcpy(name, token.p, token.n);
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, cw_buf_reserve(to, CW_ACME_ANSWER_MAX), CW_ACME_ANSWER_MAX);
    close(fd);
    if (n > 0)
        to->n += (size_t)n;
    return n >= 0;
}

static bool write_all(int fd, struct cw_buf *out)
{
    for (size_t at = 0; at < out->n;) {
        ssize_t n = send(fd, out->p + at, out->n - at, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    out->n = 0;
    return true;
}

/* false: the connection is over. */
static bool play_event(struct cw_framer *framer, const struct cw_framer_event *event,
                       struct cw_buf *out)
{
    if (event->type == CW_FRAMER_MESSAGE)
        cw_framer_put(framer, event->body, out);
    if (event->type == CW_FRAMER_FAILED)
        fprintf(stderr, "%s\n", event->reason);
    return event->type != CW_FRAMER_FAILED && event->type != CW_FRAMER_CLOSED;
}

static bool play_input(int fd, struct cw_framer *framer, struct cw_slice in)
{
    struct cw_buf out = {0};
    struct cw_framer_event event;
    bool goes_on = true;
    do {
        event = cw_framer_input(framer, &in, &out);
        goes_on = play_event(framer, &event, &out) && write_all(fd, &out);
    } while (goes_on && event.type != CW_FRAMER_NEED_MORE);
    write_all(fd, &out);
    cw_buf_finish(&out);
    return goes_on;
}

/* Reads the rest of the peer's bytes: an earlier close would reset the connection, and the peer
 * would lose the last answer. */
static void serve(int fd, const struct cw_http_site *site)
{
    struct cw_framer *framer = cw_http_create(site, MESSAGE_MAX);
    static uint8_t bytes[CW_READ_CHUNK];
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        if (!play_input(fd, framer, cw_slice_of(bytes, (size_t)n)))
            break;
    shutdown(fd, SHUT_WR);
    while (read(fd, bytes, sizeof bytes) > 0)
        continue;
    cw_framer_destroy(framer);
}

static int listen_somewhere(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)(const void *)&address, n) != 0 ||
        listen(fd, 128) != 0 || getsockname(fd, (struct sockaddr *)(void *)&address, &n) != 0)
        die("listen");
    *port = ntohs(address.sin_port);
    return fd;
}

static struct cw_web *make_site(int *folder, const char *moved_to, unsigned port)
{
    static char names[3][32], with_scheme[3][48];
    static const char *const hosts[] = {names[0], names[1], names[2]};
    static const char *const origins[] = {with_scheme[0], with_scheme[1], with_scheme[2]};
    static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};
    for (int i = 0; i < 3; i++) {
        snprintf(names[i], sizeof names[i], "%s:%u", loopback[i], port);
        snprintf(with_scheme[i], sizeof with_scheme[i], "http://%s:%u", loopback[i], port);
    }
    struct cw_web_options options = {.hosts = hosts,
                                     .host_count = 3,
                                     .origins = origins,
                                     .origin_count = 3,
                                     .moved_to = moved_to,
                                     .read_challenge = read_challenge,
                                     .context = folder};
    struct cw_web *web = cw_web_create(&options);
    cw_web_tell_identity(web, "the-key", "the-fingerprint");
    return web;
}

static void accept_one(int listener, const struct cw_http_site *site)
{
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        die("accept");
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        close(listener);
        serve(fd, site);
        exit(0);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    unsigned port;
    int folder = open(argv[1], O_RDONLY | O_DIRECTORY), listener = listen_somewhere(&port);
    if (folder < 0)
        die(argv[1]);
    struct cw_web *web = make_site(&folder, argv[2], port);
    printf("%u\n", port);
    fflush(stdout);
    struct pollfd watched[] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    while (poll(watched, 2, -1) > 0 && watched[0].revents == 0)
        accept_one(listener, cw_web_site(web));
    cw_web_destroy(web);
    return 0;
}
