/* curve_traffic.c - see curve_traffic.h. */
#include "frame/curve_traffic.h"

#include "frame/zmtp_frame.h"

#define NAME      "\x07MESSAGE"
#define NAME_N    8
#define OF_SERVER "CurveZMQMESSAGES"
#define OF_CLIENT "CurveZMQMESSAGEC"
#define PREFIX_N  16

void cw_curve_write_number(uint8_t *p, uint64_t number)
{
    for (int i = 7; i >= 0; i--, number >>= 8)
        p[i] = (uint8_t)number;
}

uint64_t cw_curve_read_number(const uint8_t *p)
{
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | p[i];
    return number;
}

void cw_curve_nonce(uint8_t nonce[CW_BOX_NONCE_N], const char *prefix, uint64_t number)
{
    memcpy(nonce, prefix, PREFIX_N);
    cw_curve_write_number(nonce + PREFIX_N, number);
}

/* --- opening ------------------------------------------------------------------- */

/* "SHALL verify that a client connection does use correctly incrementing short nonces".
 * A higher nonce is not enough: if an attacker on the path removed a message, a peer that
 * answers requests in order would assign an answer to the wrong request. */
const char *cw_curve_check_head(const struct cw_curve_traffic *traffic, const uint8_t *head)
{
    if (memcmp(head, NAME, NAME_N) != 0)
        return "the peer sent something else than MESSAGE";
    if (cw_curve_read_number(head + NAME_N) != traffic->received + 1)
        return "a MESSAGE came twice, or one is missing";
    return NULL;
}

void cw_curve_skip(struct cw_curve_traffic *traffic)
{
    traffic->received++;
}

void cw_curve_received_nonce(struct cw_curve_traffic *traffic, uint8_t nonce[CW_BOX_NONCE_N])
{
    cw_curve_nonce(nonce, traffic->is_server ? OF_CLIENT : OF_SERVER, ++traffic->received);
}

bool cw_curve_open(struct cw_curve_traffic *traffic, uint8_t *plain, const uint8_t *body, size_t n)
{
    uint8_t nonce[CW_BOX_NONCE_N];
    cw_curve_received_nonce(traffic, nonce);
    return cw_box_open(plain, body + CW_CURVE_MESSAGE_HEAD, n, nonce, traffic->shared);
}

/* --- sealing ------------------------------------------------------------------- */

void cw_curve_sent_nonce(struct cw_curve_traffic *traffic, uint8_t nonce[CW_BOX_NONCE_N])
{
    cw_curve_nonce(nonce, traffic->is_server ? OF_SERVER : OF_CLIENT, cw_curve_next_nonce(traffic));
}

void cw_curve_put_head(const uint8_t nonce[CW_BOX_NONCE_N], size_t n, struct cw_buf *sealed)
{
    uint8_t header[CW_ZMTP_LONG_HEADER], *end = header + sizeof header;
    size_t header_n = cw_zmtp_write_header(end, 0, CW_CURVE_MESSAGE_GROWTH + n);
    cw_buf_append(sealed, end - header_n, header_n);
    cw_buf_append(sealed, NAME, NAME_N);
    cw_buf_append(sealed, nonce + PREFIX_N, CW_BOX_NONCE_N - PREFIX_N);
}

/* A position in pieces that are read as one sequence of bytes. */
struct reading {
    const struct cw_slice *pieces;
    size_t at;
};

static void skip_ends(struct reading *r, const struct cw_slice *end)
{
    while (r->pieces < end && r->at == r->pieces->n) {
        r->pieces++;
        r->at = 0;
    }
}

static void copy_out(struct reading *r, uint8_t *to, size_t n)
{
    while (n > 0) {
        size_t some = r->pieces->n - r->at;
        if (some > n)
            some = n;
        if (some != 0)
            memcpy(to, r->pieces->p + r->at, some);
        to += some;
        n -= some;
        r->at += some;
        if (r->at == r->pieces->n && n > 0) {
            r->pieces++;
            r->at = 0;
        }
    }
}

/* Seals one frame; the reader is at its header. The body is copied to its place in the box and
 * encrypted there. False: there is no memory for it. */
static bool seal_frame(struct cw_curve_traffic *traffic, struct reading *r, struct cw_buf *sealed)
{
    uint8_t header[CW_ZMTP_LONG_HEADER], nonce[CW_BOX_NONCE_N];
    copy_out(r, header, 1);
    copy_out(r, header + 1, cw_zmtp_header_size(header[0]) - 1);
    struct cw_zmtp_frame frame = cw_zmtp_read_header(header);
    size_t n = (size_t)frame.body_n;
    if (cw_buf_reserve(sealed, sizeof header + CW_CURVE_MESSAGE_GROWTH + n) == NULL)
        return false;
    cw_curve_sent_nonce(traffic, nonce);
    cw_curve_put_head(nonce, n, sealed);
    uint8_t *box = sealed->p + sealed->n, *plain = box + CW_BOX_MAC_N;
    plain[0] = cw_curve_flags(frame.flags);
    copy_out(r, plain + 1, n);
    cw_box_seal(box, plain, 1 + n, nonce, traffic->shared);
    sealed->n += CW_BOX_MAC_N + 1 + n;
    return true;
}

void cw_curve_seal(struct cw_curve_traffic *traffic, const struct cw_slice pieces[], size_t count,
                   struct cw_buf *sealed)
{
    if (count == 0) /* ZMTP has no message for the end of a stream */
        return;
    const struct cw_slice *end = pieces + count;
    struct reading r = {.pieces = pieces};
    for (skip_ends(&r, end); r.pieces < end; skip_ends(&r, end))
        if (!seal_frame(traffic, &r, sealed))
            return;
}
