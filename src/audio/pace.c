/* pace.c - see pace.h. */
#include "audio/pace.h"

/* At random loss of 5 % a leg less must not be sent: that would lose as much. */
#define CONGESTED_PERCENT 18
#define WAIT_MIN_S        8
#define WAIT_MAX_S        64

/* As many bits as are wanted. */
#define ALL 128000

static const struct cw_pace_choice choices[] = {{1, ALL},   {2, ALL},   {3, ALL},
                                                {3, 24000}, {3, 16000}, {3, 12000}};
#define LAST (sizeof choices / sizeof choices[0] - 1)

void cw_audio_pace_begin(struct cw_audio_pace *pace)
{
    *pace = (struct cw_audio_pace){.wait_s = WAIT_MIN_S};
}

/* More is tried again; when that fails at once, the next time is later. */
bool cw_audio_pace_second(struct cw_audio_pace *pace, unsigned refused, unsigned lost_percent)
{
    if (refused != 0 || lost_percent >= CONGESTED_PERCENT) {
        if (pace->tries && pace->wait_s < WAIT_MAX_S)
            pace->wait_s *= 2;
        pace->tries = false;
        pace->calm_s = 0;
        if (pace->step == LAST)
            return false;
        pace->step++;
        return true;
    }
    if (++pace->calm_s < pace->wait_s)
        return false;
    if (pace->step == 0)
        pace->wait_s = WAIT_MIN_S;
    pace->tries = pace->step != 0;
    pace->step -= pace->tries;
    pace->calm_s = 0;
    return pace->tries;
}

struct cw_pace_choice cw_audio_pace_choice(const struct cw_audio_pace *pace, int bitrate)
{
    struct cw_pace_choice choice = choices[pace->step];
    if (choice.bitrate > bitrate)
        choice.bitrate = bitrate;
    return choice;
}
