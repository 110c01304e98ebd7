/* adapt.h - what a sender does about the network: error correction where packets are lost, fewer
 * and smaller packets where there is no room for all. Pure. Callers: src/cli/call_audio.c,
 * src/voice/voice_sender.c. */
#ifndef CW_AUDIO_ADAPT_H
#define CW_AUDIO_ADAPT_H

#include "audio/pace.h"
#include "audio/packer.h"
#include "audio/sender.h"

struct cw_adapt {
    struct cw_audio_pace pace;
    uint64_t look_ms;                    /* when cw_adapt_look is due */
    unsigned looks;                      /* since the last second */
    bool udp;                            /* at the last look */
    uint64_t sent, unsent;               /* packets, as cw_adapt_count counts them */
    uint64_t sent_seen, unsent_seen;     /* at the last look */
    uint64_t sent_before, unsent_before; /* a second ago */
    unsigned unheard; /* percent of the last second's audio that others did not get */
};

/* What the network has done, as the client knows it. */
struct cw_adapt_way {
    bool udp;
    unsigned rtt_ms; /* 0: unknown */
    unsigned lost; /* percent of what was sent: lost, or too late; or it says that a queue grows */
};

/* What is wanted where the network takes it: `bitrate`, and `frames` of 20 ms in a packet. */
void cw_adapt_begin(struct cw_adapt *adapt, int bitrate, unsigned frames);

/* A packet was sent, or had no room. */
void cw_adapt_count(struct cw_adapt *adapt, bool sent);

/* Ten times a second. */
bool cw_adapt_is_due(const struct cw_adapt *adapt, uint64_t now_ms);

void cw_adapt_look(struct cw_adapt *adapt, struct cw_adapt_way way, uint64_t now_ms,
                   struct cw_sender *sender, struct cw_packer *packer);

#endif
