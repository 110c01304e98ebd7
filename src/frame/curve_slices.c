/* curve_slices.c - see curve_slices.h. */
#include "frame/curve_slices.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/framer.h"
#include "frame/pieces.h"

struct cw_curve_sealing {
    struct cw_box_parts box;
    uint8_t tag[CW_BOX_MAC_N];
    uint8_t flags;
    size_t body_at, whole; /* in the plain frame: where its body begins, and its end */
    size_t at;             /* how far it was encrypted, this time */
};

_Static_assert(sizeof(struct cw_curve_sealing) <= CW_FRAMER_SEALING_MEMORY, "");

/* An empty delimiter may precede the frame: it is sealed at once. The first piece has the headers
 * of both. */
static struct cw_curve_sealing *begin_slices(struct cw_curve_traffic *traffic,
                                             struct cw_slice first, size_t whole,
                                             struct cw_buf *sealed)
{
    struct cw_curve_sealing *s = cw_alloc_zero(sizeof *s);
    uint8_t nonce[CW_BOX_NONCE_N];
    bool delimited = first.p[0] == CW_ZMTP_MORE && first.p[1] == 0;
    size_t begin = delimited ? CW_ZMTP_SHORT_HEADER : 0;
    struct cw_slice delimiter = cw_slice_of(first.p, begin);
    cw_curve_seal(traffic, &delimiter, 1, sealed);
    struct cw_zmtp_frame frame = cw_zmtp_read_header(first.p + begin);
    s->flags = cw_curve_flags(frame.flags);
    s->at = s->body_at = begin + frame.header_n;
    s->whole = whole;
    assert(s->body_at <= first.n && frame.body_n == whole - s->body_at);
    cw_curve_sent_nonce(traffic, nonce);
    cw_box_begin(&s->box, nonce, traffic->shared);
    return s;
}

/* The first time the encrypted bytes are not kept. */
static void encrypt_part(struct cw_curve_sealing *s, const struct cw_curve_traffic *traffic,
                         struct cw_slice plain, struct cw_buf *sealed)
{
    cw_box_seal_part(&s->box, cw_buf_reserve(sealed, plain.n), plain.p, plain.n, traffic->shared);
    if (s->box.tagged)
        sealed->n += plain.n;
}

/* What precedes the body, each time. */
static void put_begin(struct cw_curve_sealing *s, const struct cw_curve_traffic *traffic,
                      struct cw_buf *sealed)
{
    if (s->box.tagged) {
        cw_curve_put_head(s->box.nonce, s->whole - s->body_at, sealed);
        cw_buf_append(sealed, s->tag, sizeof s->tag);
    }
    encrypt_part(s, traffic, cw_slice_of(&s->flags, 1), sealed);
}

static void put_slice(struct cw_curve_sealing *s, const struct cw_curve_traffic *traffic,
                      const struct cw_slice pieces[], size_t count, struct cw_buf *sealed)
{
    struct cw_slice slice[CW_PIECES_MAX];
    size_t parts = cw_pieces_cut(pieces, count, s->at, CW_SEAL_SLICE, slice);
    for (size_t i = 0; i < parts; i++)
        encrypt_part(s, traffic, slice[i], sealed);
    s->at += cw_pieces_length(slice, parts);
}

bool cw_curve_seal_slice(struct cw_curve_traffic *traffic, struct cw_curve_sealing **sealing,
                         const struct cw_slice pieces[], size_t count, struct cw_buf *sealed)
{
    size_t whole = cw_pieces_length(pieces, count);
    if (whole <= CW_SEAL_SLICE) {
        cw_curve_seal(traffic, pieces, count, sealed);
        return true;
    }
    if (*sealing == NULL)
        *sealing = begin_slices(traffic, pieces[0], whole, sealed);
    struct cw_curve_sealing *s = *sealing;
    assert(s->whole == whole);
    if (s->at == s->body_at)
        put_begin(s, traffic, sealed);
    put_slice(s, traffic, pieces, count, sealed);
    if (s->at < whole)
        return false;
    if (s->box.tagged) {
        cw_curve_end_slices(sealing);
        return true;
    }
    cw_box_tag(&s->box, s->tag);
    s->at = s->body_at;
    return false;
}

void cw_curve_end_slices(struct cw_curve_sealing **sealing)
{
    if (*sealing == NULL)
        return;
    cw_box_wipe(*sealing, sizeof **sealing);
    free(*sealing);
    *sealing = NULL;
}
