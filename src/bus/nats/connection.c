/* connection.c - see connection.h. */
#include "bus/nats/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- libnats' adapter to libuv ---------------------------------------------------------------- */

/* The library closes a socket on a thread of its own, also one that the loop still watches, or is
 * about to watch: libuv aborts then, and the adapter goes on with a handle that could not be made.
 * So each handle watches a copy of the socket, which is closed with the handle. */

static int init_copy(uv_loop_t *loop, uv_poll_t *handle, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), result = UV_EBADF;
    if (copy >= 0)
        result = uv_poll_init(loop, handle, copy);
    if (copy >= 0 && result != 0)
        close(copy);
    return result;
}

/* Of a socket that is closed already, a pipe in which nothing happens: the library connects once
 * more, or misses the answers to its pings. */
static int init_poll(uv_loop_t *loop, uv_poll_t *handle, int socket)
{
    const struct cw_nats *nats = loop->data;
    return init_copy(loop, handle, socket) == 0 ? 0 : init_copy(loop, handle, nats->idle[0]);
}

static void close_copy(uv_handle_t *handle, uv_close_cb closed)
{
    int copy = -1;
    if (handle->type == UV_POLL)
        uv_fileno(handle, &copy);
    uv_close(handle, closed);
    if (copy >= 0)
        close(copy);
}

/* The other end has closed it, and all was read; or it is no socket. */
static bool is_over(const uv_poll_t *handle)
{
    int copy;
    char byte;
    if (uv_fileno((const uv_handle_t *)handle, &copy) != 0)
        return false;
    ssize_t n = recv(copy, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void natsLibuvPoll(uv_poll_t *handle, int status, int events);

/* The library was told of the end, or has closed its own socket: else the copy would be readable
 * for ever, and the loop would not rest. */
static void on_poll(uv_poll_t *handle, int status, int events)
{
    bool over = is_over(handle);
    natsLibuvPoll(handle, status, events);
    if (over && !uv_is_closing((uv_handle_t *)handle))
        uv_poll_stop(handle);
}

static int start_poll(uv_poll_t *handle, int events, uv_poll_cb usual)
{
    (void)usual;
    return uv_poll_start(handle, events, on_poll);
}

#define uv_poll_init_socket init_poll
#define uv_poll_start       start_poll
#define uv_close            close_copy
#include <nats/adapters/libuv.h>
#undef uv_poll_init_socket
#undef uv_poll_start
#undef uv_close

/* A NATS that does not answer so often in a row, so long apart, is left. */
#define PING_MS   2000
#define PINGS_OUT 2
/* Between two attempts, at each host; up to twice as long, by chance. */
#define AGAIN_MS   500
#define CONNECT_MS 2000

/* --- what becomes of it --------------------------------------------------------------------------
 */

static void on_disconnected(natsConnection *conn, void *closure)
{
    const struct cw_nats_events *events = closure;
    const char *why = NULL;
    natsConnection_GetLastError(conn, &why);
    events->connected(events->context, false, why);
}

static void on_reconnected(natsConnection *conn, void *closure)
{
    const struct cw_nats_events *events = closure;
    (void)conn;
    events->connected(events->context, true, NULL);
}

static void on_nats_closed(natsConnection *conn, void *closure)
{
    const struct cw_nats_events *events = closure;
    (void)conn;
    events->closed(events->context);
}

/* Messages that the library drops are counted by nats_driver.c. */
static void on_error(natsConnection *conn, natsSubscription *sub, natsStatus error, void *closure)
{
    const struct cw_nats_events *events = closure;
    (void)conn, (void)sub;
    if (error == NATS_NOT_PERMITTED)
        events->refused(events->context,
                        "NATS does not permit this user to publish and subscribe to chinwag.>");
}

/* --- options
 * --------------------------------------------------------------------------------------- */

static bool explain(natsStatus status, const char *about, char error[256])
{
    const char *more = status == NATS_OK ? NULL : nats_GetLastError(NULL);
    if (status != NATS_OK)
        snprintf(error, 256, "%s: %s%s%.150s", about, natsStatus_GetText(status),
                 more == NULL || more[0] == '\0' ? "" : ": ", more == NULL ? "" : more);
    return status == NATS_OK;
}

static bool set_times(natsOptions *options)
{
    return natsOptions_SetTimeout(options, CONNECT_MS) == NATS_OK &&
           natsOptions_SetPingInterval(options, PING_MS) == NATS_OK &&
           natsOptions_SetMaxPingsOut(options, PINGS_OUT) == NATS_OK &&
           natsOptions_SetMaxReconnect(options, -1) == NATS_OK &&
           natsOptions_SetReconnectWait(options, AGAIN_MS) == NATS_OK &&
           natsOptions_SetReconnectJitter(options, AGAIN_MS, AGAIN_MS) == NATS_OK;
}

static bool set_behaviour(natsOptions *options, const struct cw_nats_events *events)
{
    void *closure = (void *)(uintptr_t)events;
    return natsOptions_SetNoEcho(options, true) == NATS_OK &&
           natsOptions_SetIgnoreDiscoveredServers(options, true) == NATS_OK &&
           /* With a loop: what is published leaves with its next turn. */
           natsOptions_SetSendAsap(options, true) == NATS_OK &&
           natsOptions_SetMaxPendingMsgs(options, CW_BUS_PENDING_MAX) == NATS_OK &&
           natsOptions_SetName(options, "chinwagd") == NATS_OK &&
           natsOptions_SetErrorHandler(options, on_error, closure) == NATS_OK &&
           natsOptions_SetDisconnectedCB(options, on_disconnected, closure) == NATS_OK &&
           natsOptions_SetReconnectedCB(options, on_reconnected, closure) == NATS_OK &&
           natsOptions_SetClosedCB(options, on_nats_closed, closure) == NATS_OK;
}

static bool set_tls(natsOptions *options, const struct cw_bus_url *url, char error[256])
{
    if (!url->tls)
        return true;
    if (!explain(natsOptions_SetSecure(options, true), "`bus`: TLS", error))
        return false;
    if (url->ca[0] != '\0' && !explain(natsOptions_LoadCATrustedCertificates(options, url->ca),
                                       "`bus`: ca cannot be used", error))
        return false;
    return url->cert[0] == '\0' ||
           explain(natsOptions_LoadCertificatesChain(options, url->cert, url->key),
                   "`bus`: cert and key cannot be used", error);
}

/* Its first line, or why there is none. */
static bool read_line(const char *path, const char *about, char line[CW_BUS_URL_PART_MAX],
                      char error[256])
{
    FILE *file = fopen(path, "re");
    bool good = file != NULL && fgets(line, CW_BUS_URL_PART_MAX, file) != NULL;
    if (file != NULL)
        fclose(file);
    if (good)
        line[strcspn(line, "\r\n")] = '\0';
    if (!good || line[0] == '\0')
        snprintf(error, 256, "`bus`: %s cannot be read from %.200s", about, path);
    return good && line[0] != '\0';
}

/* The library reads them when it connects, which may be long after the start. */
static bool set_creds(natsOptions *options, const char *path, char error[256])
{
    char line[CW_BUS_URL_PART_MAX];
    return read_line(path, "creds", line, error) &&
           explain(natsOptions_SetUserCredentialsFromFiles(options, path, NULL),
                   "`bus`: creds cannot be used", error);
}

static bool set_credentials(natsOptions *options, const struct cw_bus_url *url, char error[256])
{
    char token[CW_BUS_URL_PART_MAX];
    if (url->user[0] != '\0' &&
        natsOptions_SetUserInfo(options, url->user, url->password) != NATS_OK)
        return false;
    if (url->creds[0] != '\0' && !set_creds(options, url->creds, error))
        return false;
    return url->token[0] == '\0' || (read_line(url->token, "token", token, error) &&
                                     natsOptions_SetToken(options, token) == NATS_OK);
}

bool cw_nats_prepare(struct cw_nats *nats, const struct cw_bus_url *url,
                     const struct cw_nats_events *events, char error[256])
{
    const char *servers[CW_BUS_URL_SERVERS_MAX];
    for (int i = 0; i < url->server_count; i++)
        servers[i] = url->servers[i];
    snprintf(error, 256, "`bus`: libnats cannot be used");
    nats->events = events;
    if (uv_pipe(nats->idle, 0, 0) != 0)
        return false;
    if (natsOptions_Create(&nats->options) != NATS_OK)
        return false;
    return natsOptions_SetServers(nats->options, servers, url->server_count) == NATS_OK &&
           set_times(nats->options) && set_behaviour(nats->options, events) &&
           set_tls(nats->options, url, error) && set_credentials(nats->options, url, error);
}

/* --- the connection
 * ---------------------------------------------------------------------------------- */

void cw_nats_set_loop(struct cw_nats *nats, uv_loop_t *loop)
{
    loop->data = nats;
    natsLibuv_Init();
    natsLibuv_SetThreadLocalLoop(loop);
    natsOptions_SetEventLoop(nats->options, loop, natsLibuv_Attach, natsLibuv_Read, natsLibuv_Write,
                             natsLibuv_Detach);
}

bool cw_nats_connect(struct cw_nats *nats, const char *all, const char *own, char error[256])
{
    return explain(natsConnection_Connect(&nats->conn, nats->options), "it cannot be reached",
                   error) &&
           explain(natsConnection_SubscribeSync(&nats->all, nats->conn, all), "it was lost",
                   error) &&
           explain(natsConnection_SubscribeSync(&nats->own, nats->conn, own), "it was lost", error);
}

void cw_nats_disconnect(struct cw_nats *nats)
{
    natsConnection_ProcessWriteEvent(nats->conn);
    natsConnection_Close(nats->conn);
}

void cw_nats_forget(struct cw_nats *nats)
{
    natsSubscription_Destroy(nats->all);
    natsSubscription_Destroy(nats->own);
    natsConnection_Destroy(nats->conn);
    nats->conn = NULL;
    nats->all = nats->own = NULL;
}

void cw_nats_finish(struct cw_nats *nats)
{
    natsOptions_Destroy(nats->options);
    for (int i = 0; i < 2 && nats->idle[1] != 0; i++)
        close(nats->idle[i]);
}
