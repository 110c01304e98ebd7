/* delay_window.c - see delay_window.h. Exact order statistics: moving up to 1,024 values is fast
 * enough, and a histogram would have to be tuned. */
#include "audio/delay_window.h"

#include <string.h>

/* 97.5 %: three late frames in 120 are concealed without being noticed. */
#define LATE_ONE_IN 40
/* Of a far connection: where one packet is sent again, those behind it are late, too. */
#define LATE_ONE_IN_FAR 200
#define FAR_MS          100
/* After so many shorter ones a packet's length is forgotten: a spurt ends with a shorter one. */
#define LENGTHS 16
/* The round trip before it became longer rises to what it is by this part of the audio: by 300 ms
 * in 5 s. */
#define LEAST_RISE   16
#define AUDIO_US_MAX (CW_JITTER_WINDOW_MS * INT64_C(1000))

void cw_delay_window_init(struct cw_delay_window *window)
{
    window->n = window->next = 0;
    window->audio_us = 0;
}

/* The first index whose value is not below `delay_us`. */
static unsigned delay_window_place(const struct cw_delay_window *window, int64_t delay_us)
{
    unsigned low = 0, high = window->n;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (window->by_size[middle] < delay_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void forget_oldest(struct cw_delay_window *window)
{
    unsigned oldest = (window->next + CW_JITTER_WINDOW - window->n) % CW_JITTER_WINDOW;
    unsigned at = delay_window_place(window, window->by_age[oldest]);
    window->audio_us -= window->lengths[oldest];
    window->n--;
    memmove(&window->by_size[at], &window->by_size[at + 1],
            (window->n - at) * sizeof window->by_size[0]);
}

/* By datagrams: a way that has become longer, or a queue on it, is in the round trip. */
static void allow_for_growth(struct cw_delay_window *window)
{
    const int64_t longest = CW_JITTER_TARGET_MS_FAR * INT64_C(1000);
    int64_t most = CW_JITTER_TARGET_MS_MAX * INT64_C(1000) + window->trip_us - window->least_us;
    window->most_us = most < longest ? most : longest;
}

/* What the window remembers is of the new way, then. */
static void follow_trip(struct cw_delay_window *window, int64_t length_us)
{
    if (window->least_us == window->trip_us)
        return;
    window->least_us += length_us / LEAST_RISE;
    if (window->least_us > window->trip_us)
        window->least_us = window->trip_us;
    allow_for_growth(window);
}

void cw_delay_window_add(struct cw_delay_window *window, int64_t delay_us, int64_t length_us)
{
    while (window->n == CW_JITTER_WINDOW ||
           (window->n > 0 && window->audio_us + length_us > AUDIO_US_MAX))
        forget_oldest(window);
    unsigned at = delay_window_place(window, delay_us);
    memmove(&window->by_size[at + 1], &window->by_size[at],
            (window->n - at) * sizeof window->by_size[0]);
    window->by_size[at] = delay_us;
    window->by_age[window->next] = delay_us;
    window->lengths[window->next] = length_us;
    window->audio_us += length_us;
    window->next = (window->next + 1) % CW_JITTER_WINDOW;
    window->n++;
    follow_trip(window, length_us);
}

int64_t cw_delay_window_base(const struct cw_delay_window *window)
{
    return window->n == 0 ? 0 : window->by_size[0];
}

/* The delay of a packet that is as long as the longest of late, and as fast as the fastest. */
static int64_t delay_of_longest(const struct cw_delay_window *window)
{
    int64_t longest = 0, least = INT64_MAX;
    for (unsigned i = 1; i <= window->n; i++) {
        const unsigned at = (window->next + CW_JITTER_WINDOW - i) % CW_JITTER_WINDOW;
        const int64_t length = window->lengths[at];
        longest = i <= LENGTHS && length > longest ? length : longest;
        least = window->by_age[at] - length < least ? window->by_age[at] - length : least;
    }
    return least + longest;
}

int64_t cw_delay_window_spread(const struct cw_delay_window *window)
{
    if (window->n == 0)
        return 0;
    const int64_t most = window->by_size[window->n - 1 - window->n / window->late_one_in];
    const int64_t longest = delay_of_longest(window);
    return (most > longest ? most : longest) - window->by_size[0];
}

/* A connection sends a lost packet again after a round trip, on the way to the server and on the
 * way from it, and with it comes all that was behind. */
static void allow_for_repeats(struct cw_delay_window *window, int ms)
{
    int most =
        ms < CW_JITTER_TARGET_MS_FAR ? CW_JITTER_TARGET_MS_MAX + 2 * ms : CW_JITTER_TARGET_MS_FAR;
    most = most > CW_JITTER_TARGET_MS_FAR ? CW_JITTER_TARGET_MS_FAR : most;
    window->most_us = (int64_t)most * 1000;
    window->trip_us = window->least_us = 0;
}

void cw_delay_window_set_round_trip(struct cw_delay_window *window, int ms, bool resent)
{
    window->late_one_in = resent && ms >= FAR_MS ? LATE_ONE_IN_FAR : LATE_ONE_IN;
    if (resent) {
        allow_for_repeats(window, ms);
        return;
    }
    const bool unknown = window->trip_us == 0;
    window->trip_us = ms * INT64_C(1000);
    if (unknown || window->trip_us < window->least_us)
        window->least_us = window->trip_us;
    allow_for_growth(window);
}
