/* journal.h - log lines about the actions of peers, which programs can read, too (README.md has a
 * filter for fail2ban). */
#ifndef CW_SERVER_JOURNAL_H
#define CW_SERVER_JOURNAL_H

#include "core/core.h"

/* "HOST: login refused: wrong password: \"alice\"" and the like. The name, which the peer
 * chose, is quoted and stands last. `request`: its
 * number. */
void cw_journal_note(const char *host, int action, int code, struct cw_slice name,
                     uint64_t request);

/* The server has closed a connection. */
void cw_journal_closed(const char *host, const char *reason);

#endif
