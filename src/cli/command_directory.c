/* command_directory.c - what there is on a server: directory, people; and links to it: link,
 * join. */
#include <stdio.h>
#include <string.h>

#include "output_list.h"
#include "session.h"
#include "target.h"

/* --- directories ------------------------------------------------------------------------- */

static const char *words_of(const struct cli *cli)
{
    return cli->argument_count == 0 ? "" : cli->arguments[0];
}

static struct chinwag_page page_of(const struct cli *cli)
{
    return (struct chinwag_page){.after = (uint64_t)cli->after, .limit = (unsigned)cli->limit};
}

static int64_t ask_directory(chinwag_client *client, const void *arguments)
{
    const struct chinwag_page page = page_of(arguments);
    return chinwag_directory(client, words_of(arguments), &page);
}

int command_directory(const struct cli *cli)
{
    return session_list(cli, "directory", ask_directory, cli, output_open_group_entry);
}

static int64_t ask_people(chinwag_client *client, const void *arguments)
{
    const struct chinwag_page page = page_of(arguments);
    return chinwag_people(client, words_of(arguments), &page);
}

int command_people(const struct cli *cli)
{
    return session_list(cli, "people", ask_people, cli, output_contact_entry);
}
