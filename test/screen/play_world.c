/* play_world.c - see play_world.h. */
#include "play_world.h"

#include <string.h>

#include "base/alloc.h"

/* The header of a PNG of 640 by 400. */
const uint8_t play_png[PLAY_PNG_N] =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\x90\x08\x02\0\0\0\0\0";

/* The clock of the transcripts goes by UTC, and only through one month. */
void play_time(uint64_t time_ms, struct cw_local *local)
{
    uint64_t minutes = (time_ms + UINT64_C(28) * 86400000 - PLAY_NOON_MS) / 60000 + 720;
    *local = (struct cw_local){.year = 2026,
                               .month = 11,
                               .day = (unsigned)(minutes / 1440),
                               .hour = (unsigned)(minutes / 60 % 24),
                               .minute = (unsigned)(minutes % 60),
                               .weekday = (unsigned)(minutes / 1440 + 6 + 7 - 28 % 7) % 7};
}

/* A folder that is always the same. */
char *play_paths(const char *begin)
{
    static const char *const paths[] = {"soup of the day.jpg", "soup.txt", "spoons/",
                                        "spoons/big.png"};
    size_t n = strlen(begin), count = 0;
    char *found = cw_alloc_zero(200);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const char *slash = strchr(paths[i] + n, '/');
        if (strncmp(paths[i], begin, n) != 0 || strlen(paths[i]) == n ||
            (slash != NULL && slash[1] != 0))
            continue;
        memcpy(found + count, paths[i], strlen(paths[i]) + 1);
        count += strlen(paths[i]) + 1;
    }
    return found;
}
