/* control_ask.h - commands of chinwagctl that are requests of the protocol, asked by the operator
 * instead of an administrator: the core decides, as it does for them. */
#ifndef CW_SERVER_CONTROL_ASK_H
#define CW_SERVER_CONTROL_ASK_H

#include "core/core.h"

struct cw_control_asks; /* those without an answer */
struct cw_control_call;
struct cw_reach;
struct cw_shell;

/* `step` gives an event to the core, and carries out what follows; `reach` is for links. */
typedef void cw_control_step_core(struct cw_shell *shell, struct cw_event *event);
struct cw_control_asks *cw_control_asks_create(cw_control_step_core *step, struct cw_shell *shell,
                                               const struct cw_reach *reach);

/* Asks what was typed: arguments are the request's fields in their order, options are fields or
 * keys of its map. The answer is printed, all pages of a list, and the call ended. */
void cw_control_ask(struct cw_control_asks *asks, struct cw_control_call *call,
                    enum cw_action action);

/* A CW_FX_CONTROL. */
void cw_control_answer(struct cw_control_asks *asks, const struct cw_effect *effect);

/* After the core. */
void cw_control_asks_finish(struct cw_control_asks *asks);

#endif
