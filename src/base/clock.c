/* clock.c - see clock.h. */
#include "base/clock.h"

#include "base/limits.h"

/* By how much the clocks may drift apart: what NTP slews, and a cheap quartz. */
#define DRIFT_MS(elapsed_ms) (1000 + (elapsed_ms) / 1000)

static uint64_t difference(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

void cw_clock_init(struct cw_clock *clock, uint64_t earliest_ms, uint64_t date_ms)
{
    *clock = (struct cw_clock){.earliest_ms = earliest_ms,
                               .date_ms = date_ms < earliest_ms ? 0 : date_ms};
}

static void agree_from(struct cw_clock *clock, uint64_t wall_ms)
{
    clock->base_wall_ms = wall_ms;
    clock->base_ms = clock->steady_ms;
}

/* The first reading. The server may have been off for any time, so a clock after the date may be
 * right; a clock before the date is wrong. */
static void start(struct cw_clock *clock, uint64_t wall_ms)
{
    uint64_t low = clock->date_ms != 0 ? clock->date_ms : clock->earliest_ms;
    clock->time_ms = wall_ms < low ? low : wall_ms;
    if (clock->date_ms == 0)
        clock->date_ms = clock->time_ms;
    clock->date_steady_ms = clock->steady_ms;
    clock->started = true;
    agree_from(clock, wall_ms);
}

static void compare(struct cw_clock *clock, uint64_t wall_ms)
{
    uint64_t elapsed_ms = clock->steady_ms - clock->base_ms;
    if (difference(wall_ms, clock->base_wall_ms + elapsed_ms) > DRIFT_MS(elapsed_ms)) {
        clock->agreed = false;
        agree_from(clock, wall_ms);
    } else if (elapsed_ms >= CW_CLOCK_AGREE_MS) {
        clock->agreed = true;
        agree_from(clock, wall_ms);
    }
}

static void tell_time(struct cw_clock *clock, uint64_t wall_ms, uint64_t passed_ms)
{
    uint64_t next_ms = clock->time_ms + passed_ms;
    if (wall_ms < clock->earliest_ms)
        clock->time_ms = next_ms;
    else if (difference(wall_ms, next_ms) <= CW_CLOCK_NEAR_MS)
        clock->time_ms = wall_ms > clock->time_ms ? wall_ms : clock->time_ms;
    else
        clock->time_ms = clock->agreed ? wall_ms : next_ms;
}

static void move_date(struct cw_clock *clock)
{
    uint64_t most_ms = CW_DATE_RATE * (clock->steady_ms - clock->date_steady_ms);
    uint64_t step_ms = difference(clock->time_ms, clock->date_ms);
    step_ms = step_ms > most_ms ? most_ms : step_ms;
    if (clock->time_ms > clock->date_ms)
        clock->date_ms += step_ms;
    else
        clock->date_ms -= step_ms;
    clock->date_steady_ms = clock->steady_ms;
}

void cw_clock_read(struct cw_clock *clock, uint64_t wall_ms, uint64_t steady_ms)
{
    uint64_t passed_ms = steady_ms > clock->steady_ms ? steady_ms - clock->steady_ms : 0;
    clock->steady_ms += passed_ms;
    if (!clock->started) {
        start(clock, wall_ms);
        return;
    }
    compare(clock, wall_ms);
    tell_time(clock, wall_ms, passed_ms);
    if (clock->agreed && wall_ms >= clock->earliest_ms)
        move_date(clock);
}
