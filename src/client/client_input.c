/* client_input.c - what comes from the server, frame by frame, and the events that the program
 * takes. See client_state.h; the interface is client_core.h's. */
#include "base/codes.h"
#include "base/limits.h"
#include "client/client_core.h"
#include "client/client_state.h"
#include "frame/framer.h"

/* --- input ------------------------------------------------------------------------- */

static void on_ready(struct cw_client *c, uint64_t now_ms)
{
    c->state = CW_CLIENT_UP;
    c->answer_by_ms = UINT64_MAX;
    cw_client_events_add(&c->events, CHINWAG_CONNECTED);
    if (cw_client_has_session(c))
        cw_client_put_attach(c, now_ms);
}

static void on_frame(struct cw_client *c, const struct cw_framer_event *event, uint64_t now_ms)
{
    switch (event->type) {
    case CW_FRAMER_READY:
        on_ready(c, now_ms);
        break;
    case CW_FRAMER_MESSAGE:
        if (event->text)
            cw_client_disconnect(c, "the server sent a text message", now_ms);
        else
            cw_client_take_message(c, event->body, now_ms);
        break;
    case CW_FRAMER_REFUSED:
        cw_client_disconnect(c, "the server sent a message of several frames", now_ms);
        break;
    case CW_FRAMER_CLOSED:
        cw_client_disconnect(c, CW_CLOSED_BY_SERVER, now_ms);
        break;
    case CW_FRAMER_FAILED:
        cw_client_disconnect(c, event->reason, now_ms);
        break;
    case CW_FRAMER_NEED_MORE:
    case CW_FRAMER_PING:
    case CW_FRAMER_PONG:
    case CW_FRAMER_IGNORED:
    case CW_FRAMER_HEAD: /* only where judged_max is set */
    case CW_FRAMER_NEXT: /* these: only of servers' framers */
    case CW_FRAMER_ADDRESS:
    case CW_FRAMER_POSTED:
    case CW_FRAMER_ANSWERED:
    case CW_FRAMER_ASKED:
    case CW_FRAMER_PIECE:
        break;
    }
}

/* The event's body is good until something is sealed. */
static bool handle_frame(struct cw_client *c, uint64_t now_ms)
{
    if (!c->more)
        return false;
    struct cw_slice rest = {0};
    if (c->in_used != c->in.n)
        rest = cw_slice_of(c->in.p + c->in_used, c->in.n - c->in_used);
    size_t before = c->unsealed.n;
    struct cw_framer_event event = cw_framer_input(c->framer, &rest, &c->unsealed);
    c->answers_n += c->unsealed.n - before;
    c->kept_n += c->in.n - rest.n - c->in_used;
    c->in_used = c->in.n - rest.n;
    c->more = event.type != CW_FRAMER_NEED_MORE;
    on_frame(c, &event, now_ms);
    if (c->framer != NULL)
        cw_client_seal(c);
    if (c->framer != NULL && c->answers_n > CW_CLIENT_ANSWERS_MAX)
        cw_client_disconnect(c, "the server does not read the answers to its PINGs", now_ms);
    if (c->in_used == c->in.n)
        c->in_used = c->in.n = 0;
    return true;
}

/* Handles one frame; false: no complete frame is there. */
static bool step_input(struct cw_client *c, uint64_t now_ms)
{
    struct cw_client_step step = cw_client_begin_step(c);
    bool handled = handle_frame(c, now_ms);
    cw_client_end_step(c, step, now_ms);
    return handled;
}

/* Without memory for the reason it is reported without. */
static void report_end(struct cw_client *c, uint64_t now_ms)
{
    cw_alloc_begin_soft();
    cw_client_disconnect_with(c, c->ended_code, c->reason, now_ms);
    cw_alloc_end_soft();
}

static void forget_taken(struct cw_client *c)
{
    cw_client_events_reset(&c->events);
    c->kept_n = 0;
}

bool cw_client_next(struct cw_client *c, uint64_t now_ms, struct chinwag_event *event)
{
    if (c->events.count == 0) {
        forget_taken(c);
        while (c->events.count == 0 && step_input(c, now_ms))
            continue;
        if (c->events.count == 0 && c->ended)
            report_end(c, now_ms);
    }
    return cw_client_events_pop(&c->events, event);
}

static bool keeps_too_much(const struct cw_client *c)
{
    return c->events.count >= CW_CLIENT_KEPT_MAX || c->kept_n >= CW_CLIENT_KEPT_BYTES_MAX;
}

bool cw_client_next_answer(struct cw_client *c, int64_t request, uint64_t now_ms,
                           struct chinwag_event *event)
{
    if (c->events.count == 0)
        forget_taken(c);
    while (!cw_client_events_take_answer(&c->events, request, event)) {
        if (keeps_too_much(c))
            return false;
        if (step_input(c, now_ms))
            continue;
        if (!c->ended)
            return false;
        report_end(c, now_ms);
    }
    return true;
}

static bool is_waiting(const struct cw_outbox *outbox, int64_t number)
{
    const struct cw_outbox_request *request = outbox->first;
    while (request != NULL && request->number != number)
        request = request->next;
    return request != NULL;
}

bool cw_client_awaits(const struct cw_client *c, int64_t request)
{
    if (request <= 0 || keeps_too_much(c))
        return false;
    for (size_t i = 0; i < c->asked_count; i++)
        if (c->asked[(c->asked_first + i) % CW_REQUESTS_IN_FLIGHT_MAX].number == request)
            return true;
    return c->attach_number == request || is_waiting(&c->outbox, request) ||
           is_waiting(&c->files, request) || cw_client_events_have_answer(&c->events, request);
}
