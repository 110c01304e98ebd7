/* command_bot.c - bots, and the hooks of groups. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "output.h"
#include "question.h"
#include "session.h"
#include "target.h"

static const char *bot_of(const struct cli *cli, int argument)
{
    const char *name = cli->arguments[argument];
    return name[0] == '@' ? name + 1 : name;
}

static const char *group_with_hook(const struct cli *cli)
{
    const char *name = cli->arguments[0];
    return name[0] == '#' ? name + 1 : name;
}

/* --- bots -------------------------------------------------------------------------------- */

typedef int64_t ask_secret(chinwag_client *client, const char *name);

/* The secret is all that the standard output gets: scripts take it from there. */
static int print_secret(const struct cli *cli, const char *what, ask_secret *ask)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, what, ask(session.client, bot_of(cli, 0)), &answer);
    if (code == CLI_DONE && cli->json)
        printf("{\"secret\":\"%s\"}\n", answer.secret);
    else if (code == CLI_DONE)
        printf("%s\n", answer.secret);
    session_close(&session);
    return code;
}

int command_bot_create(const struct cli *cli)
{
    return print_secret(cli, "create_bot", chinwag_create_bot);
}

int command_bot_renew(const struct cli *cli)
{
    return print_secret(cli, "renew_bot", chinwag_renew_bot);
}

static int64_t delete_one(chinwag_client *client, const void *cli)
{
    return chinwag_delete_bot(client, bot_of(cli, 0));
}

int command_bot_delete(const struct cli *cli)
{
    char question[256];
    snprintf(question, sizeof question,
             "Delete the bot %.64s and its hooks? Nobody can bring it back, or get its name.",
             bot_of(cli, 0));
    if (!question_answered(cli, question))
        return CLI_WRONG_USE;
    return session_ask(cli, "delete_bot", delete_one, cli);
}

static int64_t list_bots(chinwag_client *client, const void *cli)
{
    (void)cli;
    return chinwag_bots(client);
}

int command_bot_list(const struct cli *cli)
{
    return session_list(cli, "bots", list_bots, cli, output_bot_entry);
}

/* --- in groups ----------------------------------------------------------------------------- */

static int64_t add_bot(chinwag_client *client, const void *cli)
{
    return chinwag_add_bot(client, group_with_hook(cli), bot_of(cli, 1));
}

int command_group_add_bot(const struct cli *cli)
{
    return session_ask(cli, "add_bot", add_bot, cli);
}

int command_group_add_hook(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE) {
        int64_t request = chinwag_create_hook(session.client, group_with_hook(cli), bot_of(cli, 1));
        code = session_wait(&session, "create_hook", request, &answer);
    }
    if (code == CLI_DONE && cli->json)
        printf("{\"url\":\"%s\",\"secret\":\"%s\",\"id\":%" PRIu64 "}\n", answer.url, answer.secret,
               answer.id);
    else if (code == CLI_DONE)
        printf("%s\n", answer.url);
    session_close(&session);
    return code;
}

static int64_t list_hooks(chinwag_client *client, const void *cli)
{
    return chinwag_hooks(client, group_with_hook(cli));
}

int command_group_hooks(const struct cli *cli)
{
    return session_list(cli, "hooks", list_hooks, cli, output_hook_entry);
}

static int64_t remove_hook(chinwag_client *client, const void *id)
{
    return chinwag_remove_hook(client, *(const uint64_t *)id);
}

int command_group_remove_hook(const struct cli *cli)
{
    char *end;
    uint64_t id = strtoull(cli->arguments[0], &end, 10);
    if (*end != 0 || id == 0) {
        output_about(stderr, "chinwag: '%s' is no hook's number; chinwag group hooks shows them\n",
                     cli->arguments[0]);
        return CLI_WRONG_USE;
    }
    return session_ask(cli, "remove_hook", remove_hook, &id);
}
