/* transport.c - how the generator's clients reach chinwagd by another transport than plain
 * ZMTP: the framers of src/frame, and the keys that both sides need. The server's own CPU and
 * memory are measured; what these framers cost the generator does not count.
 *
 * Callers: proto_chinwag.c, server.c. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "frame/tls.h"
#include "frame/tls_certificate.h"
#include "frame/websocket_client.h"
#include "frame/zmtp.h"
#include "server/curve_key.h"

#define MESSAGE_MAX (1u << 20)
#define DAY_S       86400

static struct cw_buf certificate;

static int64_t now_s(void)
{
    return (int64_t)time(NULL);
}

/* --- the server's side ------------------------------------------------------------------ */

static void write_secret(const char *name, const struct cw_buf *bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", run.folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes->p, bytes->n) != (ssize_t)bytes->n || close(fd) != 0)
        die("cannot write %s", path);
}

const char *transport_config(void)
{
    static const char *const names[] = {"localhost"};
    struct cw_buf key = {0};
    if (run.server->transport != TRANSPORT_WSS)
        return "";
    if (!cw_tls_self_signed(names, 1, now_s() - DAY_S, now_s() + DAY_S, &certificate, &key))
        die("no certificate can be made");
    write_secret("certificate.pem", &certificate);
    write_secret("key.pem", &key);
    cw_buf_finish(&key);
    return "tls_certificate = certificate.pem\ntls_key = key.pem\n";
}

/* --- the clients' ----------------------------------------------------------------------- */

static struct cw_framer *connect_websocket(void)
{
    char host[32];
    snprintf(host, sizeof host, "localhost:%u", run.port);
    return cw_websocket_client_create(cw_slice_str(host), cw_slice_str("/ws"), MESSAGE_MAX,
                                      randombytes_buf);
}

static struct cw_framer *connect_tls(void)
{
    static struct cw_tls_client *trust;
    struct cw_tls_peer peer = {.host = "localhost", .now_s = now_s()};
    if (trust == NULL)
        trust = cw_tls_client_create(cw_buf_slice(&certificate));
    if (trust == NULL)
        die("the certificate cannot be read");
    return cw_tls_create_client(trust, &peer, connect_websocket());
}

/* The server has made its key at its first start. */
static struct cw_framer *connect_curve(void)
{
    static struct cw_curve_client client;
    if (client.random == NULL) {
        struct cw_curve_server server = {0};
        int64_t old_until_s;
        char folder[512], error[256] = "libsodium does not work";
        snprintf(folder, sizeof folder, "%s/data", run.folder);
        if (sodium_init() < 0 || !cw_curve_key_read(folder, now_s(), &server, &old_until_s, error))
            die("%s", error);
        memcpy(client.server_key, server.key.public_key, sizeof client.server_key);
        client.random = randombytes_buf;
        cw_curve_key_make(&client.key, client.random);
    }
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, MESSAGE_MAX);
    cw_zmtp_use_curve(framer, &client);
    return framer;
}

struct cw_framer *transport_connect(void)
{
    switch (run.server->transport) {
    case TRANSPORT_WS:
        return connect_websocket();
    case TRANSPORT_CURVE:
        return connect_curve();
    case TRANSPORT_WSS:
        return connect_tls();
    case TRANSPORT_NULL:
        break;
    }
    return NULL;
}

bool transport_is_bounded(void)
{
    return run.server->transport == TRANSPORT_CURVE || run.server->transport == TRANSPORT_WSS;
}
