/* client_reports.c - how one is heard, as the listeners report it: see client_way.h. */
#include <string.h>

#include "base/limits.h"
#include "client/client_state.h"
#include "client/client_way.h"

/* A report holds for so long: three of them. */
#define GOOD_MS 6000

void cw_client_ask_reports(const struct cw_client *c, struct cw_msg *msg)
{
    if ((c->features & CW_FEATURE_COMPACT) == 0 && !c->tells_reports)
        return;
    msg->extras.map_present = true;
    msg->extras.present |= CW_BIT(CW_X_REPORTS);
    msg->extras.reports = 1;
}

static bool is_good(const struct client_report *report, uint64_t now_ms)
{
    return report->name_n != 0 && now_ms - report->at_ms <= GOOD_MS;
}

/* The place of this listener; else of one whose report is the oldest, or missing. */
static struct client_report *report_place(struct cw_client *c, struct cw_slice name)
{
    struct client_report *oldest = &c->reports[0];
    for (struct client_report *r = c->reports; r < c->reports + CW_CALL_MEMBERS_LIMIT; r++) {
        if (cw_slice_eq(cw_slice_of(r->name, r->name_n), name))
            return r;
        if (r->at_ms < oldest->at_ms)
            oldest = r;
    }
    return oldest;
}

void cw_client_take_report(struct cw_client *c, const struct cw_msg *msg, uint64_t now_ms)
{
    if (msg->sender.n == 0 || msg->sender.n > CW_NAME_MAX || msg->lost > 100)
        return;
    struct client_report *report = report_place(c, msg->sender);
    report->at_ms = now_ms;
    report->lost = (unsigned)msg->lost;
    report->name_n = msg->sender.n;
    memcpy(report->name, msg->sender.p, msg->sender.n);
    if (!cw_client_has_extra(msg, CW_X_LISTENERS))
        return;
    bool known = msg->extras.listeners <= CW_CALL_MEMBERS_LIMIT;
    c->listeners = known ? (size_t)msg->extras.listeners : CW_CALL_MEMBERS_LIMIT;
}

/* One that lies, or whose own network is bad, does not move it, also when nobody else reports: the
 * rest of the listeners counts as such that hear all. */
unsigned cw_client_reported(const struct cw_client *c, uint64_t now_ms)
{
    unsigned lost[CW_CALL_MEMBERS_LIMIT];
    size_t n = 0;
    for (size_t i = 0; i < CW_CALL_MEMBERS_LIMIT; i++) {
        if (!is_good(&c->reports[i], now_ms))
            continue;
        size_t at = n++;
        for (; at > 0 && lost[at - 1] > c->reports[i].lost; at--)
            lost[at] = lost[at - 1];
        lost[at] = c->reports[i].lost;
    }
    size_t silent = c->listeners > n ? c->listeners - n : 0;
    size_t middle = n + silent == 0 ? 0 : (n + silent - 1) / 2;
    return middle < silent || n == 0 ? 0 : lost[middle - silent];
}
