/* chat_choices.h - the file chat_choices, beside the accounts: what the user of the terminal client
 * has chosen by commands (screen/choices.h), for all servers. chat_loop.c and chat_servers.c call
 * it. */
#ifndef CHINWAG_CLI_CHAT_CHOICES_H
#define CHINWAG_CLI_CHAT_CHOICES_H

#include "chat_keeper.h"
#include "screen/choices.h"

struct chat_choices {
    struct keeper_file *file;
    char before[CW_CHOICES_MAX]; /* that was put last, or read */
};

void chat_choices_open(struct chat_choices *choices, struct chat_keeper *keeper);
/* Takes the file over, where there is one; what is wrong with it is said in a notice. */
void chat_choices_load(struct chat_choices *choices, struct cw_screen *screen);
/* Has it written, if something was chosen. */
void chat_choices_put(struct chat_choices *choices, const struct cw_screen *screen);
/* Waits until it is written. */
void chat_choices_close(struct chat_choices *choices);

#endif
