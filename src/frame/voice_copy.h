/* voice_copy.h - audio twice: where datagrams are lost, one with audio also carries that of the one
 * with audio before it, and who has not got that one takes it from there.
 *
 * In-band FEC does less: there is none of quiet sounds, and it is a coarse copy. Pure. Callers:
 * voice_path.c, voice_link.c. */
#ifndef CW_FRAME_VOICE_COPY_H
#define CW_FRAME_VOICE_COPY_H

#include "frame/datagram.h"

/* A longer one is not sent again. */
#define CW_VOICE_COPY_MAX (CW_DATAGRAM_CONTENT_MAX / 2)

/* The last audio that this end has sent. */
struct cw_voice_copy {
    uint64_t counter; /* of its datagram; 0: there is none */
    size_t n;
    uint8_t audio[CW_VOICE_COPY_MAX];
};

/* Seals `audio`, at most CW_DATAGRAM_CONTENT_MAX - 1 bytes, and if `twice` that of the datagram
 * before again, where both have room. Returns the length of the datagram. */
size_t cw_voice_copy_seal(struct cw_voice_copy *copy, struct cw_datagram_end *end, bool twice,
                          struct cw_slice audio, uint8_t datagram[CW_DATAGRAM_MAX]);

/* The audio in the content of a datagram with this counter, which was opened: one or two, the
 * older first; that which has come before is left out. 0: it has none, or is damaged. */
size_t cw_voice_copy_open(struct cw_datagram_end *end, uint64_t counter, struct cw_slice content,
                          struct cw_slice audio[2]);

#endif
