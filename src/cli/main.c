/* main.c - the chinwag command: reads the command line and runs a command. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_first.h"
#include "chinwag/chinwag.h"
#include "commands.h"
#include "help.h"
#include "join_link.h"
#include "options.h"
#include "output.h"
#include "place_link.h"
#include "reach.h"
#include "state_file.h"

/* The functions, at the places of command_rows; NULL: a title. */
static int (*const runs[])(const struct cli *) = {
#define COMMAND_GROUP(title)                                                 NULL,
#define COMMAND(function, name, arguments, options, line, details, examples) command_##function,
#define OPTION_OF(function, option, help)
#include "commands.def"
#undef COMMAND_GROUP
#undef COMMAND
#undef OPTION_OF
};

/* --- what is no command ------------------------------------------------------------------ */

static int try_help(void)
{
    fprintf(stderr, "  all commands: chinwag help\n");
    return CLI_WRONG_USE;
}

static bool is_family(const char *word)
{
    size_t i = 0;
    while (i < command_row_count && !commands_is_family(&command_rows[i], word))
        i++;
    return i < command_row_count;
}

/* The words are no command: a part of one, a misspelt one, or none at all. */
static int no_command(const struct cli *cli)
{
    const char *word = cli->arguments[0], *name;
    bool family = is_family(word);
    if (family && cli->argument_count == 1) {
        help_family(stderr, word);
        return CLI_WRONG_USE;
    }
    output_about(stderr, "chinwag: there is no command '%s", word);
    output_about(stderr, family ? " %s'\n" : "'\n", cli->arguments[family]);
    int length = commands_nearest(cli->arguments, cli->argument_count, &name);
    if (length != 0 && !(family && strncmp(name, word, strlen(word) + 1) == 0))
        fprintf(stderr, "  did you mean: chinwag %.*s\n", length, name);
    if (!family)
        return try_help();
    fprintf(stderr, "  all of them: chinwag help %s\n", word);
    return CLI_WRONG_USE;
}

/* chinwag help [COMMAND], chinwag COMMAND --help, -h */
static int help(const struct cli *cli)
{
    int used;
    if (cli->argument_count == 0) {
        help_overview(stdout);
        return CLI_DONE;
    }
    const struct command_row *command = commands_find(cli->arguments, cli->argument_count, &used);
    if (command != NULL)
        help_command(stdout, command);
    else if (!help_family(stdout, cli->arguments[0]))
        return no_command(cli);
    return CLI_DONE;
}

/* --- the command line ---------------------------------------------------------------- */

static bool options_fit(const struct command_row *command, option_set given)
{
    bool alone = (command->options & COMMAND_ALONE) != 0;
    option_set wrong = given & ~(command->options | (alone ? 0 : COMMAND_EVERYWHERE));
    if (wrong == 0)
        return true;
    fprintf(stderr, "chinwag: '%s' has no option --%s\n", command->name,
            option_rows[options_first(wrong)].name);
    return false;
}

static bool arguments_fit(const struct cli *cli, const struct command_row *command)
{
    int least, most;
    commands_arguments(command, &least, &most);
    if (cli->argument_count >= least && cli->argument_count <= most)
        return true;
    if (cli->argument_count > most && most > 0)
        fprintf(stderr, "chinwag: too many words: a text of more than one goes between '...'\n");
    return false;
}

/* @bob hi: send; @bob: history. */
static const struct command_row *find_short(const struct cli *cli)
{
    static char *const names[] = {"history", "send"};
    char *name = names[cli->argument_count > 1];
    int used;
    bool conversation = cli->arguments[0][0] == '@' || cli->arguments[0][0] == '#' ||
                        place_link_is(cli->arguments[0]);
    return conversation ? commands_find(&name, 1, &used) : NULL;
}

static const struct command_row *find_command(struct cli *cli)
{
    int used;
    const struct command_row *command = commands_find(cli->arguments, cli->argument_count, &used);
    if (command == NULL)
        return find_short(cli);
    cli->arguments += used;
    cli->argument_count -= used;
    return command;
}

/* --- running --------------------------------------------------------------------------- */

/* Does the command take a group or a person first? */
static bool takes_place(const struct command_row *command)
{
    const char *arguments = command->arguments;
    return strstr(arguments, "NAME") != NULL || strstr(arguments, "GROUP") != NULL;
}

/* A link to a group or a person stands for it, and for the server that has it. false: a message was
 * printed. */
static bool take_place(struct cli *cli)
{
    static struct place_link link;
    static char *place = link.place;
    if (cli->argument_count == 0 || !place_link_is(cli->arguments[0]))
        return true;
    const char *wrong = place_link_read(cli->arguments[0], &link);
    if (wrong != NULL) {
        fprintf(stderr, "chinwag: the link cannot be used: %s\n", wrong);
        return false;
    }
    if (cli->server_key == NULL && link.key[0] != 0)
        cli->server_key = link.key;
    cli->server = link.server;
    cli->arguments[0] = place;
    return true;
}

/* A link in the place of a name is a mistake that is easily made. */
static bool is_link_for_name(const struct cli *cli, int (*run)(const struct cli *))
{
    if (run != command_register || !join_link_is(cli->arguments[0]))
        return false;
    output_about(stderr,
                 "chinwag: a name comes first, then the link:\n"
                 "  chinwag register NAME --invitation '%s'\n",
                 cli->arguments[0]);
    return true;
}

static bool has_place(void)
{
    if (state_has_place())
        return true;
    fprintf(stderr, "chinwag: HOME is not set, so accounts cannot be kept anywhere\n"
                    "  set it, or XDG_STATE_HOME, to a folder\n");
    return false;
}

static int run_command(struct cli *cli, const struct command_row *command)
{
    int (*run)(const struct cli *) = runs[command - command_rows];
    if (!has_place() || is_link_for_name(cli, run))
        return CLI_WRONG_USE;
    if (run == command_login && join_link_is(cli->arguments[0]))
        cli->invitation = cli->arguments[0]; /* as one, it names the server, too */
    if (takes_place(command) && !take_place(cli))
        return CLI_WRONG_USE;
    if (run == command_set_up || run == command_reset_password)
        cli->setup = cli->arguments[0];
    bool alone = (command->options & COMMAND_ALONE) != 0;
    int code = run == command_chat ? chat_first_server(cli) : alone ? CLI_DONE : reach_server(cli);
    if (code != CLI_DONE)
        return code;
    cli->name = command->name;
    code = run(cli);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "chinwag: cannot write: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    return code;
}

/* No command, or a link in its place: the terminal client. With options of another command a link
 * to a group or a person is for that one. */
static void take_chat(struct cli *cli, option_set given)
{
    static char *chat[] = {"chat"};
    int used;
    const struct command_row *row = commands_find(chat, 1, &used);
    const char *word = cli->argument_count == 0 ? NULL : cli->arguments[0];
    bool linked = cli->argument_count == 1 && join_link_is(word);
    if ((word != NULL && !linked) ||
        (linked && place_link_is(word) && (given & ~(row->options | COMMAND_EVERYWHERE)) != 0))
        return;
    if (linked)
        cli->invitation = word;
    cli->arguments = chat;
    cli->argument_count = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = {.timeout_s = -1, .seconds = -1};
    option_set given = 0;
    signal(SIGXFSZ, SIG_IGN); /* a write beyond a limit of the system fails instead */
    if (!options_read(&cli, argc, argv, &given))
        return try_help();
    cli.arguments = argv + optind;
    cli.argument_count = argc - optind;
    if (cli.version) {
        printf("chinwag %s\n", chinwag_version());
        return CLI_DONE;
    }
    bool word = cli.argument_count > 0 && strcmp(cli.arguments[0], "help") == 0;
    if (cli.help || word) {
        cli.arguments += word;
        cli.argument_count -= word;
        return help(&cli);
    }
    bool shown = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (cli.argument_count == 0 && !shown) {
        help_overview(stderr);
        return CLI_WRONG_USE;
    }
    if (shown)
        take_chat(&cli, given);
    const struct command_row *command = find_command(&cli);
    if (command == NULL)
        return no_command(&cli);
    if (!options_fit(command, given) || !arguments_fit(&cli, command)) {
        help_usage(stderr, command);
        return CLI_WRONG_USE;
    }
    return run_command(&cli, command);
}
