/* transcoder.h - Opus speakers for listeners without Opus: packets in, lists of
 * 44,100 Hz mono out. There is one decoder and one resampler for each speaker, from the first
 * packet that such a listener gets until the speaker leaves the call or no listener needs lists.
 *
 * On the loop: a frame of 20 ms costs some 60 us (docs/decisions/calls.md), and a worker
 * would cost its delay. Loop thread only. */
#ifndef CW_SERVER_TRANSCODER_H
#define CW_SERVER_TRANSCODER_H

#include <stdbool.h>

#include "base/buf.h"

/* Speakers, by the low 32 bits of their connections' ids: its slot. A zeroed struct
 * is an empty one. */
struct cw_transcoder {
    struct speaker **speakers;
    size_t capacity;
};

void cw_transcoder_finish(struct cw_transcoder *transcoder);

/* Turns the payload of a valid packet into an encoded list, which replaces the contents of `list`.
 * Up to CW_CALL_CONCEAL_MAX packets that are missing before it are concealed. False: there is no
 * audio yet (the resampler delays by a millisecond). */
bool cw_transcoder_push(struct cw_transcoder *transcoder, uint64_t speaker, struct cw_slice payload,
                        struct cw_buf *list);

/* Forgets the speaker, if it is known. */
void cw_transcoder_remove(struct cw_transcoder *transcoder, uint64_t speaker);

#endif
