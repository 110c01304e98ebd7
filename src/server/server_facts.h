/* server_facts.h - what administrators ask of the server itself: what it is doing, and settings
 * that may change while it runs. */
#ifndef CW_SERVER_SERVER_FACTS_H
#define CW_SERVER_SERVER_FACTS_H

#include "core/core.h"

struct cw_shell;

#define CW_STATUS_FACTS 10

/* What the server is doing. */
void cw_shell_status(const struct cw_shell *shell, struct cw_server_fact facts[CW_STATUS_FACTS]);

/* Answers what the core has asked by CW_FX_SERVER since the last call: between steps. */
void cw_shell_answer_asked(struct cw_shell *shell);
/* At the end: the core has gone. */
void cw_shell_forget_asked(struct cw_shell *shell);

#endif
