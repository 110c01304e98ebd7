/* chat_link.c - see chat_link.h. */
#include "chat_link.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "chat/doing.h"
#include "output.h"
#include "place_link.h"

bool chat_ask_line(const char *question, char *line, int size)
{
    printf("%s", question);
    fflush(stdout);
    if (fgets(line, size, stdin) == NULL) {
        putchar('\n');
        return false;
    }
    size_t blanks = strspn(line, " \t"), n = strlen(line);
    while (n > blanks && strchr(" \t\r\n", line[n - 1]) != NULL)
        n--;
    memmove(line, line + blanks, n - blanks);
    line[n - blanks] = 0;
    return true;
}

void chat_wait_for_enter(const char *question)
{
    printf("%s", question);
    fflush(stdout);
    for (int c = getchar(); c != '\n' && c != EOF;)
        c = getchar();
    clearerr(stdin);
}

/* --- which kind ----------------------------------------------------------------------------- */

/* It leads to a group or a person, and lets nobody in. */
static const char *take_place_link(struct cli *cli)
{
    static struct place_link link;
    const char *wrong = place_link_read(cli->invitation, &link);
    if (wrong != NULL)
        return wrong;
    cli->invitation = NULL;
    cli->server = link.server;
    cli->link_place = link.place;
    if (cli->server_key == NULL && link.key[0] != 0)
        cli->server_key = link.key;
    return NULL;
}

/* An invitation to a group does not say to which: this the user has said; "": none. */
static char asked_group[JOIN_GROUP_MAX + 1];

const char *chat_link_take(struct cli *cli)
{
    static char group[JOIN_GROUP_MAX + 1];
    struct join_link link;
    cli->link_kind = JOIN_LINK_NONE;
    cli->link_place = NULL;
    asked_group[0] = 0; /* of the link before, with which nothing was opened */
    if (cli->invitation == NULL || !join_link_is(cli->invitation))
        return NULL;
    if (place_link_is(cli->invitation))
        return take_place_link(cli);
    const char *wrong = join_link_read(cli->invitation, &link);
    if (wrong != NULL)
        return wrong;
    cli->link_kind = link.kind;
    if (link.kind == JOIN_LINK_SETS_UP) {
        cli->setup = cli->invitation;
        cli->invitation = NULL;
    } else if (link.kind == JOIN_LINK_JOINS) {
        snprintf(group, sizeof group, "#%s", link.group);
        cli->link_place = group;
    }
    return NULL;
}

static bool ask_which_group(struct cli *cli)
{
    char name[JOIN_GROUP_MAX];
    do
        if (!chat_ask_line("To which group? ", name, sizeof name))
            return false;
    while (name[name[0] == '#'] == 0);
    snprintf(asked_group, sizeof asked_group, "#%s", name + (name[0] == '#'));
    cli->link_place = asked_group;
    cli->link_kind = JOIN_LINK_JOINS;
    return true;
}

bool chat_link_ask(struct cli *cli)
{
    char answer[16];
    do
        if (!chat_ask_line("What is the link for?\n"
                           "  d: to log in this device      g: to join a group\n"
                           "  p: to set a new password      n: none of these\n"
                           "[d, g, p, n] ",
                           answer, sizeof answer))
            return false;
    while (answer[0] == 0 || strchr("dgpn", answer[0]) == NULL || answer[1] != 0);
    cli->link_kind = answer[0] == 'd'   ? JOIN_LINK_LOGS_IN
                     : answer[0] == 'p' ? JOIN_LINK_RESETS
                                        : JOIN_LINK_NONE;
    if (answer[0] == 'n')
        cli->invitation = NULL;
    return answer[0] != 'g' || ask_which_group(cli);
}

/* --- what it does --------------------------------------------------------------------------- */

int chat_link_before(const struct cli *cli, bool *done)
{
    struct cli with_link = *cli;
    *done = false;
    if (cli->link_kind == JOIN_LINK_LOGS_IN) {
        int code = account_log_in_by_link(cli);
        *done = code == CLI_DONE;
        return code;
    }
    if (cli->link_kind != JOIN_LINK_RESETS)
        return CLI_DONE;
    with_link.setup = cli->invitation;
    with_link.invitation = NULL;
    return command_reset_password(&with_link);
}

/* Anybody can make an invitation lead somewhere: it is asked about. False: there is something to
 * read. */
static bool join_place(const struct cli *cli)
{
    char answer[16], *place = (char *)cli->link_place;
    struct cli with_place = *cli;
    with_place.arguments = &place;
    with_place.argument_count = 1;
    output_about(stdout, "The link leads to the group %s.", place);
    return !chat_ask_line(" Join it? [Y/n] ", answer, sizeof answer) || answer[0] == 'n' ||
           answer[0] == 'N' || command_join(&with_place) == CLI_DONE;
}

void chat_link_after(const struct cli *cli, bool registered)
{
    bool read = true;
    if (cli->link_kind == JOIN_LINK_SETS_UP && !registered)
        read = command_set_up(cli) == CLI_DONE;
    if (cli->link_kind == JOIN_LINK_JOINS)
        read = join_place(cli);
    if (!read && !cli->plain_screen)
        chat_wait_for_enter("Enter goes on. ");
}

/* Who was asked whether to join knows whether they have. */
void chat_link_lead(const struct cli *cli, struct cw_chat *chat)
{
    bool asked = cli->link_place == NULL && asked_group[0] != 0;
    if (asked)
        cw_chat_lead(chat, asked_group, false);
    else if (cli->link_place != NULL)
        cw_chat_lead(chat, cli->link_place, cli->link_kind != JOIN_LINK_JOINS);
    asked_group[0] = 0;
}

void chat_link_met(const struct cli *cli)
{
    struct cli own = *cli;
    if (own.link_kind == JOIN_LINK_INVITES && !chat_link_ask(&own))
        return;
    bool logs_in = own.link_kind == JOIN_LINK_LOGS_IN;
    if (!logs_in && own.link_kind != JOIN_LINK_RESETS) {
        chat_link_after(&own, false);
        return;
    }
    printf(logs_in
               ? "Somebody is logged in here already: nothing is done with the link.\n"
               : "Somebody is logged in here: chinwag reset-password LINK sets the password.\n");
    if (!own.plain_screen)
        chat_wait_for_enter("Enter goes on. ");
}
