/* hearing.c - see hearing.h. */
#include "audio/hearing.h"

#include <string.h>

/* A report holds for so long: three of them. */
#define GOOD_S 6

/* The report of this listener; else, with all places taken, the oldest; else a new one. */
static struct cw_hearing_report *find_report(struct cw_hearing *hearing, struct cw_slice listener)
{
    struct cw_hearing_report *oldest = &hearing->reports[0];
    for (size_t i = 0; i < hearing->count; i++) {
        struct cw_hearing_report *report = &hearing->reports[i];
        if (cw_slice_eq(cw_slice_of(report->listener, report->n), listener))
            return report;
        if (hearing->now_s - report->at_s > hearing->now_s - oldest->at_s)
            oldest = report;
    }
    return hearing->count == CW_CALL_MEMBERS_LIMIT ? oldest : &hearing->reports[hearing->count++];
}

void cw_hearing_told(struct cw_hearing *hearing, struct cw_slice listener, unsigned lost)
{
    if (lost > 100 || listener.n > CW_NAME_MAX)
        return;
    struct cw_hearing_report *report = find_report(hearing, listener);
    *report = (struct cw_hearing_report){.n = listener.n, .lost = lost, .at_s = hearing->now_s};
    memcpy(report->listener, listener.p, listener.n);
}

void cw_hearing_second(struct cw_hearing *hearing)
{
    hearing->now_s++;
}

int cw_hearing_lost(const struct cw_hearing *hearing)
{
    int sorted[CW_CALL_MEMBERS_LIMIT];
    size_t n = 0;
    for (size_t i = 0; i < hearing->count; i++) {
        if (hearing->now_s - hearing->reports[i].at_s > GOOD_S)
            continue;
        size_t at = n++;
        const int lost = (int)hearing->reports[i].lost;
        for (; at > 0 && sorted[at - 1] > lost; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = lost;
    }
    return n == 0 ? -1 : sorted[(n - 1) / 2];
}

unsigned cw_hearing_unheard(const struct cw_hearing *hearing, unsigned own)
{
    int told = cw_hearing_lost(hearing);
    return told > (int)own ? (unsigned)told : own;
}
