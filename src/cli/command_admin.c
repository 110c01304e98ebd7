/* command_admin.c - set-up, admin, heading, group heading, group newcomers: administrators, and
 * what they arrange; group announce, group slow, group versions, versions: what is written in a
 * group. */
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "output_list.h"
#include "session.h"
#include "target.h"

static int64_t set_up(chinwag_client *client, const void *cli)
{
    return chinwag_set_up(client, ((const struct cli *)cli)->setup);
}

int command_set_up(const struct cli *cli)
{
    return session_ask(cli, "set_up", set_up, cli);
}

static const char *person_of(const struct cli *cli)
{
    return target_person(cli->arguments[0]);
}

static int64_t add(chinwag_client *client, const void *cli)
{
    return chinwag_set_admin(client, person_of(cli), true);
}

static int64_t remove_admin(chinwag_client *client, const void *cli)
{
    return chinwag_set_admin(client, person_of(cli), false);
}

int command_admin_status(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, "attach", session.attach, &answer);
    if (code == CLI_DONE) {
        output_text(stdout, session.account.name, strlen(session.account.name));
        printf(" is %s administrator of %s\n", answer.admin ? "an" : "no", cli->server);
    }
    session_close(&session);
    return code;
}

int command_admin_add(const struct cli *cli)
{
    return person_of(cli) == NULL ? CLI_WRONG_USE : session_ask(cli, "set_admin", add, cli);
}

int command_admin_remove(const struct cli *cli)
{
    return person_of(cli) == NULL ? CLI_WRONG_USE
                                  : session_ask(cli, "set_admin", remove_admin, cli);
}

/* --- groups -------------------------------------------------------------------------------- */

static const char *named_group(const struct cli *cli)
{
    return target_group(cli->arguments[0]);
}

static int ask_of_group(const struct cli *cli, const char *action, session_request *make)
{
    return named_group(cli) == NULL ? CLI_WRONG_USE : session_ask(cli, action, make, cli);
}

/* The last argument, which the command has read already. */
static bool is_on(const struct cli *cli)
{
    bool on;
    return target_switch(cli->arguments[1], &on) && on;
}

static int ask_with_switch(const struct cli *cli, const char *action, session_request *make)
{
    bool on;
    return target_switch(cli->arguments[1], &on) ? ask_of_group(cli, action, make) : CLI_WRONG_USE;
}

static int64_t announce(chinwag_client *client, const void *cli)
{
    return chinwag_set_writers(client, named_group(cli), is_on(cli));
}

int command_group_announce(const struct cli *cli)
{
    return ask_with_switch(cli, "set_writers", announce);
}

static int64_t here(chinwag_client *client, const void *cli)
{
    return chinwag_set_here(client, named_group(cli), ((const struct cli *)cli)->arguments[1]);
}

int command_group_here(const struct cli *cli)
{
    return ask_of_group(cli, "set_here", here);
}

static int64_t newcomers(chinwag_client *client, const void *cli)
{
    return chinwag_set_newcomers(client, named_group(cli), is_on(cli));
}

int command_group_newcomers(const struct cli *cli)
{
    return ask_with_switch(cli, "set_newcomers", newcomers);
}

/* The last argument, which the command has read already. */
static uint64_t number_of(const struct cli *cli)
{
    uint64_t number = 0;
    target_number(cli->arguments[cli->argument_count - 1], &number);
    return number;
}

static int ask_with_number(const struct cli *cli, const char *action, session_request *make)
{
    uint64_t number;
    return target_number(cli->arguments[cli->argument_count - 1], &number)
               ? ask_of_group(cli, action, make)
               : CLI_WRONG_USE;
}

static int64_t slow(chinwag_client *client, const void *cli)
{
    return chinwag_set_slow_mode(client, named_group(cli), number_of(cli));
}

int command_group_slow(const struct cli *cli)
{
    return ask_with_number(cli, "set_slow_mode", slow);
}

static int64_t keep_versions(chinwag_client *client, const void *cli)
{
    return chinwag_set_versions(client, named_group(cli), number_of(cli));
}

int command_group_versions(const struct cli *cli)
{
    return ask_with_number(cli, "set_versions", keep_versions);
}

static int64_t place_group(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_place_group(client, named_group(cli), cli->arguments[1], number_of(cli));
}

int command_group_heading(const struct cli *cli)
{
    return ask_with_number(cli, "place_group", place_group);
}

static int64_t place_heading(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_set_heading(client, cli->arguments[0], number_of(cli));
}

int command_heading(const struct cli *cli)
{
    uint64_t number;
    return target_number(cli->arguments[1], &number)
               ? session_ask(cli, "set_heading", place_heading, cli)
               : CLI_WRONG_USE;
}

static int64_t ask_versions(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    uint64_t seq = 0;
    target_seq(cli->arguments[1], &seq);
    return chinwag_versions(client, named_group(cli), seq);
}

int command_versions(const struct cli *cli)
{
    uint64_t seq;
    if (named_group(cli) == NULL || !target_seq(cli->arguments[1], &seq))
        return CLI_WRONG_USE;
    return session_list(cli, "versions", ask_versions, cli, output_version_entry);
}

static int64_t talk(chinwag_client *client, const void *names)
{
    return chinwag_create_talk(client, names);
}

int command_group_talk(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code =
            session_wait(&session, "create_talk", talk(session.client, cli->arguments[0]), &answer);
    if (code == CLI_DONE) {
        fputc('#', stdout);
        output_text(stdout, answer.group, strlen(answer.group));
        fputc('\n', stdout);
    }
    session_close(&session);
    return code;
}
