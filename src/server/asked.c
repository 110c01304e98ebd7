/* asked.c - between the net, the transfers of files by HTTP (linked.c) and the core. Handlers of
 * the net, for shell.c. */
#include "server/shell_internal.h"

static struct cw_linked *linked_of(void *context)
{
    return ((struct cw_shell *)context)->linked;
}

void cw_shell_on_asked(void *context, cw_net_id id, const struct cw_http_asked *asked)
{
    cw_linked_asked(linked_of(context), id, asked);
}

void cw_shell_on_piece(void *context, cw_net_id id, struct cw_slice bytes)
{
    cw_linked_piece(linked_of(context), id, bytes);
}

void cw_shell_on_drained(void *context, cw_net_id id)
{
    cw_linked_drained(linked_of(context), id);
}

/* Also the end of a connection that has asked for no file. */
void cw_shell_on_closed(void *context, cw_net_id id)
{
    struct cw_event event = {.type = CW_EV_CLOSED, .conn = id};
    cw_linked_closed(linked_of(context), id);
    cw_voice_end(((struct cw_shell *)context)->voice, id);
    cw_shell_step(context, &event);
}

void cw_shell_ask_linked(void *context, cw_net_id id, const struct cw_msg *msg,
                         struct cw_owned *frame)
{
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = id};
    event.message.msg = msg;
    event.message.frame = frame->slice;
    event.message.owner = frame;
    cw_shell_step(context, &event);
}
