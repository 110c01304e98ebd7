/* next_page.h - what is said below a list for people: how it goes on, and that it is empty. */
#ifndef CHINWAG_CLI_NEXT_PAGE_H
#define CHINWAG_CLI_NEXT_PAGE_H

#include "chinwag/chinwag.h"
#include "cli.h"

/* Prints on stderr the command that shows the next page, or what an empty list means. */
void next_page_say(const struct cli *cli, const char *action, const struct chinwag_event *answer);

#endif
