/* control_top.c - chinwagctl top: what the server does in each of some seconds, and the connections
 * that hold the most memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "server/control.h"
#include "server/shell_internal.h"
#include "server/trace.h"

#define ROWS_MAX        10
#define ROUNDS_MAX      1000000
#define SECONDS_MAX     3600
#define SECONDS_DEFAULT 2

/* One command under way. */
struct top {
    uv_timer_t timer;
    struct cw_shell *shell;
    struct cw_control_call *call; /* NULL: it has ended */
    struct cw_metrics last;
    unsigned long every_s, left; /* rounds; 0: no end was asked for */
};

/* --- the connections with the most memory --------------------------------------------------- */

/* Puts it where it belongs, the largest first; returns how many there are. */
static size_t put_largest(struct cw_net_row rows[ROWS_MAX], size_t count,
                          const struct cw_net_row *row)
{
    size_t place = count;
    while (place != 0 && rows[place - 1].held < row->held)
        place--;
    if (place == ROWS_MAX)
        return count;
    if (count == ROWS_MAX)
        count--;
    memmove(&rows[place + 1], &rows[place], (count - place) * sizeof rows[0]);
    rows[place] = *row;
    return count + 1;
}

static json_t *row_of(const struct cw_shell *shell, const struct cw_net_row *row)
{
    static const char *const transports[] = {"opening", "http", "zmtp", "zmtp_tls",
                                             "curve",   "ws",   "wss"};
    _Static_assert(sizeof transports / sizeof transports[0] == CW_TRANSPORTS, "metrics.def, too");
    char conn[CW_TRACE_CONN_MAX], host[CW_NET_HOST_MAX];
    struct cw_slice user = cw_core_user(shell->core, row->id);
    cw_trace_conn_text(row->id, conn);
    cw_net_host(shell->net, row->id, host);
    return json_pack("{s:s, s:s%, s:s, s:s, s:I, s:I, s:I}", "connection", conn, "user",
                     user.n == 0 ? "" : (const char *)user.p, user.n, "address", host, "transport",
                     transports[row->transport], "held_bytes", (json_int_t)row->held,
                     "queued_bytes", (json_int_t)row->queued, "silent_s",
                     (json_int_t)(row->silent_ms / 1000));
}

static void put_rows(struct top *top)
{
    struct cw_net_row rows[ROWS_MAX], row;
    size_t count = 0, place = 0;
    while (cw_net_next(top->shell->net, &place, &row))
        count = put_largest(rows, count, &row);
    for (size_t i = 0; i < count; i++)
        cw_control_put(top->call, row_of(top->shell, &rows[i]));
}

/* --- what all of them do -------------------------------------------------------------------- */

static uint64_t sum_of(const struct cw_metrics *metrics, enum cw_metric first, enum cw_metric last)
{
    uint64_t sum = 0;
    for (unsigned i = first; i <= (unsigned)last; i++)
        sum += metrics->at[i];
    return sum;
}

static json_int_t rate(const struct top *top, const struct cw_metrics *now, enum cw_metric first,
                       enum cw_metric last)
{
    return (json_int_t)((sum_of(now, first, last) - sum_of(&top->last, first, last)) /
                        top->every_s);
}
#define RATE(top, now, id) rate(top, now, CW_METRIC_##id, CW_METRIC_##id##_LAST)

static void put_summary(struct top *top, const struct cw_metrics *now)
{
    json_int_t connections =
        (json_int_t)sum_of(now, CW_METRIC_CONNECTIONS, CW_METRIC_CONNECTIONS_LAST);
    json_int_t cpu = RATE(top, now, CPU) / 10000;
    if (cw_control_typed(top->call)->json) {
        cw_control_put(
            top->call,
            json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
                      connections, "sessions", (json_int_t)now->at[CW_METRIC_SESSIONS], "calls",
                      (json_int_t)now->at[CW_METRIC_CALLS], "requests_per_s",
                      RATE(top, now, REQUESTS), "messages_per_s", RATE(top, now, MESSAGES),
                      "deliveries_per_s", RATE(top, now, DELIVERIES), "refusals_per_s",
                      RATE(top, now, REFUSALS), "frames_per_s", RATE(top, now, FRAMES),
                      "received_bytes_per_s", RATE(top, now, BYTES_IN), "sent_bytes_per_s",
                      RATE(top, now, BYTES_OUT), "cpu_percent", cpu, "memory_bytes",
                      (json_int_t)now->at[CW_METRIC_MEMORY]));
        return;
    }
    cw_control_print(top->call,
                     "%lld connections, %llu sessions, %llu calls; a second: %lld requests, %lld "
                     "messages, %lld deliveries, %lld refusals, %lld frames, %lld KiB in, %lld KiB "
                     "out; %lld %% of a processor, %llu MiB\n",
                     (long long)connections, (unsigned long long)now->at[CW_METRIC_SESSIONS],
                     (unsigned long long)now->at[CW_METRIC_CALLS],
                     (long long)RATE(top, now, REQUESTS), (long long)RATE(top, now, MESSAGES),
                     (long long)RATE(top, now, DELIVERIES), (long long)RATE(top, now, REFUSALS),
                     (long long)RATE(top, now, FRAMES), (long long)RATE(top, now, BYTES_IN) / 1024,
                     (long long)RATE(top, now, BYTES_OUT) / 1024, (long long)cpu,
                     (unsigned long long)now->at[CW_METRIC_MEMORY] / (1024 * 1024));
}

/* --- rounds --------------------------------------------------------------------------------- */

static void on_top_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void end_top(struct top *top)
{
    struct cw_control_call *call = top->call;
    uv_close((uv_handle_t *)&top->timer, on_top_closed);
    cw_control_end(call, CW_CONTROL_DONE);
}

static void on_top_cancelled(struct cw_control_call *call, void *context)
{
    (void)call;
    end_top(context);
}

/* A round that the peer has no room for is left out. */
static void on_round(uv_timer_t *timer)
{
    struct top *top = timer->data;
    struct cw_metrics now;
    cw_shell_measure(top->shell, &now);
    if (!cw_control_is_full(top->call)) {
        put_summary(top, &now);
        put_rows(top);
    }
    top->last = now;
    if (top->left != 0 && --top->left == 0)
        end_top(top);
}

void cw_control_top(struct cw_shell *shell, struct cw_control_call *call)
{
    unsigned long every_s = SECONDS_DEFAULT, rounds = 0;
    if (!cw_control_take_number(call, "every", 1, SECONDS_MAX, &every_s) ||
        !cw_control_take_number(call, "rounds", 1, ROUNDS_MAX, &rounds))
        return;
    struct top *top = cw_alloc_zero(sizeof *top);
    top->shell = shell;
    top->call = call;
    top->every_s = every_s;
    top->left = rounds;
    cw_shell_measure(shell, &top->last);
    uv_timer_init(&shell->loop, &top->timer);
    top->timer.data = top;
    uv_timer_start(&top->timer, on_round, every_s * 1000, every_s * 1000);
    cw_control_on_cancel(call, on_top_cancelled, top);
}
