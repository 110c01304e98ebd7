/* command_directory.c - what there is on a server: directory, people; and links to it: link,
 * join. */
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "output_list.h"
#include "place_link.h"
#include "session.h"
#include "target.h"
#include "trust.h"

/* --- directories ------------------------------------------------------------------------- */

static const char *words_of(const struct cli *cli)
{
    return cli->argument_count == 0 ? "" : cli->arguments[0];
}

static struct chinwag_page directory_page(const struct cli *cli)
{
    return (struct chinwag_page){.after = (uint64_t)cli->after, .limit = (unsigned)cli->limit};
}

static int64_t ask_directory(chinwag_client *client, const void *arguments)
{
    const struct chinwag_page page = directory_page(arguments);
    return chinwag_directory(client, words_of(arguments), &page);
}

int command_directory(const struct cli *cli)
{
    return session_list(cli, "directory", ask_directory, cli, output_open_group_entry);
}

static int64_t ask_people(chinwag_client *client, const void *arguments)
{
    const struct chinwag_page page = directory_page(arguments);
    return chinwag_people(client, words_of(arguments), &page);
}

int command_people(const struct cli *cli)
{
    return session_list(cli, "people", ask_people, cli, output_contact_entry);
}

/* --- links -------------------------------------------------------------------------------- */

static int64_t join_linked(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_join_group(client, target_group(cli->arguments[0]), cli->invitation);
}

/* main.c has taken a link apart: the argument is the group. */
int command_join(const struct cli *cli)
{
    if (cli->arguments[0][0] == '@') {
        output_about(stderr,
                     "chinwag: %s is a person, whom you need not join\n"
                     "  write to them: chinwag %s TEXT\n",
                     cli->arguments[0]);
        return CLI_WRONG_USE;
    }
    return session_ask(cli, "join_group", join_linked, cli);
}

int command_link(const struct cli *cli)
{
    char link[PLACE_LINK_MAX];
    struct chinwag_address address;
    const char *place = cli->arguments[0];
    if (target_conversation(place) == NULL)
        return CLI_WRONG_USE;
    if (strlen(place) >= PLACE_MAX) {
        fprintf(stderr, "chinwag: the name is too long: it has at most 64 bytes\n");
        return CLI_WRONG_USE;
    }
    if (!chinwag_read_address(cli->server, &address))
        return CLI_WRONG_USE; /* main.c has said it */
    place_link_write(&address, place, trust_curve_key(), link);
    puts(link);
    if (address.local)
        fprintf(stderr, "chinwag: this link is for people at this machine; for others, replace the "
                        "host in it by the name or address of this machine\n");
    return CLI_DONE;
}
