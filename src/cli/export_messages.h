/* export_messages.h - the messages of an export, with their files and recordings. Called by
 * command_export.c. */
#ifndef CHINWAG_CLI_EXPORT_MESSAGES_H
#define CHINWAG_CLI_EXPORT_MESSAGES_H

#include <stdio.h>

#include "session.h"

struct exporter {
    const struct cli *cli;
    struct session session;   /* for lists */
    struct session recording; /* for what lies between two pages of one; opened when needed */
    const char *folder;
    FILE *out;
    unsigned long messages, saved, missing; /* files and recordings: saved, now or before; not */
};

/* Waits as session_wait does, and repeats the request as long as the server refuses it for its
 * pace. */
typedef int64_t export_request(chinwag_client *client, const void *arguments);
int export_ask(struct session *session, const char *action, export_request *make,
               const void *arguments, struct chinwag_event *answer);

/* Writes the messages of a conversation, the oldest first, and saves what belongs to them. Returns
 * an enum cli_exit. */
int export_messages(struct exporter *exporter, const char *conversation);

#endif
