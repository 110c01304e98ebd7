/* chat_link.h - what a link is for that the terminal client was started with, or /server: not only
 * an invitation. chat_first.c and chat_servers.c call it, while there is no screen. */
#ifndef CHINWAG_CLI_CHAT_LINK_H
#define CHINWAG_CLI_CHAT_LINK_H

#include "chat/chat.h"
#include "cli.h"

/* A line that is typed, without its end and the blanks around it; false: none is. */
bool chat_ask_line(const char *question, char *line, int size);

/* Takes the link in cli->invitation as far apart as reach.c does not: cli->link_kind,
 * cli->link_place, and cli->setup or cli->server in the place of the invitation; good until the
 * next link. NULL, or what is wrong with it, for people. */
const char *chat_link_take(struct cli *cli);

/* By its form alone an invitation may be one to a group, a link for this device, or for a new
 * password: asks which.
 * False: nobody answers. */
bool chat_link_ask(struct cli *cli);

/* Shows the group or person that the link leads to, once the list of conversations has come. */
void chat_link_lead(const struct cli *cli, struct cw_chat *chat);

/* There is no account yet: sets a new password, or logs in this device; *done: it has. Returns
 * CLI_DONE, or a message was printed. */
int chat_link_before(const struct cli *cli, bool *done);
/* Somebody is logged in; `registered`: by this link. Makes them an administrator, or a member of
 * the group of an invitation; what is refused was printed, and is no reason not to go on. */
void chat_link_after(const struct cli *cli, bool registered);
/* The same where somebody was logged in before: asks what an invitation is for, and says where a
 * link is for nothing that is done here. */
void chat_link_met(const struct cli *cli);

/* What was printed can be read before the screen covers it. */
void chat_wait_for_enter(const char *question);

#endif
