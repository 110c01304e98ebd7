/* template.h - commands of the command line out of what is typed: the templates of slash.def, and
 * words. slash.c, slash_look.c, slash_talk.c and speak.c call it. */
#ifndef CW_SCREEN_TEMPLATE_H
#define CW_SCREEN_TEMPLATE_H

#include "screen/screen.h"

const char *cw_skip_blanks(const char *text);
size_t cw_word_length(const char *text);
/* Takes a number at the begin of the line, also as Alt+n shows it: [7]. 0: there is none. */
uint64_t cw_take_number(const char **rest);

/* Asks for the command of a template, with what was typed behind its name. NULL, or what is wrong.
 */
const char *cw_template_run(struct cw_screen *screen, const char *form, const char *rest);
/* Asks for a command as it stands, and to go to a conversation then; `open` NULL: to none. */
void cw_template_run_words(struct cw_screen *screen, const char *line, const char *open);
/* The conversation to go to when it is done, written to `name`; NULL: none. */
const char *cw_template_opens(const char *form, const char *rest, char *name, size_t size);

#endif
