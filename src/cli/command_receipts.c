/* command_receipts.c - whether others are told what the user has received and read. */
#include <stdio.h>

#include "session.h"
#include "target.h"

int command_receipts(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    const char *word = cli->argument_count == 0 ? NULL : cli->arguments[0];
    bool on = false;
    if (word != NULL && !target_switch(word, &on))
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE) {
        int64_t request = word == NULL ? chinwag_settings(session.client)
                                       : chinwag_set_receipts(session.client, on);
        code = session_wait(&session, "settings", request, &answer);
    }
    if (code == CLI_DONE)
        printf("%s\n", answer.receipts ? "on" : "off");
    session_close(&session);
    return code;
}
