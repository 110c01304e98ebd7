/* control_socket.h - the control socket: a Unix socket in the data folder, for its owner alone
 * (0600), through which chinwagctl administers the server. Caller: shell.c. */
#ifndef CW_SERVER_CONTROL_SOCKET_H
#define CW_SERVER_CONTROL_SOCKET_H

#include <uv.h>

struct cw_control;
struct cw_control_call;
struct cw_shell;

/* Carries out a command (control.h). */
typedef void cw_control_run(struct cw_shell *shell, struct cw_control_call *call);

/* Listens in the folder, which this process has locked, and gives commands to `run`. Without the
 * socket the server runs as well: what is wrong is logged. */
struct cw_control *cw_control_create(uv_loop_t *loop, const char *folder, cw_control_run *run,
                                     struct cw_shell *shell);

/* Cancels all calls and closes the socket; the loop must run once more before the next call. */
void cw_control_stop(struct cw_control *control);
void cw_control_destroy(struct cw_control *control);

#endif
