/* trace.c - see trace.h. */
#include "server/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "server/control.h"
#include "server/log.h"
#include "server/shell_internal.h"

#define LINES_MAX 1000000000

/* One `chinwagctl traffic` under way. */
struct cw_trace {
    struct cw_trace *next;
    struct cw_shell *shell;
    struct cw_control_call *call;
    cw_conn_id conn;       /* 0: all of a user */
    const char *user;      /* the call's */
    unsigned long left;    /* lines until its end; 0: no end was asked for */
    unsigned long skipped; /* lines, since the peer reads too slowly */
};

/* What is told of something that passes. */
struct passing {
    cw_conn_id conn;
    const char *direction; /* "in" or "out" */
    const char *kind, *action;
    int code; /* of a response; -1: it has none */
    size_t bytes;
    uint64_t request; /* 0: none */
};

void cw_trace_conn_text(cw_conn_id conn, char text[CW_TRACE_CONN_MAX])
{
    snprintf(text, CW_TRACE_CONN_MAX, "%" PRIu32 ".%" PRIu32, (uint32_t)conn,
             (uint32_t)(conn >> 32));
}

static cw_conn_id read_conn(const char *text)
{
    char *end;
    unsigned long slot = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '.')
        return 0;
    unsigned long generation = strtoul(end + 1, &end, 10);
    return *end != 0 || slot > UINT32_MAX || generation > UINT32_MAX
               ? 0
               : (uint64_t)generation << 32 | slot;
}

bool cw_trace_is_on(const struct cw_shell *shell)
{
    return shell->traces != NULL || cw_log_get_level() == CW_LOG_DEBUG;
}

/* --- the end of a trace --------------------------------------------------------------------- */

static void forget_trace(struct cw_trace *trace)
{
    struct cw_trace **place = &trace->shell->traces;
    while (*place != trace)
        place = &(*place)->next;
    *place = trace->next;
    free(trace);
}

static void end_trace(struct cw_trace *trace)
{
    struct cw_control_call *call = trace->call;
    forget_trace(trace);
    cw_control_end(call, CW_CONTROL_DONE);
}

static void on_trace_cancelled(struct cw_control_call *call, void *context)
{
    (void)call;
    end_trace(context);
}

/* --- lines ---------------------------------------------------------------------------------- */

static void now_text(char text[32])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, 32 - n, ".%03ldZ", now.tv_nsec / 1000000);
}

static json_t *line_of(const struct passing *passing)
{
    char conn[CW_TRACE_CONN_MAX], now[32];
    now_text(now);
    cw_trace_conn_text(passing->conn, conn);
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "at", now, "connection", conn, "direction",
                  passing->direction, "kind", passing->kind, "action", passing->action);
    if (passing->code >= 0)
        json_object_set_new(line, "code", json_integer(passing->code));
    if (passing->bytes != 0)
        json_object_set_new(line, "bytes", json_integer((json_int_t)passing->bytes));
    if (passing->request != 0)
        json_object_set_new(line, "request", json_integer((json_int_t)passing->request));
    return line;
}

static bool is_watched(const struct cw_trace *trace, cw_conn_id conn)
{
    return trace->conn != 0
               ? trace->conn == conn
               : cw_slice_eq(cw_core_user(trace->shell->core, conn), cw_slice_str(trace->user));
}

static void tell_skipped(struct cw_trace *trace)
{
    if (cw_control_typed(trace->call)->json)
        cw_control_put(trace->call, json_pack("{s:I}", "skipped", (json_int_t)trace->skipped));
    else
        cw_control_print(trace->call, "%lu lines were skipped: they are read too slowly\n",
                         trace->skipped);
    trace->skipped = 0;
}

static void tell_trace(struct cw_trace *trace, const struct passing *passing)
{
    if (cw_control_is_full(trace->call)) {
        trace->skipped++;
        return;
    }
    if (trace->skipped != 0)
        tell_skipped(trace);
    cw_control_put(trace->call, line_of(passing));
    if (trace->left != 0 && --trace->left == 0)
        end_trace(trace);
}

/* A line may end its trace. */
static void tell_traces(struct cw_shell *shell, const struct passing *passing)
{
    for (struct cw_trace *trace = shell->traces, *next; trace != NULL; trace = next) {
        next = trace->next;
        if (is_watched(trace, passing->conn))
            tell_trace(trace, passing);
    }
}

/* Requests and their answers alone: of a call there would be nothing else. */
static void log_passing(struct cw_shell *shell, const struct passing *passing, const char *what)
{
    char host[CW_NET_HOST_MAX], conn[CW_TRACE_CONN_MAX], request[24], number[24], plain[256];
    bool response = passing->code >= 0;
    cw_net_host(shell->net, passing->conn, host);
    cw_trace_conn_text(passing->conn, conn);
    snprintf(request, sizeof request, "%" PRIu64, passing->request);
    snprintf(number, sizeof number, "%d", response ? passing->code : (int)passing->bytes);
    snprintf(plain, sizeof plain, "%s: %s: %s, %s %s, connection %s, request %s", host, what,
             passing->action, response ? "code" : "bytes", number, conn, request);
    cw_log_record(&(struct cw_log_record){.level = CW_LOG_DEBUG,
                                          .plain = plain,
                                          .what = what,
                                          .fields = {{"host", host},
                                                     {"connection", conn},
                                                     {"request", request},
                                                     {"action", passing->action},
                                                     {response ? "code" : "bytes", number}}});
}

/* --- what passes ---------------------------------------------------------------------------- */

/* What a peer has sent is told by a word of this program's own. */
static const char *action_of(const struct cw_msg *msg)
{
    return msg->action == CW_ACTION_UNKNOWN ? "unknown" : cw_action_name(msg->action);
}

static void trace_message(struct cw_shell *shell, const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    bool request = msg->kind == CW_REQUEST;
    struct passing passing = {.conn = event->conn,
                              .direction = "in",
                              .kind = request ? "request" : "update",
                              .action = action_of(msg),
                              .code = -1,
                              .bytes = event->message.frame.n,
                              .request = event->message.number};
    tell_traces(shell, &passing);
    if (request)
        log_passing(shell, &passing, "request came");
}

/* Of a connection that is gone nothing more will pass. */
static void end_traces_of(struct cw_shell *shell, cw_conn_id conn)
{
    for (struct cw_trace *trace = shell->traces, *next; trace != NULL; trace = next) {
        next = trace->next;
        if (trace->conn == conn)
            end_trace(trace);
    }
}

void cw_trace_event(struct cw_shell *shell, const struct cw_event *event)
{
    struct passing passing = {.conn = event->conn, .direction = "in", .kind = "event", .code = -1};
    switch (event->type) {
    case CW_EV_MESSAGE:
        trace_message(shell, event);
        return;
    case CW_EV_CONNECTED:
        passing.action = "connected";
        break;
    case CW_EV_CLOSED:
        passing.action = "closed";
        break;
    case CW_EV_RECEIVED:
        passing.action = "receipt proved";
        break;
    case CW_EV_QUEUE_FULL:
        passing.action = "reads too slowly";
        break;
    case CW_EV_QUEUE_EMPTY:
        passing.action = "has read all";
        break;
    default:
        return;
    }
    tell_traces(shell, &passing);
    if (event->type == CW_EV_CLOSED)
        end_traces_of(shell, event->conn);
}

void cw_trace_effect(struct cw_shell *shell, const struct cw_effect *effect)
{
    struct passing passing = {.direction = "out", .kind = "event", .code = -1};
    if (effect->type == CW_FX_CLOSE || effect->type == CW_FX_DROP) {
        passing.conn = effect->close.conn;
        passing.action = effect->close.reason == NULL ? "closing" : effect->close.reason;
    } else if (effect->type == CW_FX_PROBE) {
        passing.conn = effect->probe.conn;
        passing.action = "receipt asked for";
    } else if (effect->type == CW_FX_READ) {
        passing.conn = effect->read.conn;
        passing.action = effect->read.on ? "is read again" : "is not read";
    } else {
        return;
    }
    tell_traces(shell, &passing);
}

void cw_trace_sent(void *context, const struct cw_effect *effect, const cw_conn_id conns[],
                   size_t count, size_t bytes)
{
    struct cw_shell *shell = context;
    const struct cw_msg *msg = &effect->send.msg;
    bool response = msg->kind == CW_RESPONSE;
    struct passing passing = {.direction = "out",
                              .kind = response ? "response" : "update",
                              .action = action_of(msg),
                              .code = response ? msg->code : -1,
                              .bytes = bytes,
                              .request = effect->send.request};
    for (size_t i = 0; i < count; i++) {
        passing.conn = conns[i];
        tell_traces(shell, &passing);
        if (response && passing.request != 0)
            log_passing(shell, &passing, "request answered");
    }
}

/* --- the command ---------------------------------------------------------------------------- */

static bool has_connection(const struct cw_shell *shell, const char *user)
{
    struct cw_net_row row;
    size_t place = 0;
    while (cw_net_next(shell->net, &place, &row))
        if (cw_slice_eq(cw_core_user(shell->core, row.id), cw_slice_str(user)))
            return true;
    return false;
}

void cw_control_traffic(struct cw_shell *shell, struct cw_control_call *call)
{
    const struct cw_control_command *typed = cw_control_typed(call);
    const char *whose = typed->arguments[0] + (typed->arguments[0][0] == '@');
    unsigned long lines = 0;
    cw_conn_id conn = read_conn(whose);
    if (!cw_control_take_number(call, "lines", 1, LINES_MAX, &lines))
        return;
    if (conn != 0 ? cw_net_account(shell->net, conn) == NULL : !has_connection(shell, whose)) {
        cw_control_fail(
            call, CW_CONTROL_REFUSED,
            "there is no connection of '%.100s': 'chinwagctl top' shows them, and whose "
            "they are",
            whose);
        return;
    }
    struct cw_trace *trace = cw_alloc_zero(sizeof *trace);
    trace->shell = shell;
    trace->call = call;
    trace->conn = conn;
    trace->user = whose;
    trace->left = lines;
    trace->next = shell->traces;
    shell->traces = trace;
    cw_control_on_cancel(call, on_trace_cancelled, trace);
}
