/* voice_loss.h - how much of what was sent is lost, from the highest counter and the number of
 * datagrams that came. Pure. Callers: voice_path.c, voice_link.c. */
#ifndef CW_FRAME_VOICE_LOSS_H
#define CW_FRAME_VOICE_LOSS_H

#include <stdint.h>

struct cw_voice_loss {
    uint32_t highest, received; /* when it was last computed */
    unsigned permille;          /* lost, smoothed ... */
    unsigned sum;               /* ... from this */
};

/* Both counts may wrap around, and may be lies: the result is between 0 and 1,000. */
void cw_voice_loss_note(struct cw_voice_loss *loss, uint32_t highest, uint32_t received);

#endif
