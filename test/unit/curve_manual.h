/* curve_manual.h - a client of CURVE written from RFC 26, with libsodium's boxes and without our
 * code: so it finds a mistake that our server and our client share, and can do each step wrong.
 * Each function appends the bytes that the client sends. */
#ifndef TEST_CURVE_MANUAL_H
#define TEST_CURVE_MANUAL_H

#include "base/buf.h"

struct manual {
    uint8_t server_key[32];                     /* S */
    uint8_t long_public[32], long_secret[32];   /* C, c */
    uint8_t short_public[32], short_secret[32]; /* C', c' */
    uint8_t server_short[32];                   /* S' */
    uint8_t cookie[96];
    uint64_t nonce; /* of the last command that was sent */
    /* The content of the vouch; manual_begin sets the right one. */
    uint8_t vouch_short[32], vouch_server[32];
};

void manual_begin(struct manual *m, const uint8_t server_key[32]);

void manual_greeting(struct cw_buf *to, const char *mechanism);
void manual_hello(struct manual *m, struct cw_buf *to);

/* Reads WELCOME, with the header of its frame, and asserts that it agrees with RFC 26. */
void manual_welcome(struct manual *m, struct cw_slice frame);

void manual_initiate(struct manual *m, struct cw_slice metadata, struct cw_buf *to);

/* These read READY, and MESSAGE, of a server, and append the content to *to. */
void manual_ready(struct manual *m, struct cw_slice frame, struct cw_buf *to);
void manual_read(struct manual *m, uint64_t nonce, struct cw_slice frame, struct cw_buf *to);

/* A MESSAGE with the next nonce. `flags` go into the box. */
void manual_message(struct manual *m, uint8_t flags, struct cw_slice body, struct cw_buf *to);

#endif
