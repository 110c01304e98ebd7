/* curve_handshake.h - the handshake of CURVE, both sides: HELLO, WELCOME, INITIATE, READY
 * (RFC 26). What it holds lives no longer than the handshake; cw_curve_traffic goes on.
 *
 * A command's body comes in whole, from its name on; what is to be answered is appended to
 * `out` as ZMTP commands. Each function returns what is wrong, or NULL; after the first that
 * is, the handshake is only good to be freed.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_CURVE_HANDSHAKE_H
#define CW_FRAME_CURVE_HANDSHAKE_H

#include "base/buf.h"
#include "base/limits.h"
#include "frame/curve.h"
#include "frame/curve_traffic.h"

struct cw_curve_handshake;

/* The server's begins when HELLO has come, the client's with sending it. `traffic` is zero
 * but for is_server, and is complete when the last function below has returned. */
const char *cw_curve_take_hello(struct cw_curve_handshake **handshake,
                                struct cw_curve_traffic *traffic,
                                const struct cw_curve_server *server, struct cw_slice hello,
                                struct cw_buf *out);
struct cw_curve_handshake *cw_curve_begin(struct cw_curve_traffic *traffic,
                                          const struct cw_curve_client *client, struct cw_buf *out);

/* Client: answers WELCOME with INITIATE, which tells `metadata`. */
const char *cw_curve_take_welcome(struct cw_curve_handshake *handshake,
                                  struct cw_curve_traffic *traffic, struct cw_slice welcome,
                                  struct cw_slice metadata, struct cw_buf *out);

/* What a command of the handshake held in its box. */
struct cw_curve_opened {
    struct cw_slice metadata; /* lies in `bytes` */
    uint8_t bytes[CW_ZMTP_COMMAND_MAX];
};

/* Server. The answer, when the metadata have been judged, is cw_curve_put_ready. */
const char *cw_curve_take_initiate(struct cw_curve_handshake *handshake,
                                   struct cw_curve_traffic *traffic, struct cw_slice initiate,
                                   struct cw_curve_opened *opened);
void cw_curve_put_ready(struct cw_curve_traffic *traffic, struct cw_slice metadata,
                        struct cw_buf *out);

/* Client, when cw_curve_is_welcomed. */
const char *cw_curve_take_ready(const struct cw_curve_handshake *handshake,
                                struct cw_curve_traffic *traffic, struct cw_slice ready,
                                struct cw_curve_opened *opened);

/* Client: WELCOME has come. */
bool cw_curve_is_welcomed(const struct cw_curve_handshake *handshake);

/* Server: the client has the old key of the server. */
bool cw_curve_by_old_key(const struct cw_curve_handshake *handshake);

/* Wipes and frees it; NULL is none. */
void cw_curve_end(struct cw_curve_handshake *handshake);

#endif
