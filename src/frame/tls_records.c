/* tls_records.c - see tls_records.h. */
#include "frame/tls_records.h"

#include "base/limits.h"

/* RFC 8446 5.1 and 4: ContentType, HandshakeType. */
enum { TYPE_CHANGE_CIPHER_SPEC = 20, TYPE_HANDSHAKE = 22 };
enum { MESSAGE_CLIENT_HELLO = 1 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct cw_slice rest(struct cw_slice bytes, size_t n)
{
    return cw_slice_of(bytes.p + n, bytes.n - n);
}

/* Follows handshake messages; a record may contain several, or a part of one. */
static bool follow_messages(struct cw_tls_records *r, struct cw_slice bytes)
{
    while (bytes.n > 0) {
        if (r->message_left > 0) {
            size_t n = least(bytes.n, r->message_left);
            r->message_left -= (uint32_t)n;
            bytes = rest(bytes, n);
            continue;
        }
        r->message[r->message_n++] = bytes.p[0];
        bytes = rest(bytes, 1);
        if (r->message_n < sizeof r->message)
            continue;
        r->message_n = 0;
        r->message_left =
            (uint32_t)r->message[1] << 16 | (uint32_t)r->message[2] << 8 | r->message[3];
        if (r->message[0] == MESSAGE_CLIENT_HELLO && r->message_left > CW_TLS_HELLO_MAX)
            return false;
    }
    return true;
}

static void begin_record(struct cw_tls_records *r)
{
    r->header_n = 0;
    r->left = (uint16_t)(r->header[3] << 8 | r->header[4]);
    if (r->header[0] == TYPE_CHANGE_CIPHER_SPEC)
        r->change_cipher = true;
}

bool cw_tls_records_follow(struct cw_tls_records *r, struct cw_slice bytes, bool plain)
{
    while (bytes.n > 0) {
        if (r->left > 0) {
            size_t n = least(bytes.n, r->left);
            if (plain && r->header[0] == TYPE_HANDSHAKE &&
                !follow_messages(r, cw_slice_of(bytes.p, n)))
                return false;
            r->left = (uint16_t)(r->left - n);
            bytes = rest(bytes, n);
            continue;
        }
        r->header[r->header_n++] = bytes.p[0];
        bytes = rest(bytes, 1);
        if (r->header_n == sizeof r->header)
            begin_record(r);
    }
    return true;
}
