/* output.h - prints messages and events, for people (refusals: refused.h).
 *
 * Names and texts come from other people: no control sequence in them reaches a terminal. */
#ifndef CHINWAG_CLI_OUTPUT_H
#define CHINWAG_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "chinwag/chinwag.h"

/* Where messages about what is wrong go: stderr, or where output_errors_to says, while a screen
 * covers stderr (NULL: stderr again). */
FILE *output_errors(void);
void output_errors_to(FILE *out);

/* Writes text for a terminal. Control characters and those that change the direction of writing
 * become \x1b or \u202e, and invalid UTF-8 \xff; a tab is four blanks, CR LF a new line. The lines
 * after the first are indented, so that they cannot look like another message. */
void output_text(FILE *out, const char *text, size_t n);

/* Writes the form, each "%s" in it as output_text writes the text: also what stands on a command
 * line may come from somebody else, as a link that was copied. */
void output_about(FILE *out, const char *form, const char *text);

/* Writes a JSON string (RFC 8259), quotes included, without control characters. */
void output_json_string(FILE *out, const char *text, size_t n);

/* One message as one line for a reader: "[7] 12:04 bob: hi", with its number in the conversation;
 * "[8] 12:05 * bob waves" where it says what its sender does (chat/line.h).
 * `me` is the name of the account; `file` is where a voice message was saved, or NULL; `now_s` is
 * the time (UTC): a message from another day shows its date. */
void output_message(FILE *out, const struct chinwag_event *event, const char *me, const char *file,
                    int64_t now_s);

/* "[file soup.jpg, 12 KiB]", after a caption or alone. */
void output_file(FILE *out, bool behind_text, const char *name, uint64_t size);

/* How long a voice message is; 0: unknown. */
double output_seconds(const struct chinwag_event *event);

/* "12:04" of a time (UTC); with the date when it is another day than `now_s`. 0 is now. */
void output_date(FILE *out, uint64_t time_ms, int64_t now_s);
/* The same, and a blank. */
void output_time(FILE *out, uint64_t time_ms, int64_t now_s);

/* Quiet hours without the changes of the offset, which are for programs. */
void output_hours(FILE *out, const char *text);

/* Prints an event that is no message: an edit, a deletion, a read marker, presence, typing, an
 * event of a group, each as a sentence. */
void output_happening(FILE *out, const struct chinwag_event *event, int64_t now_s);
/* "alice joined", out of the line that this prints: "12:04 #cooks * alice joined". To be freed;
 * NULL: there is no memory. */
char *output_sentence(const struct chinwag_event *event);

/* Prints on stderr that the server does not answer, and how to start one. */
void output_unreachable(const char *server, const char *why);

#endif
