/* voice_loss.c - see voice_loss.h. */
#include "frame/voice_loss.h"

/* So many at least: a second of packets of 20 ms, or two of 40 ms. */
#define SAMPLE 50

void cw_voice_loss_note(struct cw_voice_loss *loss, uint32_t highest, uint32_t received)
{
    uint32_t sent = highest - loss->highest, came = received - loss->received;
    if (sent < SAMPLE)
        return;
    unsigned lost = came >= sent ? 0 : (unsigned)((uint64_t)(sent - came) * 1000 / sent);
    loss->permille = (3 * loss->permille + lost) / 4;
    loss->highest = highest;
    loss->received = received;
}
