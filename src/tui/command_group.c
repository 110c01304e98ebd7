/* command_group.c - contact add, group create, group join. */
#include "session.h"

/* People write the names as send wants them. */
static const char *bare(const char *name, char mark)
{
    return name[0] == mark ? name + 1 : name;
}

static int64_t add_contact(chinwag_client *client, const void *name)
{
    return chinwag_add_contact(client, name);
}

static int64_t create_group(chinwag_client *client, const void *name)
{
    return chinwag_create_group(client, name);
}

static int64_t join_group(chinwag_client *client, const void *name)
{
    return chinwag_join_group(client, name, NULL);
}

int command_contact_add(const struct cli *cli)
{
    return session_ask(cli, "add_contact", add_contact, bare(cli->arguments[0], '@'));
}

int command_group_create(const struct cli *cli)
{
    return session_ask(cli, "create_group", create_group, bare(cli->arguments[0], '#'));
}

int command_group_join(const struct cli *cli)
{
    return session_ask(cli, "join_group", join_group, bare(cli->arguments[0], '#'));
}
