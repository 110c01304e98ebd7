/* client_io.c - the socket and the clock of libchinwag.
 *
 * client_core.c decides everything; this file opens, reads, writes and closes as it says. */
#include "client/client.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/codes.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "client/client_arguments.h"
#include "client/client_socket.h"
#include "client/client_way.h"

#define DEFAULT_NAME "libchinwag"

uint64_t cw_client_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Without a source of randomness all clients wait the same times; that is no reason to fail. */
static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = cw_client_now_ms() ^ (uint64_t)getpid() << 32;
    return seed;
}

/* Random and not from the clock: with a wrong clock two runs could have the same part. */
static uint64_t random_part(void)
{
    uint64_t part = random_seed();
    return part == 0 ? 1 : part;
}

/* The texts about the server's database are short; a longer one would make each attach too
 * large. */
static bool is_identity(struct cw_slice text)
{
    return text.n <= CW_IDENTITY_TEXT_MAX && cw_utf8_valid(text);
}

static bool are_timeouts(const struct chinwag_options *o)
{
    return o->connect_timeout_ms <= CW_CLIENT_TIMEOUT_MS_MAX &&
           o->silence_timeout_ms <= CW_CLIENT_TIMEOUT_MS_MAX &&
           o->retry_max_ms <= CW_CLIENT_TIMEOUT_MS_MAX;
}

static bool is_config(const struct cw_client_config *config)
{
    return config->client_name.n <= CW_CLIENT_NAME_MAX && cw_utf8_valid(config->client_name) &&
           is_identity(config->db) && is_identity(config->era);
}

static struct cw_client_config client_io_config(const struct chinwag_options *o)
{
    return (struct cw_client_config){
        .client_name = cw_slice_str(o->client_name != NULL ? o->client_name : DEFAULT_NAME),
        .plain = o->plain,
        .beside = o->part,
        .features = cw_client_features(o->features),
        .tells_reports = (o->features & CHINWAG_FEATURE_REPORTS) != 0,
        .part = random_part(),
        .has_since = o->has_since,
        .since = o->since,
        .db = cw_slice_str(o->db != NULL ? o->db : ""),
        .era = cw_slice_str(o->era != NULL ? o->era : ""),
        .seed = o->seed != 0 ? o->seed : random_seed(),
        .connect_ms = o->connect_timeout_ms,
        .silence_ms = o->silence_timeout_ms,
        .retry_max_ms = o->retry_max_ms,
    };
}

/* Of a client that could not be made. */
static void drop_parts(chinwag_client *client)
{
    if (client == NULL)
        return;
    cw_client_destroy(client->core);
    free(client->chunk);
    free(client);
}

chinwag_client *chinwag_create(const struct chinwag_options *options)
{
    struct chinwag_options o = {0};
    struct cw_client_transport transport;
    if (options != NULL && !cw_take_given(&o, sizeof o, options, options->size))
        return NULL;
    const struct cw_client_config config = client_io_config(&o);
    if (!is_config(&config) || !are_timeouts(&o) || sodium_init() < 0 ||
        !cw_client_transport_begin(&transport, &o, randombytes_buf))
        return NULL;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0) {
        cw_client_transport_finish(&transport);
        return NULL;
    }
    cw_alloc_begin_soft();
    chinwag_client *client = cw_alloc_zero(sizeof *client);
    if (client != NULL) {
        client->chunk = cw_alloc(CW_READ_CHUNK);
        client->core = cw_client_create(&config);
    }
    if (!cw_alloc_end_soft()) {
        drop_parts(client);
        cw_client_transport_finish(&transport);
        close(wake_fd);
        return NULL;
    }
    client->wake_fd = wake_fd;
    client->log = (struct cw_client_log){.hook = o.log, .context = o.log_context};
    client->transport = transport;
    sodium_memzero(&transport, sizeof transport);
    client->fd = -1;
    cw_client_datagrams_begin(&client->datagrams);
    return client;
}

/* While the system holds fewer unsent bytes than `below`. */
static void write_some(chinwag_client *client, unsigned below)
{
    struct cw_slice output;
    while (client->connected && (output = cw_client_output(client->core)).n != 0 &&
           cw_client_socket_takes(client->fd, below)) {
        ssize_t n = send(client->fd, output.p, output.n, MSG_NOSIGNAL);
        if (n >= 0) {
            cw_client_sent(client->core, (size_t)n);
        } else {
            /* The server may have sent something before it closed: the end is reported when that
             * has been read. */
            return;
        }
    }
}

/* One at a time, so that what is said meanwhile waits behind one chunk at most. */
static void write_chunks(chinwag_client *client)
{
    while (client->connected && cw_client_has_chunk(client->core) &&
           cw_client_socket_takes(client->fd, 1)) {
        cw_client_drained(client->core, cw_client_now_ms());
        write_some(client, CW_CLIENT_UNSENT_MAX);
    }
}

/* What is still to be said goes as far as the socket takes it; nothing is waited for. */
static void close_connection(chinwag_client *client)
{
    if (client->connected) {
        write_some(client, UINT_MAX);
        cw_client_socket_end(client->fd, client->chunk, CW_READ_CHUNK);
    } else if (client->fd >= 0) {
        close(client->fd);
    }
    client->fd = -1;
    client->connected = false;
}

static void close_socket(chinwag_client *client)
{
    close_connection(client);
    if (client->found != NULL)
        freeaddrinfo(client->found);
    client->found = NULL;
    client->next = NULL;
    client->lookup = cw_client_lookup_keep(client->lookup);
}

void chinwag_destroy(chinwag_client *client)
{
    if (client == NULL)
        return;
    cw_alloc_begin_soft(); /* what is not said for want of memory is not said */
    cw_client_close(client->core);
    cw_alloc_end_soft();
    cw_client_datagrams_end(&client->datagrams);
    close_socket(client);
    cw_client_lookup_drop(client->lookup);
    cw_client_destroy(client->core);
    cw_client_transport_finish(&client->transport);
    close(client->wake_fd);
    free(client->chunk);
    free(client);
}

bool chinwag_pin(chinwag_client *client, const char *tls_pin)
{
    struct cw_tls_pin pin;
    if (!cw_tls_pin_parse(cw_slice_str(tls_pin), &pin))
        return false;
    client->transport.pin = pin;
    client->transport.has_pin = true;
    return true;
}

/* --- connecting ---------------------------------------------------------------------- */

static void tell_closed(chinwag_client *client, const char *what, const char *why)
{
    char reason[512];
    snprintf(reason, sizeof reason, "%s: %s", what, why);
    cw_client_closed(client->core, CHINWAG_SUCCESS, reason);
}

static void begin_look_up(chinwag_client *client)
{
    const struct chinwag_address *address = &client->transport.address;
    cw_client_log_put(&client->log, CHINWAG_LOG_DEBUG, "looking up %s", address->host);
    client->lookup = cw_client_lookup_begin(address->host, address->port, SOCK_STREAM);
    if (client->lookup == NULL && errno == ENOMEM)
        cw_client_closed(client->core, CHINWAG_NO_MEMORY, chinwag_code_text(CHINWAG_NO_MEMORY));
    else if (client->lookup == NULL)
        tell_closed(client, "cannot look up the host", strerror(errno));
}

/* False: it is not done, or the host was not found. */
static bool end_look_up(chinwag_client *client)
{
    if (client->lookup == NULL || !cw_client_lookup_is_done(client->lookup))
        return false;
    int error = cw_client_lookup_take(client->lookup, &client->found);
    client->lookup = NULL;
    client->next = client->found;
    if (error != 0)
        tell_closed(client, "cannot find the host", gai_strerror(error));
    return error == 0;
}

/* Nothing is looked up for an address that may not be spoken to. */
static bool may_connect(chinwag_client *client)
{
    const char *why = cw_client_transport_forbids(&client->transport);
    if (why != NULL)
        cw_client_closed(client->core, CHINWAG_KEY_NEEDED, why);
    return why == NULL;
}

/* Starts to connect to the next address of the host name. */
static void try_next(chinwag_client *client)
{
    int error = 0;
    close_connection(client);
    while (client->fd < 0 && client->next != NULL) {
        cw_client_log_attempt(&client->log, client->next);
        client->fd = cw_client_socket_open(client->next);
        error = errno;
        client->next = client->next->ai_next;
    }
    client->next_at_ms =
        client->next == NULL ? UINT64_MAX : cw_client_now_ms() + CW_CONNECT_ADDRESS_MS;
    if (client->fd < 0)
        tell_closed(client, "cannot connect", strerror(error));
}

static void begin_to_speak(chinwag_client *client)
{
    enum cw_client_proof proof;
    cw_alloc_begin_soft();
    struct cw_framer *framer =
        cw_client_transport_open(&client->transport, (int64_t)time(NULL), &proof);
    if (!cw_alloc_end_soft()) {
        cw_framer_destroy(framer); /* perhaps its request is not whole */
        cw_client_closed(client->core, CHINWAG_NO_MEMORY, chinwag_code_text(CHINWAG_NO_MEMORY));
        return;
    }
    if (framer == NULL) {
        tell_closed(client, "cannot speak to the server",
                    "the host has no place in a URL, or this system's certificates are not found");
        return;
    }
    client->connected = true;
    client->next_at_ms = UINT64_MAX;
    cw_client_connected(client->core, framer, proof, client->next != NULL, cw_client_now_ms());
}

static void finish_connect(chinwag_client *client)
{
    int error = cw_client_socket_error(client->fd);
    if (error == 0) {
        begin_to_speak(client);
    } else if (client->next != NULL) {
        try_next(client);
    } else {
        tell_closed(client, "cannot connect", strerror(error));
    }
}

/* --- reading ---------------------------------------------------------------------------- */

static bool is_temporary(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void read_some(chinwag_client *client)
{
    ssize_t n = recv(client->fd, client->chunk, CW_READ_CHUNK, 0);
    if (n > 0)
        cw_client_input(client->core, cw_slice_of(client->chunk, (size_t)n), cw_client_now_ms());
    else if (n == 0)
        cw_client_closed(client->core, CHINWAG_SUCCESS, CW_CLOSED_BY_SERVER);
    else if (!is_temporary(errno))
        tell_closed(client, "the connection broke", strerror(errno));
}

/* --- one turn ------------------------------------------------------------------------- */

/* The handshake with an address has failed, and the host has another one. */
static bool is_next_wanted(const chinwag_client *client)
{
    return client->connected && cw_client_state(client->core) == CW_CLIENT_CONNECTING;
}

/* Opens, reads, writes and closes the socket as the core wants. */
static void run(chinwag_client *client)
{
    /* Before it, too: the next attempt may begin at once. */
    if (cw_client_state(client->core) == CW_CLIENT_WAITING)
        close_socket(client);
    cw_client_run(client->core, cw_client_now_ms());
    enum cw_client_state state = cw_client_state(client->core);
    if (state == CW_CLIENT_WAITING)
        close_socket(client);
    bool begins = state == CW_CLIENT_CONNECTING && client->found == NULL && client->lookup == NULL;
    if (begins && may_connect(client))
        begin_look_up(client);
    if (state == CW_CLIENT_CONNECTING && end_look_up(client))
        try_next(client);
    else if (client->fd >= 0 &&
             (is_next_wanted(client) || cw_client_now_ms() >= client->next_at_ms))
        try_next(client); /* this address leads nowhere, or may do so */
    write_some(client, CW_CLIENT_UNSENT_MAX);
    write_chunks(client);
    cw_client_datagrams_run(&client->datagrams, client->core, client->fd, cw_client_now_ms());
    cw_client_log_way(&client->log,
                      cw_client_datagrams_are_live(&client->datagrams, cw_client_now_ms()));
}

static int wait_ms(const chinwag_client *client, uint64_t until, uint64_t end)
{
    uint64_t now = cw_client_now_ms();
    if (client->fd >= 0 && client->next_at_ms < until)
        until = client->next_at_ms;
    uint64_t probe = cw_client_datagrams_deadline(&client->datagrams, now);
    if (probe < until)
        until = probe;
    if (end < until)
        until = end;
    if (until == UINT64_MAX)
        return -1;
    if (until <= now)
        return 0;
    return until - now > INT_MAX ? INT_MAX : (int)(until - now);
}

static bool wants_to_write(const chinwag_client *client)
{
    return client->fd >= 0 && (!client->connected || cw_client_output(client->core).n != 0 ||
                               cw_client_has_chunk(client->core));
}

/* False: there was none. */
static bool take_wake(chinwag_client *client)
{
    uint64_t times;
    return read(client->wake_fd, &times, sizeof times) == (ssize_t)sizeof times;
}

/* Before a connection there is only a look-up. */
static int input_fd(const chinwag_client *client)
{
    return client->lookup != NULL ? cw_client_lookup_fd(client->lookup) : client->fd;
}

/* False: a signal or chinwag_wake came. */
static bool wait_for_socket(chinwag_client *client, uint64_t end)
{
    /* poll skips a negative fd. */
    struct pollfd fds[3] = {{.fd = input_fd(client), .events = POLLIN},
                            {.fd = client->datagrams.fd, .events = POLLIN},
                            {.fd = client->wake_fd, .events = POLLIN}};
    if (wants_to_write(client))
        fds[0].events |= POLLOUT;
    int n = poll(fds, 3, wait_ms(client, cw_client_run_deadline(client->core), end));
    if (n < 0 || (fds[2].revents != 0 && take_wake(client)))
        return false;
    if (client->lookup != NULL)
        return true;
    if (fds[0].revents != 0 && !client->connected)
        finish_connect(client);
    else if ((fds[0].revents & ~POLLOUT) != 0)
        read_some(client);
    if (fds[1].revents != 0)
        cw_client_datagrams_read(&client->datagrams, client->core, cw_client_now_ms());
    return true;
}

/* The connection at hand keeps its own keys. */
static void follow_key(chinwag_client *client, const struct chinwag_event *event)
{
    if (event->type == CHINWAG_NEXT_KEY && event->server_key != NULL)
        cw_client_transport_follow(&client->transport, event->server_key);
}

/* The next event or, with a request, the response to that. */
static bool next(chinwag_client *client, int64_t request, struct chinwag_event *event)
{
    uint64_t now_ms = cw_client_now_ms();
    bool there = request == 0 ? cw_client_next(client->core, now_ms, event)
                              : cw_client_next_answer(client->core, request, now_ms, event);
    if (there)
        cw_client_log_event(&client->log, event);
    return there;
}

static bool run_until(chinwag_client *client, int64_t request, int timeout_ms,
                      struct chinwag_event *event)
{
    uint64_t end = timeout_ms < 0 ? UINT64_MAX : cw_client_now_ms() + (uint64_t)timeout_ms;
    bool last = false;
    for (;;) {
        run(client);
        if (next(client, request, event)) {
            follow_key(client, event);
            run(client); /* sends what the event has made possible before the caller handles it */
            return true;
        }
        if (is_next_wanted(client))
            continue;
        if (last || (request != 0 && !cw_client_awaits(client->core, request)))
            return false;
        if (!wait_for_socket(client, end))
            return false;
        last = cw_client_now_ms() >= end;
    }
}

bool chinwag_poll(chinwag_client *client, int timeout_ms, struct chinwag_event *event)
{
    return run_until(client, 0, timeout_ms, event);
}

bool chinwag_wait(chinwag_client *client, int64_t request, int timeout_ms,
                  struct chinwag_event *event)
{
    if (request > 0)
        return run_until(client, request, timeout_ms, event);
    *event = (struct chinwag_event){.type = CHINWAG_RESPONSE,
                                    .request = request,
                                    .action = "",
                                    .code = (int)request,
                                    .text = chinwag_code_text((int)request)};
    return request < 0;
}

void chinwag_wake(chinwag_client *client)
{
    int error = errno;
    (void)!write(client->wake_fd, &(uint64_t){1}, sizeof(uint64_t)); /* full: it is awake */
    errno = error;
}

int chinwag_fd(chinwag_client *client, bool *wants_write)
{
    *wants_write = wants_to_write(client);
    if (client->datagrams.fd < 0)
        return input_fd(client);
    int fd = cw_client_datagrams_watch(&client->datagrams, client->fd, *wants_write);
    *wants_write = false;
    return fd;
}

int chinwag_silent_ms(const chinwag_client *client)
{
    uint64_t silent_ms = cw_client_silent_ms(client->core, cw_client_now_ms());
    return silent_ms > INT_MAX ? INT_MAX : (int)silent_ms;
}

int chinwag_deadline(const chinwag_client *client)
{
    return wait_ms(client, cw_client_deadline(client->core), UINT64_MAX);
}
