/* cut_off.c - see cut_off.h. A lease is renewed each 2 s, and lasts 15 s (store/postgres/node.h).
 * A server that is cut off ends earlier, after 14 s at the most: its own renewal is late after 3 s,
 * one of another server comes within 2 s more, the next ones go on for 8 s, and the judgement takes
 * up to a second. */
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

/* A database that is slow for all renews late, but it does: any renewal begins anew. */
bool cw_cut_off_judge(struct cw_cut_off *cut_off, uint64_t now_ms, uint64_t renewed_ms)
{
    if (renewed_ms != cut_off->renewed_ms || now_ms - renewed_ms < LATE_MS)
        cut_off->since_ms = 0;
    cut_off->renewed_ms = renewed_ms;
    return renewed_ms != 0 && cut_off->since_ms != 0 &&
           cut_off->heard_ms - cut_off->since_ms >= LONG_MS;
}
