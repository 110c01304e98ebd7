/* interarrival.h - the interarrival jitter of RFC 3550 6.4.1 and A.8, which is only told. Private
 * to jitter.c. */
#ifndef CW_AUDIO_INTERARRIVAL_H
#define CW_AUDIO_INTERARRIVAL_H

#include <stdint.h>

struct cw_interarrival {
    int64_t last_transit;
    double us;
};

/* J += (|D| - J) / 16. */
static inline void cw_interarrival_note(struct cw_interarrival *jitter, int64_t transit)
{
    const int64_t difference = transit - jitter->last_transit;
    jitter->last_transit = transit;
    jitter->us += ((double)(difference < 0 ? -difference : difference) - jitter->us) / 16;
}

#endif
