/* behind.c - see behind.h. */
#include "net/behind.h"

#include "base/limits.h"

#define LITTLE_MS 50

/* What was sent when nothing was under way has arrived: the way needs no more than that. Nor more
 * than the average, where nobody has looked for a while. */
static void end_measurement(struct cw_behind *behind, const struct cw_tcp_sight *sight,
                            uint32_t now_ms)
{
    uint32_t took_ms = now_ms - behind->began_ms;
    behind->measures = false;
    if (took_ms > sight->rtt_ms)
        took_ms = sight->rtt_ms;
    if (took_ms > behind->way_ms)
        behind->way_ms = took_ms;
}

static void follow_way(struct cw_behind *behind, const struct cw_tcp_sight *sight, uint32_t now_ms)
{
    if (behind->way_ms == 0)
        behind->way_ms = sight->least_ms;
    if (behind->measures && sight->acked != behind->acked)
        end_measurement(behind, sight, now_ms);
    if (sight->rtt_ms < behind->way_ms)
        behind->way_ms = sight->rtt_ms;
    if (sight->unacked != 0)
        return;
    behind->measures = true;
    behind->held = behind->is;
    behind->began_ms = now_ms;
    behind->acked = sight->acked;
}

bool cw_behind_is_due(const struct cw_behind *behind, uint32_t now_ms)
{
    return now_ms - behind->looked_ms >= CW_LIVE_LOOK_MS;
}

/* While it is measured, the average is of a queue that is gone, or of the way as it was. Where the
 * line was full a little is sent, and then the answer is waited for. */
bool cw_behind_look(struct cw_behind *behind, const struct cw_tcp_sight *sight, uint32_t now_ms)
{
    behind->looked_ms = now_ms;
    follow_way(behind, sight, now_ms);
    uint32_t rtt_ms = behind->measures ? now_ms - behind->began_ms : sight->rtt_ms;
    bool little = behind->measures && behind->held;
    behind->is = rtt_ms > behind->way_ms + (little ? LITTLE_MS : CW_LIVE_QUEUE_MS);
    return behind->is;
}
