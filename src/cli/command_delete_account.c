/* command_delete_account.c - delete-account: says what goes and what remains, asks, and wants the
 * password. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "code.h"
#include "output.h"
#include "password.h"
#include "question.h"
#include "session.h"

static void say_what_goes(const struct cli *cli, const char *name)
{
    fputs("This deletes the account ", stderr);
    output_text(stderr, name, strlen(name));
    fprintf(stderr,
            " at %s, at once and for good.\n"
            "  What goes: your password and all your devices, contacts, blocked users, settings, "
            "invitations,\n  unsent files, bots, and your place in every group. A group of yours "
            "goes to "
            "its first moderator, or\n  else its first member; with its last member it is "
            "deleted.\n",
            cli->server);
    fputs(cli->with_messages
              ? "  What also goes: the texts, recordings and files that you sent, for everybody.\n"
                "  What remains: that there was a message, your reactions as counts, and what "
                "others\n  have saved.\n"
              : "  What remains: what you sent, under a name like deleted/17; --with-messages "
                "deletes it, too.\n",
          stderr);
    fputs("  Nobody can have your name for 30 days, not even you.\n", stderr);
}

static int64_t ask_deletion(chinwag_client *client, const char *password, const char *code,
                            const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_delete_account(client, password, code, cli->with_messages);
}

/* The account's session is of no use any more. */
static int forget_it(const struct cli *cli, const char *name)
{
    if (!state_remove_account(cli->server, name)) {
        fprintf(stderr, "chinwag: cannot forget the session: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    fputs("deleted ", stdout);
    output_text(stdout, name, strlen(name));
    fputc('\n', stdout);
    return CLI_DONE;
}

int command_delete_account(const struct cli *cli)
{
    static char password[PASSWORD_SIZE];
    struct session session = {.client = NULL};
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code != CLI_DONE)
        return code;
    say_what_goes(cli, session.account.name);
    bool wanted = question_answered(cli, "Delete it?") &&
                  password_read(cli, session.account.name, false, password);
    code = wanted ? code_ask(&session, cli, "delete_account", password, ask_deletion, cli, &answer)
                  : CLI_WRONG_USE;
    password_forget(password);
    if (code == CLI_DONE)
        code = forget_it(cli, session.account.name);
    session_close(&session);
    return code;
}
