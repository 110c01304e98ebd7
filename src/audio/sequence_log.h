/* sequence_log.h - which packets of a stream came, by their sequence numbers, which wrap. For
 * jitter.c alone. */
#ifndef CW_AUDIO_SEQUENCE_LOG_H
#define CW_AUDIO_SEQUENCE_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct cw_sequence_log {
    uint32_t highest;
    uint32_t whole;  /* so many samples have come since a packet was missing */
    uint64_t seen;   /* bit i: `highest` - i came */
    uint64_t stall;  /* bit i: it is one of many in a row that did not, as in a stall */
    uint64_t length; /* sequence numbers in this stream so far */
    uint64_t span;   /* ... in all streams, from the first to the highest */
    uint64_t came;   /* ... how many of them came */
};

/* A stream begins with this one; the counts go on. */
void cw_sequence_log_begin(struct cw_sequence_log *log, uint32_t first);

/* It has come, with so many samples. False: it came before. */
bool cw_sequence_log_note(struct cw_sequence_log *log, uint32_t sequence, uint32_t samples);

/* This one, of so many samples, was missing, and came as a copy. */
void cw_sequence_log_gap(struct cw_sequence_log *log, uint32_t samples);

/* Nothing was missing in the last CW_JITTER_WINDOW_MS, or so far, but for stalls. */
bool cw_sequence_log_complete(const struct cw_sequence_log *log);

#endif
