/* cli.h - what the command line said, and the commands.
 *
 * The chinwag command is a program of libchinwag: it uses the public header
 * and nothing else of the project. */
#ifndef CHINWAG_TUI_CLI_H
#define CHINWAG_TUI_CLI_H

#include <stdbool.h>

/* Exit codes, as `chinwag --help` explains them. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_REFUSED = 1,
    CLI_WRONG_USE = 2, /* also: something on this machine is not as it should be */
    CLI_UNREACHABLE = 3,
    CLI_TIMEOUT = 4 /* listen: --timeout came before --count */
};

struct cli {
    const char *server; /* HOST:PORT; never NULL when a command runs */
    const char *as;     /* NULL: the account that logged in last */
    const char *password_file;
    bool json;
    long count;     /* 0: no end */
    long timeout_s; /* -1: none */
    long seconds;   /* -1: none */
    const char *save_voice;
    const char *wav;
    const char *out;
    char **arguments; /* what follows the command's name */
    int argument_count;
};

/* Each returns an enum cli_exit and has said why when it is not CLI_DONE. */
int command_register(const struct cli *cli);
int command_login(const struct cli *cli);
int command_logout(const struct cli *cli);
int command_whoami(const struct cli *cli);
int command_contact_add(const struct cli *cli);
int command_group_create(const struct cli *cli);
int command_group_join(const struct cli *cli);
int command_send(const struct cli *cli);
int command_send_voice(const struct cli *cli);
int command_listen(const struct cli *cli);
int command_call(const struct cli *cli);

#endif
