/* control.h - what commands of chinwagctl use in the server: a call is one command line under way,
 * with the program at the other end of the control socket.
 *
 * A command is a row of control/control.def and its function cw_control_NAME, declared below by
 * that row. It runs on the loop's thread; it may end the call before it returns, or later, and it
 * ends each call exactly once. The socket itself: control_socket.h. */
#ifndef CW_SERVER_CONTROL_H
#define CW_SERVER_CONTROL_H

#include <jansson.h>

#include "base/attributes.h"
#include "control/command.h"
#include "control/frame.h"

struct cw_shell;
struct cw_control_call; /* good until cw_control_end */

#define CONTROL_GROUP(title)
#define CONTROL(function, ...)                                                                     \
    void cw_control_##function(struct cw_shell *shell, struct cw_control_call *call);
#define CONTROL_REQUEST(action, ...)
#include "control/control.def"
#undef CONTROL_GROUP
#undef CONTROL
#undef CONTROL_REQUEST

/* What was typed. */
const struct cw_control_command *cw_control_typed(const struct cw_control_call *call);

/* The value of an option that is a number, or *number unchanged when it was not given. False: it is
 * none from `least` to `most`, and the call has ended. */
bool cw_control_take_number(struct cw_control_call *call, const char *option, unsigned long least,
                            unsigned long most, unsigned long *number);

/* Text for people, for the standard output; nothing with --json. It is dropped once the peer has
 * gone, as all output is. */
CW_PRINTF_LIKE(2, 3)
void cw_control_print(struct cw_control_call *call, const char *format, ...);

/* An object, whose reference it takes over: one line of JSON with --json; else the columns of the
 * row, or, without columns, its keys, one a line. Times ("..._ms") are shown as dates. */
void cw_control_put(struct cw_control_call *call, json_t *object);

/* Ends the call. */
void cw_control_end(struct cw_control_call *call, enum cw_control_status status);
/* The same after a sentence on the standard error: what is wrong, and what to do. */
CW_PRINTF_LIKE(3, 4)
void cw_control_fail(struct cw_control_call *call, enum cw_control_status status,
                     const char *format, ...);

/* `cancel` is called once when the peer goes before the end, or the server stops. The command then
 * ends the call as soon as it can. */
typedef void cw_control_step(struct cw_control_call *call, void *context);
void cw_control_on_cancel(struct cw_control_call *call, cw_control_step *cancel, void *context);

/* Has the peer gone? */
bool cw_control_is_gone(const struct cw_control_call *call);
/* Does it read slower than the command prints? Then `go_on` is called once when all that was
 * printed has left, or the peer has gone. */
bool cw_control_is_full(const struct cw_control_call *call);
void cw_control_when_drained(struct cw_control_call *call, cw_control_step *go_on, void *context);

#endif
