/* tls_records.h - follows the records of TLS as a server gets them: where one begins, and how
 * long the ClientHello is that one claims to begin.
 *
 * OpenSSL takes memory for a ClientHello as soon as its length has come, up to 128 KiB; whoever
 * opens connections would have it for nine bytes each. Private to frame/tls*.c. */
#ifndef CW_FRAME_TLS_RECORDS_H
#define CW_FRAME_TLS_RECORDS_H

#include "base/slice.h"

struct cw_tls_records {
    uint8_t header[5];  /* of the record: type, version, length */
    uint8_t header_n;   /* bytes of it that have come, while it is not whole */
    uint8_t message[4]; /* of the handshake message: type, length */
    uint8_t message_n;  /* as header_n; messages and records end independently of each other */
    uint16_t left;      /* bytes of the record's body that have not come */
    uint32_t message_left;
    bool change_cipher : 1; /* a ChangeCipherSpec has come: in TLS 1.2 all is encrypted now */
};

/* A record has begun that is not whole. */
static inline bool cw_tls_records_inside(const struct cw_tls_records *r)
{
    return r->left != 0 || r->header_n != 0;
}

/* Follows bytes in the clear or not. `plain`: handshake records are not encrypted now, and are
 * looked into. Returns false at the length of a ClientHello over CW_TLS_HELLO_MAX. */
bool cw_tls_records_follow(struct cw_tls_records *r, struct cw_slice bytes, bool plain);

#endif
