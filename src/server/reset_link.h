/* reset_link.h - what the operator sends to a user whose password was reset. Caller:
 * control_ask.c. */
#ifndef CW_SERVER_RESET_LINK_H
#define CW_SERVER_RESET_LINK_H

#include "server/reach.h"

/* By the code of the link: the commands, and the page for browsers, that take it. */
void cw_reset_link_write(const struct cw_reach *reach, const char *code, char text[1024]);

#endif
