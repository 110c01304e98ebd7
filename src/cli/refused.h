/* refused.h - says why a request was refused, and what to do next. */
#ifndef CHINWAG_CLI_REFUSED_H
#define CHINWAG_CLI_REFUSED_H

#include "chinwag/chinwag.h"

/* Prints it to output_errors. `answer`: its code, reason and rule, as the library has reported
 * them; `me`: the name of the account. */
void refused_say(const char *action, const struct chinwag_event *answer, const char *me);
/* The same as a part of a sentence, without code and advice, to be freed; NULL: the server has not
 * said why. */
char *refused_words(const struct chinwag_event *answer);
/* Says there what of a request that was done was left out, if the server says so. */
void refused_in_part(const struct chinwag_event *answer);

/* What to do instead of calling a person. */
extern const char refused_what_a_call_is[];

#endif
