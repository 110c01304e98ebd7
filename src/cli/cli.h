/* cli.h - the parsed command line, and the commands.
 *
 * The chinwag command is a program of libchinwag: it uses the public header, src/audio for sound,
 * src/text for names and widths, src/chat and src/screen for its terminal client, and src/base;
 * nothing else of the project. */
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

/* The terminal client sets this variable for itself and for the commands that it runs: they tell of
 * the way of a file by lines (transfer.h), and refuse by words without codes (refused.h). */
#define CLI_IN_CHAT "CHINWAG_IN_CHAT"

/* More than a call has participants. */
#define CLI_VOLUMES_MAX 32

struct cli_volume {
    const char *name;
    size_t length;
    unsigned percent;
};

struct cli {
    const char *name;       /* of the command */
    bool help, version;     /* never when a command runs */
    const char *server;     /* HOST:PORT or wss://...; never NULL when a command runs */
    const char *server_key; /* of CURVE; from an option or a link; NULL: as known */
    const char *accept_key; /* of TLS; NULL: as known */
    const char *as;         /* NULL: the account that logged in last */
    const char *password;   /* chat: typed with the name; NULL: it is read from elsewhere */
    const char *password_file;
    const char *secret_file; /* of a hook */
    bool allow_http, allow_private;
    const char *code; /* of the second factor; NULL: it is asked for */
    bool json;
    bool yes; /* the question is answered */
    bool with_messages;
    bool print_number; /* of the message that was sent */
    long count;        /* 0: no end */
    long timeout_s;    /* -1: none */
    long seconds;      /* -1: none */
    const char *save_voice;
    const char *invitation; /* the code alone when a command runs */
    const char *setup;      /* the same, of a set-up link */
    unsigned link_kind;     /* chat: what a link is for (enum join_link_kind) */
    const char *link_place; /* ... and the group or person that it leads to; NULL: none */
    const char *in;         /* search: a conversation; NULL: everywhere */
    const char *new_password_file;
    long before, after, around, limit; /* 0: not given */
    long days, uses;                   /* of an invitation; 0: as usual */
    bool events;
    bool own; /* also what this user sent from elsewhere */
    bool away;
    const char *display, *status, *until, *avatar, *zone; /* of a profile */
    const char *last_seen, *listed;
    bool read;                       /* mark what is shown as read */
    const char *caption, *file_name; /* of a file that is sent */
    long resume;                     /* an upload; 0: none */
    const char *thumbnail;           /* of a picture that is sent: a file, or NULL */
    const char *wav;
    const char *out;
    bool plain;        /* without Opus */
    bool plain_screen; /* of chat */
    bool raw, stats, push_to_talk;
    bool control;  /* by lines in place of keys */
    bool answer;   /* call: of a person, and only if they are calling */
    long reply_to; /* of a voice message; 0: none */
    bool no_echo, no_noise, no_gain;
    bool music;
    bool noise;         /* suppress it also where it is not usual */
    const char *gate;   /* NULL: it finds its level */
    const char *device; /* a part of the names of devices; NULL: the usual ones */
    const char *speed;  /* of playing; NULL: as it is */
    long frame_ms;      /* 10, 20, 40 or 60; 0: what the network takes */
    long bitrate;       /* kbit/s; 0: it was not said */
    struct cli_volume volumes[CLI_VOLUMES_MAX];
    int volume_count;
    char **arguments; /* those after the command's name */
    int argument_count;
};

/* The functions of the table (commands.def): each returns an enum cli_exit, and prints a message
 * when that is not CLI_DONE. */
#define COMMAND_GROUP(title)
#define COMMAND(function, name, arguments, options, line, details, examples)                       \
    int command_##function(const struct cli *cli);
#define OPTION_OF(function, option, help)
#include "commands.def"
#undef COMMAND_GROUP
#undef COMMAND
#undef OPTION_OF

#endif
