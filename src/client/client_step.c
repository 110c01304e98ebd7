/* client_step.c - a step of the client that finds no memory ends its connection, and leaves the
 * rest as it was. See client_state.h; called by client_core.c and client_input.c. */
#include "client/client_state.h"
#include "frame/framer.h"

struct cw_client_step cw_client_begin_step(const struct cw_client *c)
{
    cw_alloc_begin_soft();
    return (struct cw_client_step){c->events.count, c->seen, c->has_seen, c->announced};
}

/* A session whose token the program does not get is none. */
static bool logs_in_vain(const struct cw_client *c, size_t since)
{
    for (size_t i = since; i < c->events.count; i++) {
        const struct chinwag_event *event = &c->events.items[c->events.first + i];
        if (event->type == CHINWAG_RESPONSE && event->code == CHINWAG_NO_MEMORY &&
            (event->action == cw_action_name(CW_LOGIN) ||
             event->action == cw_action_name(CW_LOGIN_BY_LINK) ||
             event->action == cw_action_name(CW_ATTACH)))
            return true;
    }
    return false;
}

/* The server has other messages than before; then numbers of announcements begin anew, too. */
static bool restarts(const struct cw_client *c, size_t since)
{
    for (size_t i = since; i < c->events.count; i++)
        if (c->events.items[c->events.first + i].type == CHINWAG_RESTARTED)
            return true;
    return false;
}

/* Updates that the program does not get were not handed out. What the answer to a login or an
 * attach has said of `seen` stays: a report is there then. */
static void take_back(struct cw_client *c, struct cw_client_step step)
{
    c->announced = restarts(c, step.events) ? 0 : step.announced;
    if (c->events.count != step.events)
        return;
    c->seen = step.seen;
    c->has_seen = step.has_seen;
}

/* What it has begun to write is perhaps half of a message, and it says nothing about the server. */
static void drop_framer(struct cw_client *c)
{
    cw_framer_destroy(c->framer);
    c->framer = NULL;
    c->unsealed.n = 0;
    if (c->state == CW_CLIENT_HANDSHAKE)
        c->state = CW_CLIENT_CONNECTING;
}

/* When memory was missing nobody knows what of the step was understood, so the connection ends, as
 * if it were lost: what the server has sent since comes again. */
void cw_client_end_step(struct cw_client *c, struct cw_client_step step, uint64_t now_ms)
{
    if (cw_alloc_end_soft())
        return;
    if (cw_client_events_spoil(&c->events, step.events))
        take_back(c, step);
    cw_alloc_begin_soft(); /* what is missing now is only the text of the report */
    if (c->username.n == 0 || logs_in_vain(c, step.events))
        c->token.n = 0;
    drop_framer(c);
    if (c->state != CW_CLIENT_WAITING)
        cw_client_disconnect_with(c, CHINWAG_NO_MEMORY, chinwag_code_text(CHINWAG_NO_MEMORY),
                                  now_ms);
    cw_alloc_end_soft();
}
