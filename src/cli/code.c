/* code.c - see code.h. */
#include "code.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "password.h"

bool code_read(const char *question, char code[CODE_SIZE])
{
    FILE *terminal = isatty(STDIN_FILENO) ? fopen("/dev/tty", "r+e") : NULL;
    fflush(stdout);
    if (terminal != NULL) {
        fputs(question, terminal);
        fflush(terminal);
    }
    bool read = fgets(code, CODE_SIZE, terminal != NULL ? terminal : stdin) != NULL;
    if (terminal != NULL)
        fclose(terminal);
    if (read)
        code[strcspn(code, "\r\n")] = 0;
    if (read && code[0] != 0)
        return true;
    fprintf(stderr, "chinwag: %s\n  nobody has answered\n", question);
    return false;
}

int code_ask(struct session *session, const struct cli *cli, const char *action,
             const char *password, code_request *make, const void *arguments,
             struct chinwag_event *answer)
{
    char typed[CODE_SIZE];
    session->expected = cli->code == NULL ? CHINWAG_USER_CODE_MISSING : 0;
    int code = session_wait(session, action, make(session->client, password, cli->code, arguments),
                            answer);
    if (code != CLI_DONE || answer->code != CHINWAG_USER_CODE_MISSING)
        return code;
    session->expected = 0;
    if (!code_read("The code that your app shows, or a recovery code: ", typed))
        return CLI_WRONG_USE;
    return session_wait(session, action, make(session->client, password, typed, arguments), answer);
}

int code_prove(struct session *session, const struct cli *cli, const char *action,
               code_request *make, const void *arguments, struct chinwag_event *answer)
{
    char password[PASSWORD_SIZE];
    int code = session_open(session, cli, SESSION_COMMAND);
    if (code != CLI_DONE)
        return code;
    if (!password_read(cli, session->account.name, false, password))
        return CLI_WRONG_USE;
    code = code_ask(session, cli, action, password, make, arguments, answer);
    password_forget(password);
    return code;
}
