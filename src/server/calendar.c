/* calendar.c - see calendar.h. */
#include "server/calendar.h"

#include <inttypes.h>
#include <time.h>

#include "base/limits.h"
#include "server/log.h"

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

static uint64_t read_ms(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return now.tv_sec < 0 ? 0 : (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* CLOCK_BOOTTIME goes on while a laptop sleeps. */
static void read_clocks(struct cw_clock *clock)
{
    cw_clock_read(clock, read_ms(CLOCK_REALTIME), read_ms(CLOCK_BOOTTIME));
}

void cw_calendar_read(struct cw_clock *clock, const struct cw_store *store)
{
    cw_clock_init(clock, CW_CLOCK_EARLIEST_MS, cw_store_date(store));
    read_clocks(clock);
}

const struct cw_clock *cw_calendar_now(struct cw_calendar *calendar)
{
    uint64_t now_ms = uv_now(calendar->timer.loop);
    if (calendar->read_ms != now_ms)
        read_clocks(&calendar->clock);
    calendar->read_ms = now_ms;
    return &calendar->clock;
}

void cw_calendar_keep(struct cw_calendar *calendar)
{
    const struct cw_clock *clock = cw_calendar_now(calendar);
    struct cw_store_request request = {
        .op = CW_STORE_DATE_KEEP, .time_ms = clock->time_ms, .date_ms = clock->date_ms};
    if (calendar->kept_ms != clock->date_ms)
        calendar->keep(calendar->context, &request);
    calendar->kept_ms = clock->date_ms;
}

static void on_timer(uv_timer_t *timer)
{
    struct cw_calendar *calendar = timer->data;
    uint64_t date_ms = cw_calendar_now(calendar)->date_ms, kept_ms = calendar->kept_ms;
    if ((date_ms > kept_ms ? date_ms - kept_ms : kept_ms - date_ms) >= CW_DATE_KEPT_MS)
        cw_calendar_keep(calendar);
}

/* Ahead it may be right: the server may have been off for as long. */
static void tell_behind(const struct cw_store *store)
{
    uint64_t wall_ms = read_ms(CLOCK_REALTIME), date_ms = cw_store_date(store);
    if (wall_ms + DAY_MS < date_ms)
        cw_log_warning("the clock of this machine is %" PRIu64
                       " days behind what is stored: set it "
                       "(timedatectl). Nothing is lost by it, but new messages have wrong times",
                       (date_ms - wall_ms) / DAY_MS);
}

void cw_calendar_start(struct cw_calendar *calendar, uv_loop_t *loop, const struct cw_store *store,
                       void (*keep)(void *context, const struct cw_store_request *request),
                       void *context)
{
    calendar->keep = keep;
    calendar->context = context;
    calendar->kept_ms = cw_store_date(store);
    tell_behind(store);
    calendar->read_ms = uv_now(loop);
    cw_calendar_read(&calendar->clock, store);
    uv_timer_init(loop, &calendar->timer);
    calendar->timer.data = calendar;
    uv_timer_start(&calendar->timer, on_timer, CW_CLOCK_READ_MS, CW_CLOCK_READ_MS);
    if (calendar->kept_ms == 0) /* before the first crash */
        cw_calendar_keep(calendar);
}
