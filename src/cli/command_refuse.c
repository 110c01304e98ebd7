/* command_refuse.c - refuses the call of a person who is calling: refuse. command_call.c answers.
 */
#include "session.h"
#include "target.h"

static int64_t refuse(chinwag_client *client, const void *arguments)
{
    return chinwag_refuse_call(client, arguments);
}

int command_refuse(const struct cli *cli)
{
    const char *person = target_person(cli->arguments[0]);
    return person == NULL ? CLI_WRONG_USE : session_ask(cli, "refuse_call", refuse, person);
}
