/* adapt.h - once a second, what a sender does about the network: error correction where packets are
 * lost, fewer and smaller packets where there is no room for all. Pure. Callers:
 * src/cli/call_audio.c, src/voice/voice_sender.c. */
#ifndef CW_AUDIO_ADAPT_H
#define CW_AUDIO_ADAPT_H

#include "audio/pace.h"
#include "audio/packer.h"
#include "audio/sender.h"

/* A zeroed struct, but for pace, which cw_adapt_begin sets. */
struct cw_adapt {
    struct cw_audio_pace pace;
    unsigned ticks;        /* since the last second */
    uint64_t sent, unsent; /* packets, as cw_adapt_count counts them */
    uint64_t sent_before, unsent_before;
    unsigned unheard; /* percent of the last second's audio that others did not get */
};

/* What the network has done, as the client knows it: percent of what was sent; by the connection
 * nothing is lost. */
struct cw_adapt_way {
    bool udp;
    unsigned lost;
    bool slow; /* a queue grows on the way */
};

void cw_adapt_begin(struct cw_adapt *adapt);

/* A packet was sent, or had no room. */
void cw_adapt_count(struct cw_adapt *adapt, bool sent);

/* A tick has passed. True: a second is over, and cw_adapt_second is due. */
bool cw_adapt_tick(struct cw_adapt *adapt);

/* `bitrate`: what is wanted where the network takes it. */
void cw_adapt_second(struct cw_adapt *adapt, struct cw_adapt_way way, int bitrate,
                     struct cw_sender *sender, struct cw_packer *packer);

#endif
