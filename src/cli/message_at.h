/* message_at.h - the message that a command names by its conversation and number: fetch, file-link,
 * play, open. */
#ifndef CHINWAG_CLI_MESSAGE_AT_H
#define CHINWAG_CLI_MESSAGE_AT_H

#include "session.h"

struct message_at {
    const char *conversation;
    uint64_t seq;
};

/* Opens the session for the message that the first two arguments name. Returns an enum cli_exit, as
 * the others. */
int message_at_open(const struct cli *cli, struct session *session, struct message_at *message);

/* What the message is: a page of one, in which it may be missing, and *entry NULL. It lives until
 * the next request. */
int message_at_ask(struct session *session, const struct message_at *message,
                   const struct chinwag_entry **entry);

/* Both. The caller closes the session in either case. */
int message_at_find(const struct cli *cli, struct session *session, struct message_at *message,
                    const struct chinwag_entry **entry);

#endif
