/* http_upgrade.c - see http_upgrade.h. */
#include "frame/http_upgrade.h"

#include "frame/http_words.h"
#include "frame/websocket_accept.h"

/* "a base64-encoded value that, when decoded, is 16 bytes in length": 22 characters, of which
 * the last has four bits, and the padding. */
static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

static bool is_key(struct cw_slice key)
{
    if (key.n != CW_WEBSOCKET_KEY_LEN || memcmp(key.p + CW_WEBSOCKET_KEY_LEN - 2, "==", 2) != 0)
        return false;
    for (size_t i = 0; i < CW_WEBSOCKET_KEY_LEN - 2; i++)
        if (!is_base64(key.p[i]))
            return false;
    return memchr("AQgw", key.p[CW_WEBSOCKET_KEY_LEN - 3], 4) != NULL;
}

/* A sandboxed page sends "null", which is not a configured origin. */
bool cw_http_origin_allowed(const struct cw_http_site *site, struct cw_slice origin)
{
    for (size_t i = 0; i < site->origin_count; i++)
        if (cw_http_same_word(origin, site->origins[i]))
            return true;
    return origin.p == NULL;
}

struct cw_http_refusal cw_http_check_upgrade(const struct cw_http_site *site,
                                             const struct cw_http_head *head)
{
    bool is_upgrade = head->method == CW_HTTP_GET && !head->closes && head->connects_upgrade &&
                      head->wants_websocket;
    if (!is_upgrade || !cw_slice_eq(head->websocket_version, cw_slice_str("13")))
        return (struct cw_http_refusal){426, "this is a WebSocket of version 13"};
    if (!cw_http_origin_allowed(site, head->origin))
        return (struct cw_http_refusal){403,
                                        "a WebSocket upgrade comes from a page of another site"};
    if (!is_key(head->websocket_key))
        return (struct cw_http_refusal){400, "a WebSocket upgrade has a malformed key"};
    if (!head->offers_chinwag)
        return (struct cw_http_refusal){
            400, "a WebSocket upgrade does not offer the subprotocol chinwag.1"};
    if (site->forwarded_header != NULL && head->forwarded_count == 0)
        return (struct cw_http_refusal){
            400, "a WebSocket upgrade through a proxy has no client address"};
    return (struct cw_http_refusal){0};
}

void cw_http_put_upgrade_wanted(struct cw_buf *headers)
{
    struct cw_slice lines = cw_slice_str("Connection: Upgrade\r\n"
                                         "Upgrade: websocket\r\n"
                                         "Sec-WebSocket-Version: 13\r\n");
    cw_buf_append(headers, lines.p, lines.n);
}

void cw_http_put_upgraded(struct cw_buf *out, const struct cw_http_site *site,
                          const struct cw_http_head *head)
{
    char accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    struct cw_slice before = cw_slice_str("HTTP/1.1 101 Switching Protocols\r\n"
                                          "Connection: Upgrade\r\n"
                                          "Upgrade: websocket\r\n"
                                          "Sec-WebSocket-Protocol: " CW_WEBSOCKET_PROTOCOL "\r\n"
                                          "Sec-WebSocket-Accept: ");
    cw_websocket_accept(head->websocket_key, accept);
    cw_buf_append(out, before.p, before.n);
    cw_buf_append(out, accept, CW_WEBSOCKET_ACCEPT_LEN);
    cw_buf_append(out, "\r\n", 2);
    cw_buf_append_str(out, site->headers);
    cw_buf_append(out, "\r\n", 2);
}
