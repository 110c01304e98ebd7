/* output_json.h - messages, events and entries of lists for programs: one JSON object a line, with
 * the keys of the protocol. What people see: output.h, output_list.h. */
#ifndef CHINWAG_CLI_OUTPUT_JSON_H
#define CHINWAG_CLI_OUTPUT_JSON_H

#include <stdio.h>

#include "chinwag/chinwag.h"

/* A message. `me` is the name of the account; `file` is where a voice message was saved, or NULL.
 */
void output_message_json(FILE *out, const struct chinwag_event *event, const char *me,
                         const char *file);

/* An event that is no message. */
void output_happening_json(FILE *out, const struct chinwag_event *event);

/* An entry of a list. A message of a history has the same keys as one that listen prints. */
struct output_json_list {
    const char *type;         /* "contact" and the like; NULL: its entries are messages */
    const char *conversation; /* of messages that do not say it; or NULL */
    const char *me;           /* the name of the account */
    const char *file;         /* where what the message has was saved, or NULL */
};
void output_entry_json(FILE *out, const struct chinwag_entry *entry,
                       const struct output_json_list *list);

#endif
