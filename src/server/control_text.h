/* control_text.h - what a command of chinwagctl answers, as JSON or as text for people. Caller:
 * control_socket.c. */
#ifndef CW_SERVER_CONTROL_TEXT_H
#define CW_SERVER_CONTROL_TEXT_H

#include <jansson.h>

#include "base/buf.h"
#include "control/command.h"

/* Appends the object as one line: of JSON, or its columns of the command's row; without columns as
 * one line a key. */
void cw_control_text(struct cw_buf *out, const json_t *object,
                     const struct cw_control_command *command);

/* Appends the names of the row's columns as a line. */
void cw_control_heading(struct cw_buf *out, const struct cw_control_command *command);

#endif
