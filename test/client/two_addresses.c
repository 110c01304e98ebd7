/* two_addresses.c - see two_addresses.h. */
#include "two_addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "frame/zmtp.h"

#define CONNECTIONS_MAX 16

struct two two;

static struct {
    pthread_t thread;
    int stop[2]; /* a pipe */
    int listeners[2];
    struct sockaddr_in addresses[2];
    char host[32];
    const char *hosts[1];
    struct cw_http_site site, site_without;
} place;

struct two_connection {
    int fd;
    size_t at;                /* which address */
    struct cw_framer *framer; /* or NULL */
    struct cw_buf out;
};

static void check(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    abort();
}

/* --- the name ----------------------------------------------------------------------------- */

struct two_found {
    struct addrinfo list[2]; /* first */
    struct sockaddr_in addresses[2];
};

/* Each answer has memory of its own: a look-up that was given up may go on beside the next one. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **found)
{
    (void)hints;
    if (strcmp(host, TWO_NAME) != 0)
        return EAI_NONAME;
    struct two_found *answer = calloc(1, sizeof *answer);
    check(answer != NULL, "calloc");
    for (size_t i = 0; i < 2; i++) {
        answer->addresses[i] = place.addresses[i];
        answer->addresses[i].sin_port = htons((uint16_t)atoi(port));
        answer->list[i] = (struct addrinfo){.ai_family = AF_INET,
                                            .ai_socktype = SOCK_STREAM,
                                            .ai_addrlen = sizeof answer->addresses[i],
                                            .ai_addr = (struct sockaddr *)&answer->addresses[i],
                                            .ai_next = i == 0 ? &answer->list[1] : NULL};
    }
    *found = answer->list;
    return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
    free(found);
}

/* --- what is spoken ------------------------------------------------------------------------- */

static void two_random(void *bytes, size_t n)
{
    static uint64_t number = 1;
    uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(number >> 56);
    }
}

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

static void tell(void *context, const struct cw_http_request *request,
                 struct cw_http_answer *answer)
{
    (void)context;
    if (two.told == NULL || !cw_slice_eq(request->path, cw_slice_str("/.well-known/chinwag"))) {
        cw_http_answer_text(answer, 404, "There is nothing here.\n");
        return;
    }
    answer->status = 200;
    answer->type = "application/json";
    answer->body = cw_slice_str(two.told);
}

static struct cw_framer *within_tls(void *context, uint8_t first)
{
    (void)first;
    return cw_http_create(context, CW_VOICE_MESSAGE_MAX);
}

static struct cw_framer *curve_framer(const struct cw_curve_server *curve)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    if (curve != NULL)
        cw_zmtp_offer_curve(framer, curve, false);
    return framer;
}

static struct cw_framer *framer_for(enum two_does does)
{
    switch (does) {
    case TWO_NULL:
        return curve_framer(NULL);
    case TWO_CURVE:
        return curve_framer(&two.curve);
    case TWO_CURVE_OTHER:
        return curve_framer(&two.other_curve);
    case TWO_TLS:
        return cw_tls_create_server(two.identity.server, within_tls, &place.site,
                                    CW_VOICE_MESSAGE_MAX);
    case TWO_TLS_OTHER:
        return cw_tls_create_server(two.other_identity.server, within_tls, &place.site,
                                    CW_VOICE_MESSAGE_MAX);
    case TWO_TLS_404:
        return cw_tls_create_server(two.identity.server, within_tls, &place.site_without,
                                    CW_VOICE_MESSAGE_MAX);
    default:
        return NULL;
    }
}

/* --- connections ------------------------------------------------------------------------------ */

static void end_connection(struct two_connection *c)
{
    close(c->fd);
    cw_framer_destroy(c->framer);
    cw_buf_finish(&c->out);
    *c = (struct two_connection){.fd = -1};
}

static void send_all(const struct two_connection *c, struct cw_slice bytes)
{
    while (bytes.n != 0) {
        ssize_t n = send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes = cw_slice_of(bytes.p + n, bytes.n - (size_t)n);
    }
}

static void flush(struct two_connection *c)
{
    struct cw_buf wire = {0};
    struct cw_slice plain = cw_buf_slice(&c->out);
    if (plain.n != 0 && cw_framer_seals(c->framer))
        cw_framer_seal(c->framer, &plain, 1, &wire);
    else
        cw_buf_append(&wire, plain.p, plain.n);
    send_all(c, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
    c->out.n = 0;
}

/* The answers that need no framer. */
static void say_plainly(const struct two_connection *c)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    static const uint8_t refusal[] = {0xff, 0,   0,   0,   0,   0,   0,   0,        0,        0x7f,
                                      3,    1,   'C', 'U', 'R', 'V', 'E', [32] = 1, [64] = 4, 10,
                                      5,    'E', 'R', 'R', 'O', 'R', 3,   '4',      '0',      '0'};
    if (two.does[c->at] == TWO_HTTP)
        send_all(c, cw_slice_str(http));
    if (two.does[c->at] == TWO_ERROR)
        send_all(c, cw_slice_of(refusal, sizeof refusal));
}

static bool take_bytes(struct two_connection *c, struct cw_slice bytes)
{
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    bool over = false;
    while (event.type != CW_FRAMER_NEED_MORE && !over) {
        event = cw_framer_input(c->framer, &bytes, &c->out);
        if (event.type == CW_FRAMER_MESSAGE)
            cw_buf_append(&two.heard[c->at], event.body.p, event.body.n);
        two.closed[c->at] |= event.type == CW_FRAMER_CLOSED;
        over = event.type == CW_FRAMER_FAILED || event.type == CW_FRAMER_CLOSED;
    }
    flush(c);
    return over;
}

static void read_connection(struct two_connection *c)
{
    static uint8_t bytes[65536];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    bool over = n <= 0;
    if (!over && c->framer != NULL) {
        over = take_bytes(c, cw_slice_of(bytes, (size_t)n));
    } else if (!over) {
        say_plainly(c);
        over = two.does[c->at] != TWO_WAITS;
    }
    if (over)
        end_connection(c);
}

static void accept_connection(struct two_connection *c, size_t at)
{
    *c = (struct two_connection){.fd = accept(place.listeners[at], NULL, NULL),
                                 .at = at,
                                 .framer = framer_for(two.does[at])};
    check(c->fd >= 0, "accept");
    two.came[at]++;
    if (c->framer != NULL) {
        cw_framer_start(c->framer, &c->out);
        flush(c);
    }
    if (two.does[at] == TWO_CLOSES)
        end_connection(c);
}

static void *serve(void *nothing)
{
    struct two_connection connections[CONNECTIONS_MAX];
    (void)nothing;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        connections[i] = (struct two_connection){.fd = -1};
    for (size_t used = 0;;) {
        struct pollfd fds[3 + CONNECTIONS_MAX] = {
            {.fd = place.stop[0], .events = POLLIN},
            {.fd = place.listeners[0], .events = POLLIN},
            {.fd = place.listeners[1], .events = POLLIN},
        };
        for (size_t i = 0; i < CONNECTIONS_MAX; i++)
            fds[3 + i] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
        check(poll(fds, 3 + CONNECTIONS_MAX, -1) > 0, "poll");
        for (size_t i = 0; i < CONNECTIONS_MAX; i++)
            if (fds[3 + i].revents != 0)
                read_connection(&connections[i]);
        for (size_t at = 0; at < 2; at++)
            if (fds[1 + at].revents != 0 && used < CONNECTIONS_MAX)
                accept_connection(&connections[used++], at);
        if (fds[0].revents != 0 && (fds[1].revents | fds[2].revents) == 0)
            break;
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (connections[i].fd >= 0) {
            read_connection(&connections[i]); /* what came last: a close */
            if (connections[i].fd >= 0)
                end_connection(&connections[i]);
        }
    return NULL;
}

/* --- a test --------------------------------------------------------------------------------- */

void two_make_keys(void)
{
    two.curve = (struct cw_curve_server){.random = two_random, .may_begin = may_begin};
    two.other_curve = two.curve;
    cw_curve_key_make(&two.curve.key, two_random);
    cw_curve_key_make(&two.other_curve.key, two_random);
    tls_identity_make_for(&two.identity, TWO_NAME, TLS_AFTER_S);
    tls_identity_make(&two.other_identity);
}

void two_free_keys(void)
{
    tls_identity_finish(&two.identity);
    tls_identity_finish(&two.other_identity);
}

/* A port that is free at both addresses. */
static bool listen_at_both(void)
{
    socklen_t size = sizeof place.addresses[0];
    uint16_t port = 0;
    for (size_t i = 0; i < 2; i++) {
        place.addresses[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
        inet_pton(AF_INET, i == 0 ? "127.0.0.1" : "127.0.0.2", &place.addresses[i].sin_addr);
        place.listeners[i] = socket(AF_INET, SOCK_STREAM, 0);
        check(place.listeners[i] >= 0, "socket");
        if (bind(place.listeners[i], (struct sockaddr *)&place.addresses[i], size) != 0) {
            close(place.listeners[i]);
            close(place.listeners[0]);
            return false;
        }
        check(listen(place.listeners[i], 16) == 0, "listen");
        getsockname(place.listeners[i], (struct sockaddr *)&place.addresses[i], &size);
        port = place.addresses[i].sin_port;
    }
    two.port = ntohs(port);
    return true;
}

void two_start(enum two_does first, enum two_does second)
{
    for (size_t i = 0; i < 2; i++) {
        two.does[i] = i == 0 ? first : second;
        two.came[i] = 0;
        two.closed[i] = false;
        two.heard[i].n = 0;
    }
    while (!listen_at_both())
        continue;
    snprintf(place.host, sizeof place.host, TWO_NAME ":%u", two.port);
    place.hosts[0] = place.host;
    place.site_without =
        (struct cw_http_site){.answer = tell, .hosts = place.hosts, .host_count = 1, .headers = ""};
    place.site = place.site_without;
    place.site.upgrades = true;
    check(pipe(place.stop) == 0, "pipe");
    check(pthread_create(&place.thread, NULL, serve, NULL) == 0, "pthread_create");
}

void two_stop(void)
{
    close(place.stop[1]);
    pthread_join(place.thread, NULL);
    close(place.stop[0]);
    for (size_t i = 0; i < 2; i++) {
        close(place.listeners[i]);
        cw_buf_finish(&two.heard[i]);
    }
}
