/* transfer.c - see transfer.h. */
#include "transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "refused.h"
#include "trust.h"

/* So long a server may stay away before the transfer is given up. */
#define AWAY_MS 300000
#define WAIT_MS 500 /* a signal between the check and the wait is noticed after this time */
#define DRAW_MS 100
/* Lost connections in a row without a byte in between, after which something else is wrong. */
#define LOSSES_MAX 5
#define BAR_WIDTH  30

int transfer_open(struct transfer *transfer, const struct cli *cli)
{
    *transfer =
        (struct transfer){.bar = isatty(STDERR_FILENO) != 0, .told = getenv(CLI_IN_CHAT) != NULL};
    int code = session_open(&transfer->session, cli, SESSION_COMMAND);
    transfer->begun_ms = transfer->heard_ms = session_now_ms();
    session_note_signals();
    return code;
}

void transfer_close(struct transfer *transfer)
{
    transfer_wipe(transfer);
    session_close(&transfer->session);
}

int transfer_code(enum transfer_end end)
{
    return end == TRANSFER_DONE      ? CLI_DONE
           : end == TRANSFER_REFUSED ? CLI_REFUSED
                                     : CLI_UNREACHABLE;
}

/* --- waiting ------------------------------------------------------------------------------ */

static enum transfer_end end_refused(struct transfer *transfer, const char *action,
                                     const struct chinwag_event *event)
{
    transfer_wipe(transfer);
    refused_say(action, event, transfer->session.account.name);
    return TRANSFER_REFUSED;
}

static enum transfer_end stop(struct transfer *transfer, const char *why)
{
    transfer_wipe(transfer);
    if (why != NULL)
        output_unreachable(transfer->session.server, why);
    return TRANSFER_STOPPED;
}

/* What an earlier connection has sent came to the disk only now, or the server knows no more where
 * the upload stands. */
static bool stands_elsewhere(const struct chinwag_event *event)
{
    enum chinwag_rule rule = chinwag_rule_named(event->rule);
    return rule == CHINWAG_RULE_UPLOAD_PLACE || rule == CHINWAG_RULE_UPLOAD_NOT_OPEN;
}

/* The answer to our request, or to the attach. */
static bool take_answer(struct transfer *transfer, const char *action, int64_t request,
                        const struct chinwag_event *event, enum transfer_end *end)
{
    bool attach = event->request == transfer->session.attach && event->code != CHINWAG_SUCCESS;
    if (event->request != request && !attach)
        return false;
    transfer->heard_ms = session_now_ms();
    if (event->code == CHINWAG_SUCCESS)
        *end = TRANSFER_DONE;
    else if (event->code == CHINWAG_UNANSWERED || stands_elsewhere(event))
        *end = TRANSFER_LOST;
    else
        *end = end_refused(transfer, attach ? "attach" : action, event);
    return true;
}

/* The library connects again by itself, unless the server cannot be trusted. */
static bool take_end(struct transfer *transfer, const struct chinwag_event *event,
                     enum transfer_end *end)
{
    if (event->type == CHINWAG_SESSION_LOST) {
        *end = end_refused(transfer, "attach", event);
        return true;
    }
    if (event->type != CHINWAG_DISCONNECTED || !trust_explain(event))
        return false;
    *end = stop(transfer, NULL);
    return true;
}

enum transfer_end transfer_wait(struct transfer *transfer, const char *action, int64_t request,
                                struct chinwag_event *answer)
{
    struct chinwag_event event;
    enum transfer_end end;
    if (request < 0)
        return end_refused(transfer, action, &(struct chinwag_event){.code = (int)request});
    for (;;) {
        if (session_was_signalled())
            return stop(transfer, NULL);
        if (session_now_ms() - transfer->heard_ms > AWAY_MS)
            return stop(transfer, "it has not answered for 5 minutes");
        if (!chinwag_poll(transfer->session.client, WAIT_MS, &event) ||
            trust_take(transfer->session.client, &event))
            continue;
        if (event.type == CHINWAG_RESPONSE &&
            take_answer(transfer, action, request, &event, &end)) {
            if (answer != NULL)
                *answer = event;
            return end;
        }
        if (take_end(transfer, &event, &end))
            return end;
    }
}

bool transfer_has_room(const struct transfer *transfer)
{
    return transfer->count < TRANSFER_WINDOW;
}

void transfer_add(struct transfer *transfer, int64_t request)
{
    transfer->waiting[(transfer->first + transfer->count++) % TRANSFER_WINDOW] = request;
}

enum transfer_end transfer_wait_first(struct transfer *transfer, const char *action,
                                      struct chinwag_event *answer)
{
    int64_t request = transfer->waiting[transfer->first];
    transfer->first = (transfer->first + 1) % TRANSFER_WINDOW;
    transfer->count--;
    return transfer_wait(transfer, action, request, answer);
}

/* --- how far it is -------------------------------------------------------------------------- */

void transfer_wipe(const struct transfer *transfer)
{
    if (transfer->bar && transfer->drawn_ms != 0)
        fputs("\r\x1b[K", stderr);
}

static double mib(uint64_t bytes)
{
    return (double)bytes / (1024 * 1024);
}

void transfer_show(struct transfer *transfer, uint64_t at)
{
    char bar[BAR_WIDTH + 1];
    int64_t now_ms = session_now_ms();
    if (transfer->at == 0 && transfer->begun_at == 0)
        transfer->begun_at = at;
    transfer->at = at;
    if ((!transfer->bar && !transfer->told) || transfer->size == 0 ||
        (now_ms - transfer->drawn_ms < DRAW_MS && at != transfer->size))
        return;
    transfer->drawn_ms = now_ms;
    if (transfer->told) {
        fprintf(stderr, "%c%d %% of %.1f MiB\n", TRANSFER_MARK, (int)(at * 100 / transfer->size),
                mib(transfer->size));
        return;
    }
    int full = (int)(at * BAR_WIDTH / transfer->size);
    memset(bar, '#', (size_t)full);
    memset(bar + full, '.', (size_t)(BAR_WIDTH - full));
    bar[BAR_WIDTH] = 0;
    double seconds = (double)(now_ms - transfer->begun_ms + 1) / 1000;
    fprintf(stderr, "\r\x1b[K[%s] %d %%  %.1f of %.1f MiB  %.1f MiB/s", bar,
            (int)(at * 100 / transfer->size), mib(at), mib(transfer->size),
            mib(at - transfer->begun_at) / seconds);
    fflush(stderr);
}

enum transfer_end transfer_continue(struct transfer *transfer, uint64_t at)
{
    transfer->losses = at > transfer->lost_at ? 0 : transfer->losses + 1;
    transfer->lost_at = at;
    transfer_show(transfer, at);
    if (transfer->losses < LOSSES_MAX)
        return TRANSFER_DONE;
    transfer_wipe(transfer);
    fprintf(stderr, "chinwag: %d attempts in a row ended before anything was transferred\n",
            LOSSES_MAX);
    return TRANSFER_STOPPED;
}
