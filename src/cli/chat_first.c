/* chat_first.c - see chat_first.h.
 *
 * The lines /register NAME PASSWORD, /login NAME PASSWORD and /exit, which the first client of this
 * protocol had, are answers, too. */
#include "chat_first.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_link.h"
#include "join_link.h"
#include "place_link.h"
#include "reach.h"
#include "state_file.h"
#include "trust.h"

static bool somebody_types(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* --- the server ----------------------------------------------------------------------------- */

/* NULL, or what is wrong with it. */
static const char *take_server(struct cli *cli, const char *answer)
{
    struct chinwag_address address;
    if (place_link_is(answer) || strchr(answer, '#') != NULL || strncmp(answer, "https:", 6) == 0) {
        cli->invitation = answer;
        return chat_link_take(cli);
    }
    cli->server = answer;
    return chinwag_read_address(answer, &address) ? NULL
                                                  : "it is neither HOST, HOST:PORT nor "
                                                    "wss://HOST";
}

static bool is_server_known(const struct cli *cli)
{
    char last[STATE_STRING_MAX];
    const char *environment = getenv("CHINWAG_SERVER");
    return cli->server != NULL || cli->invitation != NULL ||
           (environment != NULL && environment[0] != 0) ||
           state_load_last_server(last) != STATE_NONE;
}

/* What the answer before has set goes, but for what the command line says. CLI_DONE: it is good;
 * else what is wrong was printed. */
static int try_server(struct cli *cli, const char *answer)
{
    struct cli tried = *cli;
    const char *wrong = answer[0] == 0 ? NULL : take_server(&tried, answer);
    int code = wrong == NULL ? reach_server(&tried) : CLI_WRONG_USE;
    if (wrong != NULL)
        printf("This cannot be used: %s\n", wrong);
    if (code == CLI_DONE)
        *cli = tried;
    return code;
}

int chat_first_server(struct cli *cli)
{
    static char answer[JOIN_LINK_MAX];
    setenv(CLI_IN_CHAT, "1", 1);
    if (!somebody_types() || is_server_known(cli)) {
        chat_link_take(cli); /* what is wrong with it reach.c says */
        return reach_server(cli);
    }
    printf("Welcome to Chinwag. Which server? Its address (HOST, HOST:PORT or wss://HOST), or the\n"
           "link that you were given; Enter alone is the server on this machine.\n");
    do
        if (!chat_ask_line("Server or link: ", answer, sizeof answer))
            return CLI_WRONG_USE;
    while (try_server(cli, answer) != CLI_DONE);
    return CLI_DONE;
}

/* --- the account ---------------------------------------------------------------------------- */

enum has_account { HAS_ONE, HAS_NONE, NOT_SAID };

/* Splits "/register NAME PASSWORD" where the name stands; *password: NULL: it is asked for. */
static enum has_account take_name(char *line, const char **password)
{
    static const char *const words[] = {[HAS_ONE] = "/login ", [HAS_NONE] = "/register "};
    enum has_account has = HAS_ONE;
    *password = NULL;
    while (has != NOT_SAID && strncmp(line, words[has], strlen(words[has])) != 0)
        has++;
    if (has == NOT_SAID)
        return has;
    size_t skipped = strlen(words[has]);
    skipped += strspn(line + skipped, " ");
    memmove(line, line + skipped, strlen(line + skipped) + 1);
    char *blank = strchr(line, ' ');
    if (blank == NULL)
        return has;
    *blank = 0;
    *password = blank + 1 + strspn(blank + 1, " ");
    return has;
}

/* Enter alone is no. False: nobody answers. */
static bool ask_has_account(enum has_account *has)
{
    char answer[16];
    do
        if (!chat_ask_line("Do you have an account there already? [y/N] ", answer, sizeof answer))
            return false;
    while (answer[0] != 0 && (strchr("yYnN", answer[0]) == NULL || answer[1] != 0));
    *has = answer[0] == 'y' || answer[0] == 'Y' ? HAS_ONE : HAS_NONE;
    return true;
}

/* `password` NULL: it is read from elsewhere. It goes by no variable of the environment, which
 * other threads read (chat_keeper.c). */
static int log_in_or_register(const struct cli *cli, char *name, const char *password,
                              enum has_account has)
{
    char *arguments[] = {name};
    struct cli with_name = *cli;
    with_name.arguments = arguments;
    with_name.argument_count = 1;
    with_name.password = password;
    return has == HAS_ONE ? command_login(&with_name) : command_register(&with_name);
}

/* Who has an account has another kind of link, perhaps. */
static const char *name_question(const struct cli *cli)
{
    return cli->link_kind == JOIN_LINK_INVITES
               ? "Your new name there (Enter alone: you have an account there): "
               : "Your name there: ";
}

static bool is_exit(const char *line)
{
    return strcmp(line, "/exit") == 0 || strcmp(line, "/quit") == 0;
}

/* By a name that was typed. */
static int take_account(const struct cli *cli, char *line, bool *registered)
{
    const char *password;
    enum has_account has = take_name(line, &password);
    bool invited = cli->link_kind == JOIN_LINK_INVITES || cli->link_kind == JOIN_LINK_NONE;
    if (has == NOT_SAID && cli->link_kind == JOIN_LINK_RESETS)
        has = HAS_ONE;
    if (has == NOT_SAID && cli->invitation != NULL && invited)
        has = HAS_NONE;
    if (has == NOT_SAID && !ask_has_account(&has))
        return CLI_WRONG_USE;
    struct cli own = *cli;
    if (!invited)
        own.invitation = NULL; /* it was none */
    int code = log_in_or_register(&own, line, password, has);
    *registered = has == HAS_NONE;
    return code;
}

/* What was refused is asked for again: the name may be taken, the password mistyped, also only the
 * second time. */
static int ask_for_account(struct cli *cli)
{
    char line[STATE_STRING_MAX];
    bool done = false, registered = false, again = true;
    int code = chat_link_before(cli, &done);
    if (done)
        return code;
    while (again) {
        if (!chat_ask_line(name_question(cli), line, sizeof line) || is_exit(line))
            return CLI_WRONG_USE;
        if (line[0] == 0 && cli->link_kind != JOIN_LINK_INVITES)
            return CLI_WRONG_USE;
        if (line[0] != 0)
            code = take_account(cli, line, &registered);
        else if (!chat_link_ask(cli))
            return CLI_WRONG_USE;
        else
            code = chat_link_before(cli, &done);
        if (done)
            return code;
        again = line[0] == 0 || code == CLI_REFUSED || code == CLI_WRONG_USE;
    }
    if (code == CLI_DONE)
        chat_link_after(cli, registered);
    return code;
}

int chat_first_account(const struct cli *cli, bool *asked)
{
    struct state_account account;
    struct cli own = *cli;
    *asked = false;
    if (!isatty(STDIN_FILENO))
        return CLI_DONE;
    if (cli->as != NULL || state_load_account(cli->server, NULL, &account) != STATE_NONE) {
        chat_link_met(cli);
        return CLI_DONE;
    }
    *asked = true;
    printf("Welcome to Chinwag. Nobody is logged in at %s yet.\n", cli->server);
    if (trust_key()[0] != 0)
        printf("The server is known here by the key %s\n", trust_key());
    if (cli->link_kind == JOIN_LINK_SETS_UP)
        printf("The link makes you its administrator.\n");
    return ask_for_account(&own);
}
