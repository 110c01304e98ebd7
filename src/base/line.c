/* line.c - see line.h. */
#include "base/line.h"

#include "base/limits.h"

#define SECOND_US UINT64_C(1000000)

/* A rate that falls halves at most: a pause of the program that sends is no slower line. */
static void measure(struct cw_line *line, uint64_t took_us)
{
    uint64_t rate = line->bytes * SECOND_US / took_us;
    line->rate = rate > line->rate / 2 ? rate : line->rate / 2;
}

void cw_line_passed(struct cw_line *line, size_t n, uint64_t now_us)
{
    const uint64_t measured_us = CW_LINE_MEASURED_MS * 1000;
    if (line->since_us == 0)
        line->since_us = now_us; /* since when these have been on their way is not known */
    else
        line->bytes += n;
    if (now_us - line->since_us < measured_us)
        return;
    measure(line, now_us - line->since_us);
    line->since_us = now_us;
    line->bytes = 0;
}

void cw_line_answered(struct cw_line *line, uint64_t trip_us)
{
    if (trip_us == 0)
        trip_us = 1;
    if (line->trip_us == 0 || trip_us < line->trip_us)
        line->trip_us = trip_us;
}

static size_t between(uint64_t least, uint64_t n, uint64_t most)
{
    return (size_t)(n < least ? least : n > most ? most : n);
}

size_t cw_line_slice(const struct cw_line *line)
{
    return between(CW_FILE_SLICE_MIN, line->rate * CW_LINE_SLICE_MS / 1000, CW_FILE_CHUNK_MAX);
}

size_t cw_line_window(const struct cw_line *line)
{
    const size_t slice = cw_line_slice(line);
    uint64_t fills_us = 2 * line->trip_us + CW_LINE_SLICE_MS * 1000;
    if (line->rate == 0)
        return CW_LINE_WINDOW_FIRST;
    return between(CW_LINE_WINDOW_SLICES * slice, line->rate * fills_us / SECOND_US,
                   CW_LINE_WINDOW_MAX);
}

size_t cw_line_reserve(const struct cw_line *line)
{
    return between(0, CW_LINE_RESERVE * cw_line_slice(line), CW_LINE_WINDOW_MAX);
}
