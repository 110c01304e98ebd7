/* control_commands.c - finds what a command of chinwagctl runs. Called by the control socket, for
 * shell.c. */
#include "server/control_commands.h"

#include "server/control.h"
#include "server/control_ask.h"
#include "server/shell_internal.h"

static const struct {
    void (*run)(struct cw_shell *, struct cw_control_call *); /* NULL: it asks the core */
    enum cw_action action;
} commands[] = {
#define CONTROL_GROUP(title)                  {NULL, CW_ACTION_UNKNOWN},
#define CONTROL(function, ...)                {cw_control_##function, CW_ACTION_UNKNOWN},
#define CONTROL_REQUEST(action, columns, ...) {NULL, CW_##action},
#include "control/control.def"
#undef CONTROL_GROUP
#undef CONTROL
#undef CONTROL_REQUEST
};

void cw_control_carry_out(struct cw_shell *shell, struct cw_control_call *call)
{
    size_t row = cw_control_typed(call)->row;
    if (commands[row].run != NULL)
        commands[row].run(shell, call);
    else
        cw_control_ask(shell->asks, call, commands[row].action);
}
