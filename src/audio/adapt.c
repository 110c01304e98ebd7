/* adapt.c - see adapt.h. */
#include "audio/adapt.h"

#define TICKS_PER_S (1000 / CW_AUDIO_TICK_MS)
/* By datagrams FEC is never off: what is lost first was not foreseen. */
#define LOSS_MIN 3

void cw_adapt_begin(struct cw_adapt *adapt)
{
    *adapt = (struct cw_adapt){.ticks = 0};
    cw_audio_pace_begin(&adapt->pace);
}

void cw_adapt_count(struct cw_adapt *adapt, bool sent)
{
    if (sent)
        adapt->sent++;
    else
        adapt->unsent++;
}

bool cw_adapt_tick(struct cw_adapt *adapt)
{
    return ++adapt->ticks == TICKS_PER_S;
}

/* Of what was said in this second, in percent; nothing was: as before. */
static unsigned unheard(const struct cw_adapt *adapt, unsigned lost, unsigned refused)
{
    unsigned sent = (unsigned)(adapt->sent - adapt->sent_before), said = sent + refused;
    return said == 0 ? adapt->unheard : (100 * refused + lost * sent) / said;
}

void cw_adapt_second(struct cw_adapt *adapt, struct cw_adapt_way way, int bitrate,
                     struct cw_sender *sender, struct cw_packer *packer)
{
    unsigned refused = (unsigned)(adapt->unsent - adapt->unsent_before);
    unsigned lost = !way.udp ? 0 : way.lost > 100 ? 100 : way.lost;
    adapt->unheard = unheard(adapt, lost, refused);
    adapt->ticks = 0;
    adapt->sent_before = adapt->sent;
    adapt->unsent_before = adapt->unsent;
    cw_sender_set_loss(sender, !way.udp ? 0 : lost > LOSS_MIN ? (int)lost : LOSS_MIN);
    if (!cw_audio_pace_second(&adapt->pace, refused + way.slow, lost))
        return;
    struct cw_pace_choice choice = cw_audio_pace_choice(&adapt->pace, bitrate);
    cw_packer_set_frames(packer, choice.frames);
    cw_sender_set_bitrate(sender, choice.bitrate);
}
