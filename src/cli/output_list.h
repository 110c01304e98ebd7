/* output_list.h - lists for people and programs: histories, conversations, contacts,
 * members, groups, sessions. output.h says what terminals are protected from. */
#ifndef CHINWAG_CLI_OUTPUT_LIST_H
#define CHINWAG_CLI_OUTPUT_LIST_H

#include <stdio.h>

#include "chinwag/chinwag.h"

/* One entry as one line; `now_s` is the time (UTC), `me` is the user's own name. An entry that only
 * programs can use prints nothing. */
typedef void output_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s);

output_entry output_message_entry, output_conversation_entry, output_contact_entry,
    output_member_entry, output_group_entry, output_session_entry, output_invitation_entry;

/* One entry as one JSON object and a line end. */
void output_entry_json(FILE *out, const struct chinwag_entry *entry);

#endif
