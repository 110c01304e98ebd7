/* main.c - the chinwag command: reads the command line and runs a command. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chinwag/chinwag.h"
#include "commands.h"
#include "help.h"
#include "join_link.h"
#include "options.h"
#include "place_link.h"
#include "state_file.h"
#include "trust.h"

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
    fprintf(stderr, "chinwag: there is no command '%s%s%s'\n", word, family ? " " : "",
            family ? cli->arguments[1] : "");
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
    fprintf(stderr,
            "chinwag: '%s' is a bad address: write HOST or HOST:PORT with a PORT up to 65535, as "
            "127.0.0.1:4242, or wss://HOST\n",
            server);
    if (strchr(server, '#') != NULL)
        fprintf(stderr, "  It looks like an invitation link: --invitation '%s'\n", server);
    else if (strncmp(server, web, sizeof web - 1) == 0)
        fprintf(stderr, "  For a server with a web address: wss://%s\n", server + sizeof web - 1);
}

/* Chooses the server and its keys. With a scheme an address has more than one spelling. */
static int reach_server(struct cli *cli)
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

/* A link in the place of a name is a mistake that is easily made. */
static bool is_link_for_name(const struct cli *cli, int (*run)(const struct cli *))
{
    if (run != command_register || !join_link_is(cli->arguments[0]))
        return false;
    fprintf(stderr,
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
    int code = (command->options & COMMAND_ALONE) != 0 ? CLI_DONE : reach_server(cli);
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

int main(int argc, char **argv)
{
    struct cli cli = {.timeout_s = -1, .seconds = -1, .frame_ms = 20, .bitrate = 32};
    option_set given = 0;
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
    static char *chat[] = {"chat"};
    bool alone = cli.argument_count == 0;
    if (alone && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))) {
        help_overview(stderr);
        return CLI_WRONG_USE;
    }
    if (alone) {
        cli.arguments = chat;
        cli.argument_count = 1;
    }
    const struct command_row *command = find_command(&cli);
    if (command == NULL)
        return no_command(&cli);
    if (!options_fit(command, given) || !arguments_fit(&cli, command)) {
        help_usage(stderr, command);
        return CLI_WRONG_USE;
    }
    return run_command(&cli, command);
}
