/* datagrams.h - the UDP sockets of live audio on a libuv loop: many datagrams for one call of the
 * system. It knows nothing of what is in them.
 *
 * A place (frame/voice_path.h) is the peer's address with the socket and the address of this
 * machine that it has reached: what is sent to a place leaves from there. Caller:
 * src/server/voice.c. Loop thread only. */
#ifndef CW_NET_DATAGRAMS_H
#define CW_NET_DATAGRAMS_H

#include <uv.h>

#include "frame/voice_path.h"

struct cw_datagrams;

/* `datagram` is valid until it returns. It may send. */
typedef void cw_datagram_handler(void *context, struct cw_slice datagram,
                                 const struct cw_voice_place *from);

struct cw_datagrams *cw_datagrams_create(uv_loop_t *loop, cw_datagram_handler *came, void *context);

/* Also receives at "HOST:PORT". False, with a sentence in `error`: the address is in use, or there
 * is no UDP; at most CW_LISTENERS_MAX. */
bool cw_datagrams_listen(struct cw_datagrams *datagrams, const char *address, char error[256]);

/* It receives somewhere. */
bool cw_datagrams_listens(const struct cw_datagrams *datagrams);

/* Queues one: a buffer of CW_DATAGRAM_MAX bytes to be filled, then cw_datagrams_add with its
 * length. What the system does not take is lost, as on the way. */
uint8_t *cw_datagrams_room(struct cw_datagrams *datagrams);
void cw_datagrams_add(struct cw_datagrams *datagrams, const struct cw_voice_place *to, size_t n);

/* Sends what is queued. Call it at the end of a tick. */
void cw_datagrams_flush(struct cw_datagrams *datagrams);

/* Closes the sockets; the memory is freed by the loop's next run. */
void cw_datagrams_destroy(struct cw_datagrams *datagrams);

#endif
