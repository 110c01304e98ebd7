/* cut_off.c - see cut_off.h. A lease is renewed each 2 s and lasts 15 s (store/postgres/node.h): 3
 * s until the own renewal is late, 2 s until another one is heard, 8 s for five attempts to
 * connect, and a second until it is judged are less. */
#include "server/cut_off.h"

#define LATE_MS   3000
#define SILENT_MS 5000 /* the others may have lost it, too */
#define LONG_MS   7500 /* a renewal of others may come a little early */

void cw_cut_off_heard(struct cw_cut_off *cut_off, uint64_t now_ms)
{
    if (cut_off->since_ms == 0 || now_ms - cut_off->heard_ms > SILENT_MS)
        cut_off->since_ms = now_ms;
    cut_off->heard_ms = now_ms;
}

bool cw_cut_off_judge(struct cw_cut_off *cut_off, uint64_t now_ms, uint64_t renewed_ms)
{
    if (renewed_ms == 0 || now_ms - renewed_ms < LATE_MS)
        cut_off->since_ms = 0;
    return cut_off->since_ms != 0 && cut_off->heard_ms - cut_off->since_ms >= LONG_MS;
}
