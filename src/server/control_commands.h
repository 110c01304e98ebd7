/* control_commands.h - carries out commands of chinwagctl. Caller: shell.c. */
#ifndef CW_SERVER_CONTROL_COMMANDS_H
#define CW_SERVER_CONTROL_COMMANDS_H

struct cw_control_call;
struct cw_shell;

void cw_control_carry_out(struct cw_shell *shell, struct cw_control_call *call);

#endif
