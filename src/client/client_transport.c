/* client_transport.c - see client_transport.h. */
#include "client/client_transport.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/curve_text.h"
#include "frame/websocket_client.h"

#define DEFAULT_SERVER "127.0.0.1:4242"

bool cw_client_transport_begin(struct cw_client_transport *transport,
                               const struct chinwag_options *options, cw_random random)
{
    const char *server = options->server != NULL ? options->server : DEFAULT_SERVER;
    *transport = (struct cw_client_transport){.has_key = options->server_key != NULL,
                                              .curve = {.random = random},
                                              .has_pin = options->tls_pin != NULL};
    if (!chinwag_read_address(server, &transport->address))
        return false;
    if (transport->has_key &&
        !cw_curve_key_parse(cw_slice_str(options->server_key), transport->curve.server_key))
        return false;
    if (transport->has_pin && !cw_tls_pin_parse(cw_slice_str(options->tls_pin), &transport->pin))
        return false;
    if (transport->has_key)
        cw_curve_key_make(&transport->curve.key, random);
    return true;
}

void cw_client_transport_finish(struct cw_client_transport *transport)
{
    cw_curve_key_wipe(&transport->curve.key);
    cw_tls_client_destroy(transport->tls);
}

void cw_client_transport_follow(struct cw_client_transport *transport, const char *server_key)
{
    if (transport->has_key)
        cw_curve_key_parse(cw_slice_str(server_key), transport->curve.server_key);
}

bool chinwag_is_server_key(const char *text)
{
    uint8_t key[CW_CURVE_KEY_N];
    return cw_curve_key_parse(cw_slice_str(text), key);
}

bool chinwag_is_tls_pin(const char *text)
{
    char again[CW_TLS_PIN_TEXT];
    struct cw_tls_pin pin;
    if (!cw_tls_pin_parse(cw_slice_str(text), &pin))
        return false;
    cw_tls_pin_text(&pin, again);
    return strcmp(text, again) == 0; /* digits in lower case */
}

const char *cw_client_transport_forbids(const struct cw_client_transport *transport)
{
    if (transport->address.transport == CHINWAG_WSS)
        return NULL;
    if (transport->address.transport == CHINWAG_WS && transport->has_key)
        return "ws does not encrypt, and the server's key is known: use its wss or tcp address";
    if (transport->has_key || transport->address.local)
        return NULL;
    return "the address is not of this machine, and nothing is sent there unencrypted: give the "
           "server's key, or its wss address";
}

void cw_client_transport_host(const struct cw_client_transport *transport, const char *usual_port,
                              char *host, size_t size)
{
    const struct chinwag_address *address = &transport->address;
    bool v6 = strchr(address->host, ':') != NULL;
    bool usual = strcmp(address->port, usual_port) == 0;
    snprintf(host, size, "%s%s%s%s%s", v6 ? "[" : "", address->host, v6 ? "]" : "",
             usual ? "" : ":", usual ? "" : address->port);
}

static struct cw_framer *open_websocket(const struct cw_client_transport *transport,
                                        const char *usual_port)
{
    char host[sizeof transport->address.host + sizeof transport->address.port + 3];
    cw_client_transport_host(transport, usual_port, host, sizeof host);
    return cw_websocket_client_create(cw_slice_str(host), cw_slice_str(CW_WEBSOCKET_PATH),
                                      CW_CLIENT_MESSAGE_MAX, transport->curve.random);
}

struct cw_framer *cw_client_transport_wrap(struct cw_client_transport *transport, int64_t now_s,
                                           struct cw_framer *inner)
{
    struct cw_tls_peer peer = {.host = transport->address.host,
                               .pin = transport->has_pin ? &transport->pin : NULL,
                               .now_s = now_s};
    if (transport->tls == NULL)
        transport->tls = cw_tls_client_create((struct cw_slice){0});
    if (transport->tls != NULL && inner != NULL)
        return cw_tls_create_client(transport->tls, &peer, inner);
    cw_framer_destroy(inner);
    return NULL;
}

struct cw_framer *cw_client_transport_open(struct cw_client_transport *transport, int64_t now_s,
                                           enum cw_client_proof *proof)
{
    *proof = CW_CLIENT_PROOF_NONE;
    if (transport->address.transport == CHINWAG_WS)
        return open_websocket(transport, CW_PORT_HTTP);
    if (transport->address.transport == CHINWAG_WSS) {
        *proof = CW_CLIENT_PROOF_TLS;
        return cw_client_transport_wrap(transport, now_s, open_websocket(transport, CW_PORT_HTTPS));
    }
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_CLIENT_MESSAGE_MAX);
    if (framer != NULL && transport->has_key) {
        *proof = CW_CLIENT_PROOF_CURVE;
        cw_zmtp_use_curve(framer, &transport->curve);
    }
    if (cw_alloc_failed()) { /* perhaps it would speak without the key */
        cw_framer_destroy(framer);
        return NULL;
    }
    return framer;
}
