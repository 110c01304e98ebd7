/* control_commands.c - finds the function of a command of chinwagctl. Called by the control socket,
 * for shell.c. */
#include "server/control_commands.h"

#include <stdlib.h>

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

bool cw_control_take_number(struct cw_control_call *call, const char *option, unsigned long least,
                            unsigned long most, unsigned long *number)
{
    const char *value = cw_control_value(cw_control_typed(call), option);
    char *end;
    if (value == NULL)
        return true;
    unsigned long read = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != 0 || read < least || read > most) {
        cw_control_fail(call, CW_CONTROL_WRONG_USE, "--%s is a number from %lu to %lu, not '%.40s'",
                        option, least, most, value);
        return false;
    }
    *number = read;
    return true;
}
