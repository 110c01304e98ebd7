/* cli.h - the parsed command line, and the commands.
 *
 * The chinwag command is a program of libchinwag: it uses the public header
 * and, for sound, src/audio; nothing else of the project. */
#ifndef CHINWAG_CLI_CLI_H
#define CHINWAG_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes, as `chinwag --help` explains them. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_REFUSED = 1,
    CLI_WRONG_USE = 2, /* also: something on this machine failed */
    CLI_UNREACHABLE = 3,
    CLI_TIMEOUT = 4 /* listen: --timeout came before --count */
};

/* More than a call has participants. */
#define CLI_VOLUMES_MAX 32

struct cli_volume {
    const char *name;
    size_t length;
    unsigned percent;
};

struct cli {
    const char *server;     /* HOST:PORT or wss://...; never NULL when a command runs */
    const char *server_key; /* of CURVE; from an option or a link; NULL: as known */
    const char *accept_key; /* of TLS; NULL: as known */
    const char *as;         /* NULL: the account that logged in last */
    const char *password_file;
    bool json;
    long count;     /* 0: no end */
    long timeout_s; /* -1: none */
    long seconds;   /* -1: none */
    const char *save_voice;
    const char *invitation; /* the code alone when a command runs */
    const char *in;         /* search: a conversation; NULL: everywhere */
    const char *new_password_file;
    long before, after, around, limit; /* 0: not given */
    long days, uses;                   /* of an invitation; 0: as usual */
    bool events;
    bool own; /* also what this user sent from elsewhere */
    bool away;
    bool read;                  /* mark what is shown as read */
    const char *caption, *name; /* of a file */
    long resume;                /* an upload; 0: none */
    const char *wav;
    const char *out;
    bool plain; /* without Opus */
    bool raw, stats, push_to_talk;
    bool no_echo, no_noise, no_gain;
    long frame_ms; /* 10 or 20 */
    struct cli_volume volumes[CLI_VOLUMES_MAX];
    int volume_count;
    char **arguments; /* those after the command's name */
    int argument_count;
};

/* Each returns an enum cli_exit, and prints a message when that is not CLI_DONE. */
int command_register(const struct cli *cli);
int command_login(const struct cli *cli);
int command_logout(const struct cli *cli);
int command_whoami(const struct cli *cli);
int command_password(const struct cli *cli);
int command_device_list(const struct cli *cli);
int command_device_remove(const struct cli *cli);
int command_invite(const struct cli *cli);
int command_invitation_list(const struct cli *cli);
int command_invitation_withdraw(const struct cli *cli);
int command_contact_list(const struct cli *cli);
int command_contact_add(const struct cli *cli);
int command_contact_remove(const struct cli *cli);
int command_block(const struct cli *cli);
int command_unblock(const struct cli *cli);
int command_group_create(const struct cli *cli);
int command_group_join(const struct cli *cli);
int command_group_leave(const struct cli *cli);
int command_group_list(const struct cli *cli);
int command_group_members(const struct cli *cli);
int command_group_role(const struct cli *cli);
int command_group_kick(const struct cli *cli);
int command_group_ban(const struct cli *cli);
int command_group_unban(const struct cli *cli);
int command_group_mute(const struct cli *cli);
int command_group_unmute(const struct cli *cli);
int command_group_topic(const struct cli *cli);
int command_group_access(const struct cli *cli);
int command_group_keep(const struct cli *cli);
int command_chats(const struct cli *cli);
int command_history(const struct cli *cli);
int command_search(const struct cli *cli);
int command_reply(const struct cli *cli);
int command_edit(const struct cli *cli);
int command_delete(const struct cli *cli);
int command_read(const struct cli *cli);
int command_react(const struct cli *cli);
int command_unreact(const struct cli *cli);
int command_pin(const struct cli *cli);
int command_unpin(const struct cli *cli);
int command_receipts(const struct cli *cli);
int command_pins(const struct cli *cli);
int command_fetch(const struct cli *cli);
int command_send(const struct cli *cli);
int command_send_file(const struct cli *cli);
int command_send_voice(const struct cli *cli);
int command_listen(const struct cli *cli);
int command_call(const struct cli *cli);
int command_record(const struct cli *cli);
int command_play(const struct cli *cli);
int command_latency(const struct cli *cli);

#endif
