/* target.h - parses the recipient, conversation or message that a command names. */
#ifndef CHINWAG_CLI_TARGET_H
#define CHINWAG_CLI_TARGET_H

#include <stdbool.h>
#include <stdint.h>

/* Converts "@bob" to the protocol's "bob"; a group keeps its '#'. NULL: it is neither, and a
 * message was printed. */
const char *target_conversation(const char *target);

/* Converts "#cooks" or "cooks" to "cooks", and "@bob" or "bob" to "bob". NULL: it names the other
 * kind, and a message was printed. */
const char *target_group(const char *target);
/* The same, and of a person "@bob", as the protocol names a call. */
const char *target_call(const char *target);
const char *target_person(const char *target);

/* Reads the number of a message in its conversation. False: it is none, and a message was
 * printed. */
bool target_seq(const char *text, uint64_t *seq);
/* Reads "on" or "off". False: it is neither, and a message was printed. */
bool target_switch(const char *text, bool *on);
/* Reads another number, which may be 0; the same. */
bool target_number(const char *text, uint64_t *number);
/* Reads how long somebody or something is muted, from `least` on; the same. */
bool target_minutes(const char *text, uint64_t least, uint64_t *minutes);

#endif
