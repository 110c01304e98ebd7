/* voice_loss.c - see voice_loss.h. */
#include "frame/voice_loss.h"

/* So many at least: half a second of packets of 20 ms, so that the first loss is soon answered. */
#define SAMPLE 25
/* A sample counts for an eighth: half of what is known is of the last 3 s. */
#define SMOOTH 8

void cw_voice_loss_note(struct cw_voice_loss *loss, uint32_t highest, uint32_t received)
{
    uint32_t sent = highest - loss->highest, came = received - loss->received;
    if (sent < SAMPLE)
        return;
    unsigned lost = came >= sent ? 0 : (unsigned)((uint64_t)(sent - came) * 1000 / sent);
    loss->sum += lost - loss->sum / SMOOTH;
    loss->permille = loss->sum / SMOOTH;
    loss->highest = highest;
    loss->received = received;
}
