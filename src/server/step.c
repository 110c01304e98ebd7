/* step.c - one event for the core, and all that follows at once. Called by shell.c and asked.c. */
#include <stdlib.h>

#include "server/shell_internal.h"
#include "server/trace.h"

/* In a build for tests: so seldom that it costs each step or tick the same, however many
 * connections there are. */
bool cw_shell_is_check_due(const struct cw_shell *shell, size_t *unchecked)
{
    if (!CW_CHECK || (*unchecked)++ * 16 < cw_core_stats(shell->core).connections)
        return false;
    *unchecked = 0;
    return true;
}

/* The log knows a request by its number. */
static void number_message(struct cw_shell *shell, struct cw_event *event)
{
    if (event->type != CW_EV_MESSAGE || event->message.msg->kind != CW_REQUEST)
        return;
    event->message.number = ++shell->messages;
    shell->metrics.at[CW_METRIC_REQUESTS] += !event->message.head;
}

static void step_once(struct cw_shell *shell, struct cw_event *event)
{
    event->now_ms = uv_now(&shell->loop);
    event->time_ms = cw_calendar_now(&shell->calendar)->time_ms;
    number_message(shell, event);
    const bool traced = cw_trace_is_on(shell);
    shell->fan_out.sent = traced ? cw_trace_sent : NULL;
    if (traced)
        cw_trace_event(shell, event);
    cw_core_step(shell->core, event, &shell->effects);
    if (cw_shell_is_check_due(shell, &shell->unchecked_steps))
        cw_core_check(shell->core);
    for (size_t i = 0; i < shell->effects.count; i++) {
        if (traced)
            cw_trace_effect(shell, &shell->effects.items[i]);
        cw_shell_carry_out(shell, &shell->effects.items[i]);
    }
    cw_fan_out_end(&shell->fan_out);
}

void cw_shell_step(struct cw_shell *shell, struct cw_event *event)
{
    step_once(shell, event);
    for (size_t i = 0; i < shell->immediate_count; i++) {
        struct cw_event next = shell->immediate[i];
        step_once(shell, &next);
        free(next.type == CW_EV_STORE ? (void *)next.store : (void *)next.hash.secret.p);
    }
    shell->immediate_count = 0;
}

void cw_shell_take_news(struct cw_shell *shell, const struct cw_store_news_list *news)
{
    for (size_t i = 0; news != NULL && i < news->count && !shell->stopping; i++)
        cw_shell_step(shell, &(struct cw_event){.type = CW_EV_NEWS, .news = &news->items[i]});
}
