/* server_facts.h - what administrators ask of the server itself: what it is doing, and settings that
 * may change while it runs. */
#ifndef CW_SERVER_SERVER_FACTS_H
#define CW_SERVER_SERVER_FACTS_H

#include "core/core.h"

struct cw_shell;

#define CW_STATUS_FACTS 9

/* What the server is doing. */
void cw_shell_status(const struct cw_shell *shell, struct cw_server_fact facts[CW_STATUS_FACTS]);

/* Carries out a CW_FX_SERVER. The event's facts are one piece of memory, which the caller frees. */
struct cw_event cw_shell_ask_server(struct cw_shell *shell, const struct cw_effect *effect);

#endif
