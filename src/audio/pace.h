/* pace.h - how many bits a speaker may send, by what the network has taken: longer packets first,
 * then fewer bits of speech. Pure; one call a second. Caller: src/cli/call_audio.c. */
#ifndef CW_AUDIO_PACE_H
#define CW_AUDIO_PACE_H

#include <stdbool.h>

struct cw_audio_pace {
    unsigned step;   /* 0: short packets, and all bits */
    unsigned calm_s; /* for so long the network has taken everything */
    unsigned wait_s; /* so long it must before more is tried */
    bool tries;      /* more was tried, and may be too much */
};

struct cw_pace_choice {
    unsigned frames; /* of 20 ms in a packet: cw_packer_set_frames */
    int bitrate;
};

void cw_audio_pace_begin(struct cw_audio_pace *pace);

/* A second has passed. `refused`: packets that the system had no room for, or a sign that a queue
 * grows on the way; lost_percent: of what
 * was sent, behind it. True: the choice is another one. */
bool cw_audio_pace_second(struct cw_audio_pace *pace, unsigned refused, unsigned lost_percent);

/* bitrate: what is wanted where the network takes it, bits a second. */
struct cw_pace_choice cw_audio_pace_choice(const struct cw_audio_pace *pace, int bitrate);

#endif
