/* reach.c - see reach.h. */
#include "reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "join_link.h"
#include "output.h"
#include "state_file.h"
#include "trust.h"

/* Takes a link apart. false: it is none, and a message was printed. */
static bool take_link(struct cli *cli)
{
    static struct join_link link;
    const char **code = cli->setup != NULL ? &cli->setup : &cli->invitation;
    if (*code == NULL || !join_link_is(*code))
        return true;
    const char *wrong = join_link_read(*code, &link);
    if (wrong != NULL) {
        fprintf(stderr,
                "chinwag: the link cannot be used: %s\n"
                "  Write it between '...': %s'chinwag://HOST:PORT/#CODE,KEY'\n",
                wrong, code == &cli->setup ? "" : "--invitation ");
        return false;
    }
    if (cli->server_key != NULL && link.key[0] != 0 && strcmp(cli->server_key, link.key) != 0) {
        fprintf(stderr, "chinwag: the link has another key than --server-key\n");
        return false;
    }
    *code = link.code;
    if (link.key[0] != 0)
        cli->server_key = link.key;
    if (cli->server == NULL)
        cli->server = link.server;
    return true;
}

static void choose_server(struct cli *cli, char last[STATE_STRING_MAX])
{
    const char *environment = getenv("CHINWAG_SERVER");
    if (cli->server == NULL && environment != NULL && environment[0] != 0)
        cli->server = environment;
    enum state_found found = cli->server == NULL ? state_load_last_server(last) : STATE_NONE;
    if (found == STATE_GOOD)
        cli->server = last;
    if (cli->server == NULL)
        cli->server = "127.0.0.1:4242";
    if (found == STATE_DAMAGED)
        fprintf(stderr, "chinwag: %s is damaged, trying %s; --server HOST:PORT names another\n",
                state_damaged_path(), cli->server);
}

static void say_bad_address(const char *server)
{
    static const char web[] = "https://";
    output_about(
        stderr,
        "chinwag: '%s' is a bad address: write HOST or HOST:PORT with a PORT up to 65535, as "
        "127.0.0.1:4242, or wss://HOST\n",
        server);
    if (strchr(server, '#') != NULL)
        output_about(stderr, "  It looks like an invitation link: --invitation '%s'\n", server);
    else if (strncmp(server, web, sizeof web - 1) == 0)
        output_about(stderr, "  For a server with a web address: wss://%s\n",
                     server + sizeof web - 1);
}

/* With a scheme an address has more than one spelling. */
int reach_server(struct cli *cli)
{
    static char last[STATE_STRING_MAX], canonical[JOIN_SERVER_MAX];
    struct chinwag_address address;
    if (!take_link(cli))
        return CLI_WRONG_USE;
    choose_server(cli, last);
    if (!chinwag_read_address(cli->server, &address)) {
        say_bad_address(cli->server);
        return CLI_WRONG_USE;
    }
    if (join_link_is(cli->server)) {
        join_link_server(&address, canonical);
        cli->server = canonical;
    }
    return trust_begin(cli);
}
