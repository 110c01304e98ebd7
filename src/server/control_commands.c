/* control_commands.c - finds the function of a command of chinwagctl. Called by the control socket,
 * for shell.c. */
#include "server/control_commands.h"

#include "server/control.h"

void cw_control_carry_out(struct cw_shell *shell, struct cw_control_call *call)
{
    static void (*const functions[])(struct cw_shell *, struct cw_control_call *) = {
#define CONTROL_GROUP(title)   NULL,
#define CONTROL(function, ...) cw_control_##function,
#include "control/control.def"
#undef CONTROL_GROUP
#undef CONTROL
    };
    functions[cw_control_typed(call)->row](shell, call);
}
