/* adapt.c - see adapt.h. */
#include "audio/adapt.h"

#define LOOK_MS     100
#define LOOKS_PER_S (1000 / LOOK_MS)
/* By datagrams FEC is off only where the server is near: what is lost first was not foreseen. */
#define LOSS_MIN 3

void cw_adapt_begin(struct cw_adapt *adapt, int bitrate, unsigned frames)
{
    *adapt = (struct cw_adapt){.look_ms = 0};
    cw_audio_pace_begin(&adapt->pace, bitrate, frames);
}

void cw_adapt_count(struct cw_adapt *adapt, bool sent)
{
    if (sent)
        adapt->sent++;
    else
        adapt->unsent++;
}

bool cw_adapt_is_due(const struct cw_adapt *adapt, uint64_t now_ms)
{
    return now_ms >= adapt->look_ms;
}

/* Of what was said in this second, in percent; nothing was: as before. */
static unsigned unheard(const struct cw_adapt *adapt, unsigned lost, unsigned refused)
{
    unsigned sent = (unsigned)(adapt->sent - adapt->sent_before), said = sent + refused;
    return said == 0 ? adapt->unheard : (100 * refused + lost * sent) / said;
}

static void end_second(struct cw_adapt *adapt, struct cw_adapt_way way, struct cw_sender *sender)
{
    adapt->unheard = unheard(adapt, way.lost, (unsigned)(adapt->unsent - adapt->unsent_before));
    adapt->looks = 0;
    adapt->sent_before = adapt->sent;
    adapt->unsent_before = adapt->unsent;
    cw_sender_set_loss(sender, !way.udp ? 0 : way.lost > LOSS_MIN ? (int)way.lost : LOSS_MIN);
}

void cw_adapt_look(struct cw_adapt *adapt, struct cw_adapt_way way, uint64_t now_ms,
                   struct cw_sender *sender, struct cw_packer *packer)
{
    struct cw_pace_sight sight = {.rtt_ms = way.rtt_ms,
                                  .sent = (unsigned)(adapt->sent - adapt->sent_seen),
                                  .refused = (unsigned)(adapt->unsent - adapt->unsent_seen)};
    way.lost = way.lost > 100 ? 100 : way.lost;
    sight.lost_percent = way.lost;
    adapt->look_ms = now_ms + LOOK_MS;
    adapt->sent_seen = adapt->sent;
    adapt->unsent_seen = adapt->unsent;
    if (way.udp != adapt->udp)
        cw_audio_pace_move(&adapt->pace);
    adapt->udp = way.udp;
    if (++adapt->looks == LOOKS_PER_S)
        end_second(adapt, way, sender);
    cw_audio_pace_look(&adapt->pace, sight, now_ms);
    struct cw_pace_choice choice = cw_audio_pace_choice(&adapt->pace);
    cw_packer_set_frames(packer, choice.frames);
    /* By datagrams each has a head of its own. */
    cw_packer_set_pairs(packer, !way.udp && choice.frames == CW_PACKER_FRAMES_MAX);
    cw_sender_set_bitrate(sender, choice.bitrate);
    cw_sender_set_near(sender, choice.near);
}
