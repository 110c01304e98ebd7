/* chat_first.c - see chat_first.h. */
#include "chat_first.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "state_file.h"

/* A line that is typed, without its end; false: none is. */
static bool ask_line(const char *question, char *line, int size)
{
    printf("%s", question);
    fflush(stdout);
    if (fgets(line, size, stdin) == NULL) {
        putchar('\n');
        return false;
    }
    line[strcspn(line, "\n")] = 0;
    return true;
}

static bool is_yes(const char *answer)
{
    return answer[0] == 'y' || answer[0] == 'Y';
}

/* Enter alone is no. */
static bool is_answer(const char *answer)
{
    return answer[0] == 0 || (strchr("yYnN", answer[0]) != NULL && answer[1] == 0);
}

int chat_first_start(const struct cli *cli)
{
    static char name[STATE_STRING_MAX];
    static char *arguments[] = {name};
    struct state_account account;
    char answer[16] = "";
    if (cli->as != NULL || !isatty(STDIN_FILENO) ||
        state_load_account(cli->server, NULL, &account) != STATE_NONE)
        return CLI_DONE;
    printf("Welcome to Chinwag. Nobody is logged in at %s yet.\n", cli->server);
    if (!ask_line("Your name there: ", name, sizeof name) || name[0] == 0)
        return CLI_WRONG_USE;
    do
        if (cli->invitation == NULL &&
            !ask_line("Do you have an account there already? [y/N] ", answer, sizeof answer))
            return CLI_WRONG_USE;
    while (!is_answer(answer));
    struct cli with_name = *cli;
    with_name.arguments = arguments;
    with_name.argument_count = 1;
    return is_yes(answer) ? command_login(&with_name) : command_register(&with_name);
}
