/* command_report.c - report and reset-password: what people need of the administrators of their
 * server. */
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "password.h"
#include "session.h"
#include "target.h"

/* --- report ---------------------------------------------------------------------------------- */

struct reported {
    const char *conversation;
    uint64_t seq;
    const char *reason;
};

static int64_t report_message(chinwag_client *client, const void *arguments)
{
    const struct reported *reported = arguments;
    return chinwag_report(client, reported->conversation, reported->seq, reported->reason);
}

int command_report(const struct cli *cli)
{
    struct reported reported = {.conversation = target_conversation(cli->arguments[0]),
                                .reason = cli->argument_count > 2 ? cli->arguments[2] : ""};
    if (reported.conversation == NULL || !target_seq(cli->arguments[1], &reported.seq))
        return CLI_WRONG_USE;
    return session_ask(cli, "report", report_message, &reported);
}

/* --- reset-password -------------------------------------------------------------------------- */

/* The secret of the link is cli->setup (main.c). */
static int set_password(const struct cli *cli, const char *password)
{
    struct session session;
    struct chinwag_event answer;
    session_begin(&session, cli, "");
    int64_t request = chinwag_set_password(session.client, cli->setup, password);
    int code = session_wait(&session, "set_password", request, &answer);
    if (code == CLI_DONE) {
        printf("the password of ");
        output_text(stdout, answer.username, strlen(answer.username));
        printf(" is changed; log in with it: chinwag login NAME\n");
    }
    session_close(&session);
    return code;
}

int command_reset_password(const struct cli *cli)
{
    char password[PASSWORD_SIZE];
    if (!password_read_new(cli->new_password_file, "your account", password))
        return CLI_WRONG_USE;
    int code = set_password(cli, password);
    password_forget(password);
    return code;
}
