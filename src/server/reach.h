/* reach.h - how clients reach this server: the ports of its listeners, with the CURVE key, the
 * certificate and the site that they share.
 *
 * It reads and makes the files of keys (curve_key.h, tls_files.h). Loop thread only. Caller:
 * shell.c. */
#ifndef CW_SERVER_REACH_H
#define CW_SERVER_REACH_H

#include <uv.h>

#include "base/buf.h"
#include "net/net.h"
#include "server/config.h"
#include "server/metrics_site.h"

struct cw_reach;

/* The certificate is read again when asked (cw_reach_read_again) and when its files have changed;
 * connections keep theirs. If the new files are wrong, the reason is logged and the certificate in
 * use stays. */

/* A change of the CURVE key: the text of the key that clients must use from its end on. Empty: no
 * key is being replaced any more, or the old one was revoked. */
typedef void cw_next_key_handler(void *context, struct cw_slice key);

/* The config and the loop outlive it, and cw_reach_listen changes the config. The handler is called
 * when the next key changes, inside this function if there is one already; `measure`, with the same
 * context, is for listeners that tell metrics. On failure NULL, with a
 * sentence in `error`. */
struct cw_reach *cw_reach_create(struct cw_config *config, uv_loop_t *loop,
                                 cw_next_key_handler *on_next_key, cw_measure *measure,
                                 void *context, char error[256]);

/* Listens at all addresses of the config, where those in use replace them: a port may have been
 * 0. On failure false, with a sentence in `error`. Before the loop runs. */
bool cw_reach_listen(struct cw_reach *reach, struct cw_net *net, char error[256]);

/* Appends what an operator tells to clients, a line each: the public key, the fingerprint of the
 * certificate, the hash of its key. Nothing where only this machine can connect. */
void cw_reach_describe(const struct cw_reach *reach, struct cw_buf *to);

/* As people and links have it: CW_CURVE_KEY_TEXT characters (curve_text.h). */
void cw_reach_public_key(const struct cw_reach *reach, char *text);

/* With the addresses that were bound. */
const struct cw_config *cw_reach_config(const struct cw_reach *reach);

/* The same, to change those that may change while the server runs. */
struct cw_config *cw_reach_settings(struct cw_reach *reach);

/* Reads keys and certificate again, as the operator has asked; logs what is wrong. */
void cw_reach_read_again(struct cw_reach *reach);

/* Closes its handles: the loop has to run once more. */
void cw_reach_stop(struct cw_reach *reach);

/* After the net, whose connections use its ports, and cw_reach_stop. */
void cw_reach_destroy(struct cw_reach *reach);

#endif
