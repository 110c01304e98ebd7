/* output_list.h - lists for people: histories, conversations, contacts,
 * members, groups, sessions. output.h says what terminals are protected from. */
#ifndef CHINWAG_CLI_OUTPUT_LIST_H
#define CHINWAG_CLI_OUTPUT_LIST_H

#include <stdio.h>

#include "chinwag/chinwag.h"

/* One entry as one line; `now_s` is the time (UTC), `me` is the user's own name. An entry that only
 * programs can use prints nothing. */
typedef void output_entry(FILE *out, const struct chinwag_entry *entry, const char *me,
                          int64_t now_s);

output_entry output_message_entry, output_pair_entry, output_conversation_entry,
    output_contact_entry, output_member_entry, output_open_group_entry, output_group_entry,
    output_version_entry, output_session_entry, output_device_password_entry,
    output_invitation_entry, output_bot_entry, output_hook_entry;

/* Of messages at the head of the list that the server's disk has lost with all that was
 * known of them, in a row, one line for all. Returns how many they are; 0: the first is none of
 * these. */
size_t output_lost_entries(FILE *out, const struct chinwag_entry *entries, size_t count);

#endif
