/* tls_records.h - follows the TLS records that a server receives: where each begins, and the
 * length of the ClientHello.
 *
 * OpenSSL allocates memory for a ClientHello as soon as its length was received, up to 128 KiB:
 * nine bytes on each connection would be enough. Private to frame/tls*.c. */
#ifndef CW_FRAME_TLS_RECORDS_H
#define CW_FRAME_TLS_RECORDS_H

#include "base/slice.h"

struct cw_tls_records {
    uint8_t header[5];  /* of the record: type, version, length */
    uint8_t header_n;   /* bytes received of an incomplete header */
    uint8_t message[4]; /* of the handshake message: type, length */
    uint8_t message_n;  /* as header_n; messages and records end independently of each other */
    uint16_t left;      /* bytes of the record's body that are still to come */
    uint32_t message_left;
    bool change_cipher : 1; /* a ChangeCipherSpec was received: TLS 1.2 encrypts what follows */
};

/* Is a record incomplete? */
static inline bool cw_tls_records_inside(const struct cw_tls_records *r)
{
    return r->left != 0 || r->header_n != 0;
}

/* Follows the next bytes. `plain`: handshake records are not encrypted, and their messages are
 * followed, too. Returns false if a ClientHello is longer than CW_TLS_HELLO_MAX. */
bool cw_tls_records_follow(struct cw_tls_records *r, struct cw_slice bytes, bool plain);

#endif
