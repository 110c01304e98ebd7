/* reserve.c - see reserve.h. */
#include "reserve.h"

/* In its first moments a loudspeaker asks for more at once than ever after. */
#define BEGIN_US 500000
/* After this time without a gap less is tried. */
#define CALM_US     INT64_C(5000000)
#define CALM_US_MAX INT64_C(320000000)

void reserve_begin(struct reserve *reserve, size_t least, size_t step, size_t most, int64_t now_us)
{
    *reserve = (struct reserve){.samples = least,
                                .least = least,
                                .step = step,
                                .most = most,
                                .begun_us = now_us,
                                .changed_us = now_us,
                                .calm_us = CALM_US};
}

static bool grow(struct reserve *reserve, int64_t now_us)
{
    if (now_us - reserve->begun_us < BEGIN_US)
        return false;
    if (reserve->tries && now_us - reserve->changed_us <= reserve->calm_us &&
        reserve->calm_us < CALM_US_MAX)
        reserve->calm_us *= 2;
    reserve->tries = false;
    reserve->changed_us = now_us;
    if (reserve->samples + reserve->step > reserve->most)
        return false;
    reserve->samples += reserve->step;
    return true;
}

bool reserve_note(struct reserve *reserve, bool dry, int64_t now_us)
{
    if (dry)
        return grow(reserve, now_us);
    if (reserve->samples == reserve->least || now_us - reserve->changed_us <= reserve->calm_us)
        return false;
    reserve->samples -= reserve->step;
    reserve->tries = true;
    reserve->changed_us = now_us;
    return true;
}
