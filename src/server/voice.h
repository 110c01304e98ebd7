/* voice.h - live audio by datagrams: the paths of the connections that are in calls.
 *
 * A path belongs to a connection, from the join_call that asked for one until the next, or its end.
 * It only carries bytes: a packet that comes by it is examined and judged as call_data is, and the
 * core does not know by which way audio leaves. Callers: shell.c, carry_out.c. Loop thread only. */
#ifndef CW_SERVER_VOICE_H
#define CW_SERVER_VOICE_H

#include "core/core.h"
#include "net/net.h"

struct cw_voice;

/* An authentic packet, as in call_data; valid until it returns. `again`: it was lost, and has come
 * as a copy with the one behind it. */
typedef void cw_voice_handler(void *context, cw_net_id conn, struct cw_slice packet, bool again);

/* `at`: what clients are told as the address of datagrams, HOST:PORT; empty: that of their
 * connection. Copied. */
struct cw_voice *cw_voice_create(uv_loop_t *loop, struct cw_net *net, const char *at,
                                 cw_voice_handler *came, void *context);
void cw_voice_destroy(struct cw_voice *voice);

/* Also by datagrams to this "HOST:PORT"; a failure is logged. */
void cw_voice_listen(struct cw_voice *voice, const char *address);

/* The connection has joined a call: makes its path anew, and writes what its client must know into
 * the map, or takes the key out of it when there is no path. The bytes are good until the next
 * call. */
void cw_voice_offer(struct cw_voice *voice, cw_net_id conn, struct cw_extras *extras);

/* The connection has gone. */
void cw_voice_end(struct cw_voice *voice, cw_net_id conn);

/* Sends audio of a call to those of the receivers whose path is live. Returns how many of them
 * are left for their connections, in `left`, which has room for all. */
size_t cw_voice_forward(struct cw_voice *voice, const struct cw_effect *audio, cw_conn_id *left);

/* At the end of a tick. */
void cw_voice_flush(struct cw_voice *voice);

/* How many paths are live; for the log. */
size_t cw_voice_live(const struct cw_voice *voice);

#endif
