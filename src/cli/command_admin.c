/* command_admin.c - set-up, admin: who administers the server. */
#include "output.h"
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

static int64_t remove_one(chinwag_client *client, const void *cli)
{
    return chinwag_set_admin(client, person_of(cli), false);
}

int command_admin_add(const struct cli *cli)
{
    return person_of(cli) == NULL ? CLI_WRONG_USE : session_ask(cli, "set_admin", add, cli);
}

int command_admin_remove(const struct cli *cli)
{
    return person_of(cli) == NULL ? CLI_WRONG_USE : session_ask(cli, "set_admin", remove_one, cli);
}
