/* datagram.h - seals and opens the UDP datagrams of live audio.
 *
 * The two ends share a secret of one call, which the server has made and told over the connection
 * (docs/protocol.md, "Datagrams"). A datagram is
 *
 *     0xc5 | id, 8 bytes | counter, 8 bytes, big-endian | box
 *
 * and its box ChaCha20-Poly1305 (RFC 8439) under the key of its direction, with the counter as the
 * nonce and what stands before it as additional data. A counter is used once: a repeated or an old
 * datagram is refused. Pure. Callers: voice_path.c (server), voice_link.c (client). */
#ifndef CW_FRAME_DATAGRAM_H
#define CW_FRAME_DATAGRAM_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/slice.h"

#define CW_DATAGRAM_ID_N  8
#define CW_DATAGRAM_KEY_N 32
/* Random: the id, then the key. */
#define CW_DATAGRAM_SECRET_N (CW_DATAGRAM_ID_N + CW_DATAGRAM_KEY_N)
#define CW_DATAGRAM_HEAD     (1 + CW_DATAGRAM_ID_N + 8)
#define CW_DATAGRAM_TAG      16
/* The longest content: what it is, who speaks, a packet. */
#define CW_DATAGRAM_CONTENT_MAX (2 + CW_NAME_MAX + CW_CALL_PACKET_MAX)
#define CW_DATAGRAM_MAX         (CW_DATAGRAM_HEAD + CW_DATAGRAM_CONTENT_MAX + CW_DATAGRAM_TAG)

/* One end: of the server or of the client. */
struct cw_datagram_end {
    uint8_t id[CW_DATAGRAM_ID_N];
    uint8_t to_key[CW_DATAGRAM_KEY_N], from_key[CW_DATAGRAM_KEY_N];
    uint64_t sent;                            /* the last counter of this end */
    uint64_t highest;                         /* of the other one */
    uint64_t received;                        /* datagrams that were good */
    uint64_t window[CW_DATAGRAM_WINDOW / 64]; /* which of the newest counters have come */
};

void cw_datagram_begin(struct cw_datagram_end *end, bool server,
                       const uint8_t secret[CW_DATAGRAM_SECRET_N]);

/* Overwrites the keys. */
void cw_datagram_finish(struct cw_datagram_end *end);

/* Seals a content of at most CW_DATAGRAM_CONTENT_MAX bytes; returns the length of the datagram. */
size_t cw_datagram_seal(struct cw_datagram_end *end, struct cw_slice content,
                        uint8_t datagram[CW_DATAGRAM_MAX]);

/* The id of a datagram, as 8 bytes in it; NULL: it is none of ours. */
const uint8_t *cw_datagram_id(struct cw_slice datagram);

/* The counter of one that has an id. */
uint64_t cw_datagram_counter(struct cw_slice datagram);

/* Opens it into `content`. False: forged, damaged, repeated or too old, and nothing has changed.
 * *newest: no later one has come before. */
bool cw_datagram_open(struct cw_datagram_end *end, struct cw_slice datagram,
                      uint8_t content[CW_DATAGRAM_CONTENT_MAX], size_t *n, bool *newest);

/* The datagram with this counter, below the highest, has not come. What was in it came by another
 * one, so it is refused from here on. */
bool cw_datagram_missed(struct cw_datagram_end *end, uint64_t counter);

#endif
