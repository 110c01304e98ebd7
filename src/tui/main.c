/* main.c - the chinwag command: reads the command line and runs a command. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chinwag/chinwag.h"
#include "cli.h"
#include "state_file.h"

enum option_bit {
    OPTION_SERVER = 1 << 0,
    OPTION_AS = 1 << 1,
    OPTION_PASSWORD_FILE = 1 << 2,
    OPTION_JSON = 1 << 3,
    OPTION_COUNT = 1 << 4,
    OPTION_TIMEOUT = 1 << 5,
    OPTION_SAVE_VOICE = 1 << 6,
    OPTION_WAV = 1 << 7,
    OPTION_OUT = 1 << 8,
    OPTION_SECONDS = 1 << 9,
    OPTION_HELP = 1 << 10,
    OPTION_VERSION = 1 << 11,
    OPTION_BEFORE = 1 << 12,
    OPTION_AFTER = 1 << 13,
    OPTION_AROUND = 1 << 14,
    OPTION_LIMIT = 1 << 15,
    OPTION_IN = 1 << 16,
    OPTION_INVITATION = 1 << 17,
    OPTION_DAYS = 1 << 18,
    OPTION_USES = 1 << 19,
    OPTION_EVENTS = 1 << 20,
    OPTION_AWAY = 1 << 21,
    OPTION_NEW_PASSWORD_FILE = 1 << 22
};

static const struct option long_options[] = {
    {"server", required_argument, NULL, OPTION_SERVER},
    {"as", required_argument, NULL, OPTION_AS},
    {"password-file", required_argument, NULL, OPTION_PASSWORD_FILE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"save-voice", required_argument, NULL, OPTION_SAVE_VOICE},
    {"wav", required_argument, NULL, OPTION_WAV},
    {"out", required_argument, NULL, OPTION_OUT},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"before", required_argument, NULL, OPTION_BEFORE},
    {"after", required_argument, NULL, OPTION_AFTER},
    {"around", required_argument, NULL, OPTION_AROUND},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"in", required_argument, NULL, OPTION_IN},
    {"invitation", required_argument, NULL, OPTION_INVITATION},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"uses", required_argument, NULL, OPTION_USES},
    {"events", no_argument, NULL, OPTION_EVENTS},
    {"away", no_argument, NULL, OPTION_AWAY},
    {"new-password-file", required_argument, NULL, OPTION_NEW_PASSWORD_FILE},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

struct command {
    const char *name;        /* one word or two */
    int arguments, optional; /* how many must follow, and how many more may */
    unsigned options;
    int (*run)(const struct cli *cli);
    const char *usage;
    const char *help;
};

#define PAGE (OPTION_LIMIT | OPTION_JSON | OPTION_AS)

static const struct command commands[] = {
    {"register", 1, 0, OPTION_PASSWORD_FILE | OPTION_INVITATION, command_register,
     "register NAME [--invitation TOKEN]",
     "Makes a new account and logs in.\n"
     "The password (8 to 256 bytes) is asked for twice, or taken from\n"
     "--password-file FILE (its first line) or CHINWAG_PASSWORD.\n"
     "Some servers want an invitation: chinwag invite makes one.\n"},
    {"login", 1, 0, OPTION_PASSWORD_FILE, command_login, "login NAME",
     "Logs in; later commands need no password.\n"
     "The password is asked for, or taken from --password-file FILE (its first\n"
     "line) or CHINWAG_PASSWORD.\n"},
    {"logout", 0, 0, OPTION_AS, command_logout, "logout",
     "Ends the sessions of this account on this machine.\n"},
    {"whoami", 0, 0, OPTION_AS, command_whoami, "whoami",
     "Prints the account in use, once the server has confirmed it.\n"},
    {"password", 0, 0, OPTION_AS | OPTION_PASSWORD_FILE | OPTION_NEW_PASSWORD_FILE,
     command_password, "password",
     "Changes the password, and logs all other devices out.\n"
     "  --password-file FILE      the present one\n"
     "  --new-password-file FILE  the new one\n"},
    {"device list", 0, 0, OPTION_AS | OPTION_JSON, command_device_list, "device list [--json]",
     "Shows where you are logged in.\n"},
    {"device remove", 1, 0, OPTION_AS, command_device_remove, "device remove NUMBER",
     "Logs a device out, by its number in device list.\n"},
    {"invite", 0, 1, OPTION_AS | OPTION_JSON | OPTION_DAYS | OPTION_USES, command_invite,
     "invite ['#GROUP'] [--days N] [--uses N]",
     "Prints an invitation to the server, or to a group: for register or\n"
     "group join, with --invitation. Good for 7 days and one person, unless said\n"
     "otherwise.\n"},
    {"contact list", 0, 0, OPTION_AS | OPTION_JSON, command_contact_list, "contact list [--json]",
     "Shows your contacts, who is there, and whom you have blocked.\n"},
    {"contact add", 1, 0, OPTION_AS, command_contact_add, "contact add NAME",
     "Puts a user on your contact list.\n"},
    {"contact remove", 1, 0, OPTION_AS, command_contact_remove, "contact remove NAME",
     "Takes a user off it.\n"},
    {"block", 1, 0, OPTION_AS, command_block, "block NAME",
     "Refuses whispers and voice messages of a user.\n"},
    {"unblock", 1, 0, OPTION_AS, command_unblock, "unblock NAME", "Takes that back.\n"},
    {"group create", 1, 0, OPTION_AS, command_group_create, "group create NAME",
     "Makes a group with you as its owner and first member.\n"},
    {"group join", 1, 0, OPTION_AS | OPTION_INVITATION, command_group_join,
     "group join NAME [--invitation TOKEN]", "Joins a group.\n"},
    {"group leave", 1, 0, OPTION_AS, command_group_leave, "group leave NAME",
     "Leaves a group. When its owner leaves, the moderator who joined first owns it,\n"
     "or else the member who joined first.\n"},
    {"group list", 0, 0, OPTION_AS | OPTION_JSON, command_group_list, "group list [--json]",
     "Shows the groups that you are in.\n"},
    {"group members", 1, 0, PAGE | OPTION_AFTER, command_group_members,
     "group members NAME [--limit N] [--after N] [--json]", "Shows who is in a group.\n"},
    {"group role", 3, 0, OPTION_AS, command_group_role, "group role NAME MEMBER ROLE",
     "Makes a member moderator or member, or hands the group over (owner).\n"},
    {"group kick", 2, 0, OPTION_AS, command_group_kick, "group kick NAME MEMBER",
     "Takes a member out.\n"},
    {"group ban", 2, 0, OPTION_AS, command_group_ban, "group ban NAME USER",
     "Takes a user out for good.\n"},
    {"group unban", 2, 0, OPTION_AS, command_group_unban, "group unban NAME USER",
     "Takes that back.\n"},
    {"group mute", 3, 0, OPTION_AS, command_group_mute, "group mute NAME MEMBER MINUTES",
     "Lets a member only read for that time; 0 ends it.\n"},
    {"group topic", 2, 0, OPTION_AS, command_group_topic, "group topic NAME TEXT",
     "Says what the group is about.\n"},
    {"group access", 2, 0, OPTION_AS, command_group_access, "group access NAME open|invited",
     "Lets everybody join, or only who has an invitation.\n"},
    {"group keep", 3, 0, OPTION_AS, command_group_keep, "group keep NAME DAYS MESSAGES",
     "Keeps messages for so many days, and so many of them; 0 is no limit.\n"},
    {"chats", 0, 0, PAGE | OPTION_BEFORE, command_chats, "chats [--limit N] [--before ID] [--json]",
     "Shows your conversations, the newest first, and what you have not read.\n"},
    {"history", 1, 0, PAGE | OPTION_BEFORE | OPTION_AFTER | OPTION_AROUND, command_history,
     "history @NAME|'#GROUP' [--before N|--after N|--around N] [--limit N] [--json]",
     "Shows what was said, with the number of each message.\n"},
    {"search", 1, 0, PAGE | OPTION_BEFORE | OPTION_IN, command_search,
     "search WORDS [--in @NAME|'#GROUP'] [--limit N] [--before ID] [--json]",
     "Finds messages with all of the words, the newest first.\n"},
    {"send", 2, 0, OPTION_AS, command_send, "send @NAME|'#GROUP' TEXT|-",
     "Sends a message to a user or a group. With - the text is read from the\n"
     "standard input. Returns 0 once the message is on the server's disk.\n"
     "A text that begins with - goes after --:  chinwag send @bob -- '-5 degrees'\n"},
    {"reply", 3, 0, OPTION_AS, command_reply, "reply @NAME|'#GROUP' NUMBER TEXT",
     "Answers a message, by its number in history.\n"},
    {"edit", 3, 0, OPTION_AS, command_edit, "edit @NAME|'#GROUP' NUMBER TEXT",
     "Changes a message of yours.\n"},
    {"delete", 2, 0, OPTION_AS, command_delete, "delete @NAME|'#GROUP' NUMBER",
     "Deletes a message of yours, or, as a moderator, anybody's in the group.\n"},
    {"read", 2, 0, OPTION_AS, command_read, "read @NAME|'#GROUP' NUMBER",
     "Marks a conversation as read up to that message.\n"},
    {"send-voice", 2, 0, OPTION_AS, command_send_voice, "send-voice @NAME|'#GROUP' FILE.wav",
     "Sends a voice message: WAV, 16-bit PCM, 1 or 2 channels, 8,000 to 48,000 Hz,\n"
     "at most 120 seconds.\n"},
    {"fetch", 3, 0, OPTION_AS, command_fetch, "fetch @NAME|'#GROUP' NUMBER FILE.wav",
     "Writes a voice message of the history to a file.\n"},
    {"listen", 0, 0,
     OPTION_AS | OPTION_JSON | OPTION_COUNT | OPTION_TIMEOUT | OPTION_SAVE_VOICE | OPTION_EVENTS |
         OPTION_AWAY,
     command_listen,
     "listen [--json] [--count N] [--timeout SECONDS] [--save-voice DIR] [--events] [--away]",
     "Prints messages as they come, from where the last listen stopped.\n"
     "  --json             one JSON object a line\n"
     "  --count N          end after N messages\n"
     "  --timeout SECONDS  end after that time (4 if --count was not reached)\n"
     "  --save-voice DIR   write voice messages to DIR/voice-ID.wav\n"
     "  --events           also who comes, goes, types, has read\n"
     "  --away             show you as away\n"},
    {"call", 1, 0, OPTION_AS | OPTION_WAV | OPTION_OUT | OPTION_SECONDS, command_call,
     "call GROUP [--wav IN.wav] [--out OUT.wav] [--seconds N]",
     "Joins the call of a group, until the sound is over or Ctrl-C.\n"
     "  --wav IN.wav   what to say: WAV, 16-bit PCM\n"
     "  --out OUT.wav  write what the others say, in the order in which it comes\n"
     "  --seconds N    stay for that time\n"},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

/* --- help -------------------------------------------------------------------------- */

static void print_help(void)
{
    printf("chinwag - chat and voice with people on a Chinwag server\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  chinwag %s\n", commands[i].usage);
    printf("\n"
           "Options of all commands:\n"
           "  --server HOST:PORT  the server (or CHINWAG_SERVER; else the one of the last\n"
           "                      login; else 127.0.0.1:4242)\n"
           "  --as NAME           a saved account (else the one that logged in last)\n"
           "  --help              this, or after a command what that does\n"
           "  --version\n"
           "\n"
           "Exit codes: 0 done, 1 refused by the server, 2 wrong use, 3 the server cannot\n"
           "be reached, 4 listen ran out of time.\n"
           "\n"
           "A first conversation:\n"
           "  chinwag register alice\n"
           "  chinwag send @bob \"Hello, Bob\"\n"
           "  chinwag listen\n");
}

static int wrong_use(const struct command *command)
{
    if (command != NULL)
        fprintf(stderr, "usage: chinwag %s\n", command->usage);
    else
        fprintf(stderr, "chinwag: try 'chinwag --help'\n");
    return CLI_WRONG_USE;
}

/* --- the command line ---------------------------------------------------------------- */

static bool read_number(const char *text, long least, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= least && *number <= INT_MAX / 1000;
}

/* A sequence number or an id: these may be large. */
static bool read_position(const char *text, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *number >= 1;
}

static bool take_option(struct cli *cli, int option, const char *value)
{
    switch (option) {
    case OPTION_SERVER:
        cli->server = value;
        return true;
    case OPTION_AS:
        cli->as = value;
        return true;
    case OPTION_PASSWORD_FILE:
        cli->password_file = value;
        return true;
    case OPTION_JSON:
        cli->json = true;
        return true;
    case OPTION_COUNT:
        return read_number(value, 1, &cli->count);
    case OPTION_TIMEOUT:
        return read_number(value, 0, &cli->timeout_s);
    case OPTION_SAVE_VOICE:
        cli->save_voice = value;
        return true;
    case OPTION_WAV:
        cli->wav = value;
        return true;
    case OPTION_OUT:
        cli->out = value;
        return true;
    case OPTION_SECONDS:
        return read_number(value, 1, &cli->seconds);
    case OPTION_IN:
        cli->in = value;
        return true;
    case OPTION_INVITATION:
        cli->invitation = value;
        return true;
    case OPTION_NEW_PASSWORD_FILE:
        cli->new_password_file = value;
        return true;
    case OPTION_EVENTS:
        cli->events = true;
        return true;
    case OPTION_AWAY:
        cli->away = true;
        return true;
    case OPTION_BEFORE:
        return read_position(value, &cli->before);
    case OPTION_AFTER:
        return read_position(value, &cli->after);
    case OPTION_AROUND:
        return read_position(value, &cli->around);
    case OPTION_LIMIT:
        return read_number(value, 1, &cli->limit);
    case OPTION_DAYS:
        return read_number(value, 1, &cli->days);
    case OPTION_USES:
        return read_number(value, 1, &cli->uses);
    default:
        return option == OPTION_HELP || option == OPTION_VERSION;
    }
}

/* The options may stand before or after the command. */
static bool read_options(struct cli *cli, int argc, char **argv, unsigned *given)
{
    int option, index = 0;
    while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
        if (option == '?')
            return false;
        if (!take_option(cli, option, optarg)) {
            fprintf(stderr, "chinwag: --%s does not take '%s'\n", long_options[index].name, optarg);
            return false;
        }
        *given |= (unsigned)option;
    }
    return true;
}

/* How many of the words are the command's name; 0: another command. */
static int match(const struct command *command, char **words, int count)
{
    const char *space = strchr(command->name, ' ');
    size_t first = space != NULL ? (size_t)(space - command->name) : strlen(command->name);
    if (count < 1 || strlen(words[0]) != first || strncmp(words[0], command->name, first) != 0)
        return 0;
    if (space == NULL)
        return 1;
    return count >= 2 && strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

static const struct command *find_command(struct cli *cli)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int n = match(&commands[i], cli->arguments, cli->argument_count);
        if (n == 0)
            continue;
        cli->arguments += n;
        cli->argument_count -= n;
        return &commands[i];
    }
    return NULL;
}

static const char *name_of(unsigned option)
{
    const struct option *o = long_options;
    while (o->val != (int)option)
        o++;
    return o->name;
}

static bool options_fit(const struct command *command, unsigned given)
{
    unsigned wrong = given & ~(command->options | OPTION_SERVER | OPTION_HELP);
    if (wrong == 0)
        return true;
    unsigned first = wrong & (~wrong + 1);
    fprintf(stderr, "chinwag: '%s' has no option --%s\n", command->name, name_of(first));
    return false;
}

static bool arguments_fit(const struct cli *cli, const struct command *command)
{
    return cli->argument_count >= command->arguments &&
           cli->argument_count <= command->arguments + command->optional;
}

/* --- running --------------------------------------------------------------------------- */

static void choose_server(struct cli *cli, char last[STATE_STRING_MAX])
{
    const char *environment = getenv("CHINWAG_SERVER");
    if (cli->server == NULL && environment != NULL && environment[0] != 0)
        cli->server = environment;
    if (cli->server == NULL && state_load_last_server(last))
        cli->server = last;
    if (cli->server == NULL)
        cli->server = "127.0.0.1:4242";
}

static int run(struct cli *cli, const struct command *command)
{
    static char last[STATE_STRING_MAX];
    choose_server(cli, last);
    chinwag_client *probe = chinwag_create(&(struct chinwag_options){.server = cli->server});
    if (probe == NULL) {
        fprintf(stderr, "chinwag: '%s' is no HOST:PORT\n", cli->server);
        return CLI_WRONG_USE;
    }
    chinwag_destroy(probe);
    int code = command->run(cli);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "chinwag: cannot write: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    return code;
}

int main(int argc, char **argv)
{
    struct cli cli = {.timeout_s = -1, .seconds = -1};
    unsigned given = 0;
    if (!read_options(&cli, argc, argv, &given))
        return wrong_use(NULL);
    cli.arguments = argv + optind;
    cli.argument_count = argc - optind;
    if ((given & OPTION_VERSION) != 0) {
        printf("chinwag %s\n", chinwag_version());
        return CLI_DONE;
    }
    if (cli.argument_count == 0) {
        print_help();
        return (given & OPTION_HELP) != 0 ? CLI_DONE : CLI_WRONG_USE;
    }
    const char *word = cli.arguments[0];
    const struct command *command = find_command(&cli);
    if (command == NULL) {
        fprintf(stderr, "chinwag: there is no command '%s'\n", word);
        return wrong_use(NULL);
    }
    if ((given & OPTION_HELP) != 0) {
        printf("chinwag %s\n\n%s", command->usage, command->help);
        return CLI_DONE;
    }
    if (!options_fit(command, given) || !arguments_fit(&cli, command))
        return wrong_use(command);
    return run(&cli, command);
}
