/* framer.c - see framer.h. */
#include "frame/framer.h"

#include <stdlib.h>

#include "base/alloc.h"

struct cw_owned cw_framer_keep(struct cw_framer *framer, struct cw_slice body)
{
    struct cw_owned kept = {body, framer->partial.p};
    if (kept.memory != NULL) {
        framer->partial = (struct cw_buf){0};
        return kept;
    }
    kept.memory = cw_alloc(body.n);
    kept.slice.p = kept.memory;
    if (body.n != 0)
        memcpy(kept.memory, body.p, body.n);
    return kept;
}

bool cw_framer_seal_slice(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                          struct cw_buf *sealed)
{
    if (framer->type->seal_slice != NULL)
        return framer->type->seal_slice(framer, pieces, count, sealed);
    cw_framer_seal(framer, pieces, count, sealed);
    return true;
}

void cw_framer_put(struct cw_framer *framer, struct cw_slice body, struct cw_buf *out)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t n = cw_framer_header(framer, end, body.n, false);
    cw_buf_append(out, end - n, n);
    cw_buf_append(out, body.p, body.n);
}

/* NULL: it is around no other, or not yet. */
static const struct cw_framer *inner_of(const struct cw_framer *framer)
{
    size_t at = framer->type->inner_at;
    return at == 0 ? NULL : *(struct cw_framer *const *)((const void *)((const char *)framer + at));
}

enum cw_transport cw_framer_transport(const struct cw_framer *framer)
{
    const struct cw_framer *inner = inner_of(framer);
    if (inner == NULL)
        return framer->sealing != CW_FRAMER_PLAIN ? CW_TRANSPORT_CURVE : framer->type->transport;
    enum cw_transport transport = inner->type->transport;
    return transport == CW_TRANSPORT_ZMTP ? CW_TRANSPORT_ZMTP_TLS
           : transport == CW_TRANSPORT_WS ? CW_TRANSPORT_WSS
                                          : transport;
}

void cw_framer_destroy(struct cw_framer *framer)
{
    if (framer == NULL)
        return;
    framer->type->finish(framer);
    free(framer);
}
