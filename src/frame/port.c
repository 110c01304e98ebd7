/* port.c - see port.h. */
#include "frame/port.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/partial.h"
#include "frame/proxy_header.h"
#include "frame/zmtp.h"

/* The first octet of a greeting. */
#define ZMTP_FIRST 0xff

struct port_framer {
    struct cw_framer framer;
    const struct cw_port *port;
    bool awaits_header;
};

static struct cw_framer_event port_failed(struct cw_framer *framer, struct cw_slice *in,
                                          const char *reason)
{
    cw_buf_finish(&framer->partial);
    cw_partial_advance(in, in->n);
    return (struct cw_framer_event){.type = CW_FRAMER_FAILED, .reason = reason};
}

static void port_start(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static struct cw_framer_event read_proxy_header(struct port_framer *p, struct cw_slice *in)
{
    struct cw_framer *framer = &p->framer;
    const struct cw_framer_event need_more = {.type = CW_FRAMER_NEED_MORE};
    const uint8_t *header = cw_partial_gather(framer, in, CW_PROXY_FIXED_N);
    const char *wrong =
        cw_proxy_header_check(header != NULL ? cw_slice_of(header, CW_PROXY_FIXED_N)
                                             : cw_slice_of(framer->partial.p, framer->partial.n));
    if (wrong != NULL)
        return port_failed(framer, in, wrong);
    if (header == NULL)
        return need_more;
    size_t n = cw_proxy_header_length(header);
    header = cw_partial_gather(framer, in, n);
    if (header == NULL)
        return need_more;
    cw_partial_take(framer, in, n);
    p->awaits_header = false;
    return (struct cw_framer_event){.type = CW_FRAMER_ADDRESS,
                                    .body = cw_proxy_header_address(header)};
}

static struct cw_framer *create_zmtp(const struct cw_port *port, bool plaintext,
                                     uint32_t message_max)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, message_max);
    if (port->curve != NULL)
        cw_zmtp_offer_curve(framer, port->curve, plaintext);
    return framer;
}

/* The protocols inside TLS. The wrapper sets the length of messages. */
static struct cw_framer *create_inside_tls(void *context, uint8_t first)
{
    const struct cw_port *port = context;
    if (first == ZMTP_FIRST)
        return create_zmtp(port, true, CW_UNAUTHENTICATED_MESSAGE_MAX);
    if (first >= 'A' && first <= 'Z' && port->site != NULL)
        return cw_http_create(port->site, CW_UNAUTHENTICATED_MESSAGE_MAX);
    return NULL;
}

/* NULL, with the reason. */
static struct cw_framer *choose(const struct cw_port *port, uint8_t first, uint32_t message_max,
                                const char **reason)
{
    *reason = "the first byte belongs to no protocol of this address";
    if (first == ZMTP_FIRST && !port->forwarded) {
        *reason = "this address accepts only encrypted connections";
        return port->plaintext || port->curve != NULL
                   ? create_zmtp(port, port->plaintext, message_max)
                   : NULL;
    }
    if (first == CW_TLS_FIRST && !port->forwarded && port->tls != NULL && *port->tls != NULL) {
        *reason = "too many handshakes at once";
        return port->may_begin_tls(port->context)
                   ? cw_tls_create_server(*port->tls, create_inside_tls, (void *)(uintptr_t)port,
                                          message_max)
                   : NULL;
    }
    if (first >= 'A' && first <= 'Z' && port->plain_site != NULL)
        return cw_http_create(port->plain_site, message_max);
    return NULL;
}

static struct cw_framer_event port_input(struct cw_framer *framer, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct port_framer *p = (struct port_framer *)framer; /* its first member */
    const char *reason;
    (void)out;
    cw_partial_give_back(framer);
    if (p->awaits_header)
        return read_proxy_header(p, in);
    if (in->n == 0)
        return (struct cw_framer_event){.type = CW_FRAMER_NEED_MORE};
    struct cw_framer *next = choose(p->port, in->p[0], framer->message_max, &reason);
    if (next == NULL)
        return port_failed(framer, in, reason);
    return (struct cw_framer_event){.type = CW_FRAMER_NEXT, .next = next};
}

static void port_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static void port_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
}

/* Nothing is sent before the first byte: there are no messages and probes. */
struct cw_framer *cw_port_create(const struct cw_port *port, uint32_t message_max)
{
    static const struct cw_framer_type type = {
        .start = port_start, .input = port_input, .close = port_close, .finish = port_finish};
    struct port_framer *p = cw_alloc(sizeof *p);
    *p = (struct port_framer){.framer = {.type = &type, .message_max = message_max},
                              .port = port,
                              .awaits_header = port->proxy_header};
    return &p->framer;
}
