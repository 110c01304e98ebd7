/* curve_handshake.h - the handshake of CURVE, both sides: HELLO, WELCOME, INITIATE, READY
 * (RFC 26). Its memory is freed when the handshake ends; struct cw_curve_traffic stays.
 *
 * A command's body is complete and begins with its name. Answers are appended to `out` as ZMTP
 * commands. A function that returns a string returns what is wrong, or NULL. After an error the
 * handshake can only be freed.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_CURVE_HANDSHAKE_H
#define CW_FRAME_CURVE_HANDSHAKE_H

#include "base/buf.h"
#include "base/limits.h"
#include "frame/curve.h"
#include "frame/curve_traffic.h"

struct cw_curve_handshake;

/* The server's handshake begins when HELLO was received, the client's when it is sent. `traffic`
 * is zero except is_server; it is complete after cw_curve_put_ready or cw_curve_take_ready. */
const char *cw_curve_take_hello(struct cw_curve_handshake **handshake,
                                struct cw_curve_traffic *traffic,
                                const struct cw_curve_server *server, struct cw_slice hello,
                                struct cw_buf *out);
struct cw_curve_handshake *cw_curve_begin(struct cw_curve_traffic *traffic,
                                          const struct cw_curve_client *client, struct cw_buf *out);

/* Client: answers WELCOME with INITIATE, which contains `metadata`. */
const char *cw_curve_take_welcome(struct cw_curve_handshake *handshake,
                                  struct cw_curve_traffic *traffic, struct cw_slice welcome,
                                  struct cw_slice metadata, struct cw_buf *out);

/* The content of a handshake command's box. */
struct cw_curve_opened {
    struct cw_slice metadata; /* a part of `bytes` */
    uint8_t bytes[CW_ZMTP_COMMAND_MAX];
};

/* Server. The caller checks the metadata, then answers with cw_curve_put_ready. */
const char *cw_curve_take_initiate(struct cw_curve_handshake *handshake,
                                   struct cw_curve_traffic *traffic, struct cw_slice initiate,
                                   struct cw_curve_opened *opened);
void cw_curve_put_ready(struct cw_curve_traffic *traffic, struct cw_slice metadata,
                        struct cw_buf *out);

/* Client: only if cw_curve_is_welcomed. */
const char *cw_curve_take_ready(const struct cw_curve_handshake *handshake,
                                struct cw_curve_traffic *traffic, struct cw_slice ready,
                                struct cw_curve_opened *opened);

/* Client: has WELCOME been received? */
bool cw_curve_is_welcomed(const struct cw_curve_handshake *handshake);

/* Server: does the client use the server's old key? */
bool cw_curve_by_old_key(const struct cw_curve_handshake *handshake);

/* Wipes and frees it; NULL is allowed. */
void cw_curve_end(struct cw_curve_handshake *handshake);

#endif
