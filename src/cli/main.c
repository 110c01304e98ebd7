/* main.c - the chinwag command: reads the command line and runs a command. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chinwag/chinwag.h"
#include "join_link.h"
#include "options.h"
#include "state_file.h"
#include "trust.h"

struct command {
    const char *name;        /* one word or two */
    int arguments, optional; /* how many are required, and how many more are possible */
    uint64_t options;
    int (*run)(const struct cli *cli);
    const char *usage;
    const char *help;
};

#define ALONE      (UINT64_C(1) << 63) /* speaks to no server */
#define EVERYWHERE (OPTION(SERVER) | OPTION(SERVER_KEY) | OPTION(ACCEPT_KEY))
#define PAGE       (OPTION(LIMIT) | OPTION(JSON) | OPTION(AS))

static const struct command commands[] = {
    {"register", 1, 0, OPTION(PASSWORD_FILE) | OPTION(INVITATION), command_register,
     "register NAME [--invitation LINK]",
     "Makes a new account and logs in.\n"
     "The password (8 to 256 bytes) is asked for twice, or taken from\n"
     "--password-file FILE (its first line) or CHINWAG_PASSWORD.\n"
     "Some servers want an invitation: chinwag invite makes one. A link names the\n"
     "server and has its key, so that --server is not needed.\n"},
    {"login", 1, 0, OPTION(PASSWORD_FILE), command_login, "login NAME",
     "Logs in; later commands need no password.\n"
     "The password is asked for, or taken from --password-file FILE (its first\n"
     "line) or CHINWAG_PASSWORD.\n"},
    {"forget-server", 1, 0, ALONE, command_forget_server, "forget-server HOST:PORT",
     "Forgets the key that a server is known by. The next one that proves to have the\n"
     "key of a link, or of --server-key, is known by that.\n"},
    {"logout", 0, 0, OPTION(AS), command_logout, "logout",
     "Ends the session of this account on this machine, also of a running listen.\n"},
    {"whoami", 0, 0, OPTION(AS), command_whoami, "whoami",
     "Prints the account in use, once the server has confirmed it.\n"},
    {"password", 0, 0, OPTION(AS) | OPTION(PASSWORD_FILE) | OPTION(NEW_PASSWORD_FILE),
     command_password, "password",
     "Changes the password, and logs all other devices out.\n"
     "  --password-file FILE      the present one; else CHINWAG_PASSWORD, or it is asked for\n"
     "  --new-password-file FILE  the new one; else it is asked for\n"},
    {"device list", 0, 0, OPTION(AS) | OPTION(JSON), command_device_list, "device list [--json]",
     "Shows where you are logged in.\n"},
    {"device remove", 1, 0, OPTION(AS), command_device_remove, "device remove NUMBER",
     "Logs a device out, by its number in device list.\n"},
    {"invite", 0, 1, OPTION(AS) | OPTION(JSON) | OPTION(DAYS) | OPTION(USES), command_invite,
     "invite ['#GROUP'] [--days N] [--uses N]",
     "Prints an invitation to the server, or to a group: for register or\n"
     "group join, with --invitation. Good for 7 days and one person, unless said\n"
     "otherwise. Below it stands a link with the same invitation, the server's address\n"
     "and its key, where the server is one for other machines.\n"},
    {"invitation list", 0, 1, OPTION(AS) | OPTION(JSON), command_invitation_list,
     "invitation list ['#GROUP'] [--json]",
     "Shows your invitations to the server that are still good, or those to a group.\n"},
    {"invitation withdraw", 1, 0, OPTION(AS), command_invitation_withdraw,
     "invitation withdraw NUMBER", "Ends an invitation, by its number in invitation list.\n"},
    {"contact list", 0, 0, OPTION(AS) | OPTION(JSON), command_contact_list, "contact list [--json]",
     "Shows your contacts, who of them is online, and whom you have blocked.\n"},
    {"contact add", 1, 0, OPTION(AS), command_contact_add, "contact add NAME",
     "Adds a user to your contacts.\n"},
    {"contact remove", 1, 0, OPTION(AS), command_contact_remove, "contact remove NAME",
     "Removes a user from your contacts.\n"},
    {"block", 1, 0, OPTION(AS), command_block, "block NAME",
     "Refuses whispers and voice messages of a user.\n"},
    {"unblock", 1, 0, OPTION(AS), command_unblock, "unblock NAME", "Takes that back.\n"},
    {"group create", 1, 0, OPTION(AS), command_group_create, "group create NAME",
     "Makes a group with you as its owner and first member.\n"},
    {"group join", 1, 0, OPTION(AS) | OPTION(INVITATION), command_group_join,
     "group join NAME [--invitation TOKEN]", "Joins a group.\n"},
    {"group leave", 1, 0, OPTION(AS), command_group_leave, "group leave NAME",
     "Leaves a group. When its owner leaves, the moderator who joined first owns it,\n"
     "or else the member who joined first.\n"},
    {"group list", 0, 0, OPTION(AS) | OPTION(JSON), command_group_list, "group list [--json]",
     "Shows the groups that you are in.\n"},
    {"group members", 1, 0, PAGE | OPTION(AFTER), command_group_members,
     "group members NAME [--limit N] [--after N] [--json]", "Shows who is in a group.\n"},
    {"group role", 3, 0, OPTION(AS), command_group_role, "group role NAME MEMBER ROLE",
     "Makes a member moderator or member, or hands the group over (owner).\n"},
    {"group kick", 2, 0, OPTION(AS), command_group_kick, "group kick NAME MEMBER",
     "Removes a member.\n"},
    {"group ban", 2, 0, OPTION(AS), command_group_ban, "group ban NAME USER",
     "Removes a user, who cannot join again until group unban.\n"},
    {"group unban", 2, 0, OPTION(AS), command_group_unban, "group unban NAME USER",
     "Takes that back.\n"},
    {"group mute", 3, 0, OPTION(AS), command_group_mute, "group mute NAME MEMBER MINUTES",
     "Lets a member only read for that time. 0 ends it; leaving and joining do not.\n"},
    {"group unmute", 2, 0, OPTION(AS), command_group_unmute, "group unmute NAME MEMBER",
     "Takes that back.\n"},
    {"group topic", 2, 0, OPTION(AS), command_group_topic, "group topic NAME TEXT",
     "Says what the group is about.\n"},
    {"group access", 2, 0, OPTION(AS), command_group_access, "group access NAME open|invited",
     "Lets everybody join, or only users with an invitation.\n"},
    {"group keep", 3, 0, OPTION(AS), command_group_keep, "group keep NAME DAYS MESSAGES",
     "Keeps messages for so many days, and so many of them; 0 is no limit.\n"},
    {"chats", 0, 0, PAGE | OPTION(BEFORE), command_chats,
     "chats [--limit N] [--before ID] [--json]",
     "Shows your conversations, the newest first, and what you have not read.\n"},
    {"history", 1, 0, PAGE | OPTION(BEFORE) | OPTION(AFTER) | OPTION(AROUND) | OPTION(READ),
     command_history,
     "history @NAME|'#GROUP' [--before N|--after N|--around N] [--limit N] [--read] [--json]",
     "Shows what was said, with the number of each message; behind your messages to a\n"
     "user whether they were received or read.\n"
     "  --read  marks what it shows as read, on all your devices\n"},
    {"search", 1, 0, PAGE | OPTION(BEFORE) | OPTION(IN), command_search,
     "search WORDS [--in @NAME|'#GROUP'] [--limit N] [--before ID] [--json]",
     "Finds messages with all of the words, the newest first.\n"},
    {"send", 2, 0, OPTION(AS), command_send, "send @NAME|'#GROUP' TEXT|-",
     "Sends a message to a user or a group. With - the text is read from the\n"
     "standard input. Returns 0 once the message is on the server's disk.\n"
     "A text that begins with - goes after --:  chinwag send @bob -- '-5 degrees'\n"},
    {"reply", 3, 0, OPTION(AS), command_reply, "reply @NAME|'#GROUP' NUMBER TEXT",
     "Answers a message, by its number in history.\n"},
    {"edit", 3, 0, OPTION(AS), command_edit, "edit @NAME|'#GROUP' NUMBER TEXT",
     "Changes a message of yours.\n"},
    {"delete", 2, 0, OPTION(AS), command_delete, "delete @NAME|'#GROUP' NUMBER",
     "Deletes a message of yours, or, as a moderator, anybody's in the group.\n"},
    {"read", 2, 0, OPTION(AS), command_read, "read @NAME|'#GROUP' NUMBER",
     "Marks a conversation as read up to that message.\n"},
    {"send-voice", 2, 0, OPTION(AS) | OPTION(PLAIN), command_send_voice,
     "send-voice @NAME|'#GROUP' FILE.wav|FILE.opus [--plain]",
     "Sends a voice message of at most 120 seconds: WAV (16-bit PCM, 1 or 2 channels,\n"
     "8,000 to 48,000 Hz) or Ogg Opus. It travels as Opus, with --plain as samples.\n"},
    {"record", 1, 0, OPTION(AS) | OPTION(WAV) | OPTION(SECONDS) | OPTION(PLAIN), command_record,
     "record @NAME|'#GROUP' [--wav FILE] [--seconds N] [--plain]",
     "Records a voice message: Enter sends it, Esc cancels.\n"
     "  --wav FILE   sends this instead of the microphone's sound\n"
     "  --seconds N  stops by itself\n"},
    {"play", 2, 0, OPTION(AS) | OPTION(WAV), command_play,
     "play @NAME|'#GROUP' NUMBER [--wav FILE]",
     "Plays a voice message of the history, and says that you have listened to it.\n"
     "  --wav FILE  writes it instead of playing it\n"},
    {"send-file", 2, 0, OPTION(AS) | OPTION(CAPTION) | OPTION(NAME) | OPTION(RESUME),
     command_send_file,
     "send-file @NAME|'#GROUP' FILE|- [--caption TEXT] [--name NAME] [--resume NUMBER]",
     "Sends a file; - is the standard input. It goes on by itself after a lost\n"
     "connection.\n"
     "  --caption TEXT   a text with it\n"
     "  --name NAME      how it is called for others\n"
     "  --resume NUMBER  continues what was interrupted, as the command said then\n"},
    {"fetch", 3, 0, OPTION(AS), command_fetch, "fetch @NAME|'#GROUP' NUMBER FILE|FOLDER|-",
     "Saves the file of a message of the history, or a voice message (FILE.wav or\n"
     "FILE.opus). In a FOLDER a file gets its own name; - is the standard output.\n"
     "A file that is there already is not replaced; one that was interrupted goes on.\n"},
    {"listen", 0, 0,
     OPTION(AS) | OPTION(JSON) | OPTION(COUNT) | OPTION(TIMEOUT) | OPTION(SAVE_VOICE) |
         OPTION(EVENTS) | OPTION(OWN) | OPTION(AWAY) | OPTION(PLAIN) | OPTION(READ),
     command_listen,
     "listen [--json] [--count N] [--timeout SECONDS] [--save-voice DIR] [--events] [--own] "
     "[--away] [--read]",
     "Prints messages as they come, from where the last listen stopped.\n"
     "  --json             one JSON object a line\n"
     "  --count N          end after N messages\n"
     "  --timeout SECONDS  end after that time (4 if --count was not reached)\n"
     "  --save-voice DIR   write voice messages to DIR/voice-ID.opus (or .wav)\n"
     "  --events           also who comes, goes, types, has read, speaks in a call\n"
     "  --own              also what you sent while this one was away\n"
     "  --away             show you as away\n"
     "  --read             mark what it prints as read, on all your devices\n"
     "  --plain            all voice messages as samples\n"},
    {"call", 1, 0,
     OPTION(AS) | OPTION(WAV) | OPTION(OUT) | OPTION(SECONDS) | OPTION(RAW) | OPTION(STATS) |
         OPTION(JSON) | OPTION(PLAIN) | OPTION(VOLUME) | OPTION(FRAME) | OPTION(PTT) |
         OPTION(NO_ECHO) | OPTION(NO_NOISE) | OPTION(NO_GAIN),
     command_call, "call GROUP [--wav FILE] [--out FILE.wav] [--raw] [--seconds N] [--stats]",
     "Joins the call of a group. Keys: m mutes, d deafens, + and - change the volume,\n"
     "1 to 9 mute the person beside that number for you alone, q or Ctrl-C leaves.\n"
     "  --wav FILE             says this (WAV or Ogg Opus), and leaves when it is over\n"
     "  --out FILE.wav         writes what is to be heard, in time\n"
     "  --raw                  says the standard input and writes what is to be heard to\n"
     "                         the standard output: 48,000 Hz, mono, 16 bits\n"
     "                         (with any of these no sound device is used)\n"
     "  --seconds N            stays for that time\n"
     "  --ptt                  push to talk: speaks while space is held\n"
     "  --volume NAME=PERCENT  of one speaker, 0 (not at all) to 200; repeat it for others\n"
     "  --stats                how it went, at the end; with --json once a second\n"
     "  --frame 10|20          milliseconds in a packet (else 20)\n"
     "  --no-echo, --no-noise, --no-gain\n"
     "                         without echo cancelling, noise suppression, gain control\n"
     "  --plain                without Opus; --out is written as it comes, at 44,100 Hz\n"},
    {"react", 3, 0, OPTION(AS), command_react, "react @NAME|'#GROUP' NUMBER EMOJI",
     "Puts an emoji to a message, by its number in history.\n"},
    {"unreact", 3, 0, OPTION(AS), command_unreact, "unreact @NAME|'#GROUP' NUMBER EMOJI",
     "Takes that back.\n"},
    {"pin", 2, 0, OPTION(AS), command_pin, "pin '#GROUP' NUMBER",
     "Pins a message of a group, as its owner or a moderator.\n"},
    {"unpin", 2, 0, OPTION(AS), command_unpin, "unpin '#GROUP' NUMBER", "Takes that back.\n"},
    {"pins", 1, 0, OPTION(AS) | OPTION(AFTER) | OPTION(JSON), command_pins,
     "pins '#GROUP' [--after N] [--json]", "Shows the pinned messages of a group.\n"},
    {"receipts", 0, 1, OPTION(AS), command_receipts, "receipts [on|off]",
     "Says, or sets for all your devices, whether others see what you have received,\n"
     "read or listened to.\n"},
    {"latency", 0, 1, OPTION(AS) | OPTION(SECONDS) | OPTION(FRAME) | OPTION(JSON), command_latency,
     "latency ['#GROUP'] [--seconds N] [--frame 10|20] [--json]",
     "Measures how long sound takes from a mouth to an ear by way of the server, and\n"
     "where the time goes. Speaks to itself in the call of a group, which it makes\n"
     "for that unless one is named. It uses no sound device.\n"},
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
           "  --server HOST:PORT  the server, or wss://HOST (or CHINWAG_SERVER; else the one\n"
           "                      of the last login; else 127.0.0.1:4242)\n"
           "  --server-key KEY    the key of a server that is not known yet\n"
           "  --accept-key KEY    the same for wss, where no authority confirms the server\n"
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

/* All commands whose first word this is; false: there are none. */
static bool print_family(FILE *out, const char *word)
{
    size_t n = strlen(word);
    bool any = false;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        if (strncmp(command->name, word, n) != 0 || command->name[n] != ' ')
            continue;
        fprintf(out, "%s chinwag %s\n", any ? "      " : "usage:", command->usage);
        any = true;
    }
    return any;
}

static int wrong_use(const struct command *command)
{
    if (command != NULL)
        fprintf(stderr, "usage: chinwag %s\n", command->usage);
    else
        fprintf(stderr, "chinwag: try 'chinwag --help'\n");
    return CLI_WRONG_USE;
}

/* The word is no command: a part of one, or none at all. */
static int no_command(const struct cli *cli, bool help)
{
    const char *word = cli->arguments[0];
    if (help && cli->argument_count == 1 && print_family(stdout, word))
        return CLI_DONE;
    if (print_family(stderr, word)) {
        if (cli->argument_count > 1)
            fprintf(stderr, "chinwag: there is no command '%s %s'\n", word, cli->arguments[1]);
        return CLI_WRONG_USE;
    }
    fprintf(stderr, "chinwag: there is no command '%s'\n", word);
    return wrong_use(NULL);
}

/* --- the command line ---------------------------------------------------------------- */

/* Returns how many of the words are the command's name; 0: another command. */
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

static bool options_fit(const struct command *command, uint64_t given)
{
    uint64_t wrong = given & ~(command->options | OPTION(HELP) |
                               ((command->options & ALONE) != 0 ? 0 : EVERYWHERE));
    if (wrong == 0)
        return true;
    fprintf(stderr, "chinwag: '%s' has no option --%s\n", command->name, options_name(wrong));
    return false;
}

static bool arguments_fit(const struct cli *cli, const struct command *command)
{
    return cli->argument_count >= command->arguments &&
           cli->argument_count <= command->arguments + command->optional;
}

/* --- running --------------------------------------------------------------------------- */

/* Takes a link apart. false: it is none, and a message was printed. */
static bool take_link(struct cli *cli)
{
    static struct join_link link;
    if (cli->invitation == NULL || !join_link_is(cli->invitation))
        return true;
    const char *wrong = join_link_read(cli->invitation, &link);
    if (wrong != NULL) {
        fprintf(stderr,
                "chinwag: the link cannot be used: %s\n"
                "  Write it between '...': --invitation 'chinwag://HOST:PORT/#CODE,KEY'\n",
                wrong);
        return false;
    }
    if (cli->server_key != NULL && link.key[0] != 0 && strcmp(cli->server_key, link.key) != 0) {
        fprintf(stderr, "chinwag: the link has another key than --server-key\n");
        return false;
    }
    cli->invitation = link.code;
    if (link.key[0] != 0)
        cli->server_key = link.key;
    if (cli->server == NULL)
        cli->server = link.server;
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
            "chinwag: '%s' is a bad address: write HOST or HOST:PORT, as 127.0.0.1:4242, or "
            "wss://HOST\n",
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
static bool is_link_for_name(const struct cli *cli, const struct command *command)
{
    bool makes_account = command->run == command_register || command->run == command_login;
    if (!makes_account || !join_link_is(cli->arguments[0]))
        return false;
    fprintf(stderr,
            "chinwag: a name comes first, then the link:\n"
            "  chinwag register NAME --invitation '%s'\n",
            cli->arguments[0]);
    return true;
}

static int run_command(struct cli *cli, const struct command *command)
{
    if (is_link_for_name(cli, command))
        return CLI_WRONG_USE;
    int code = (command->options & ALONE) != 0 ? CLI_DONE : reach_server(cli);
    if (code != CLI_DONE)
        return code;
    code = command->run(cli);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "chinwag: cannot write: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    return code;
}

int main(int argc, char **argv)
{
    struct cli cli = {.timeout_s = -1, .seconds = -1, .frame_ms = 20};
    uint64_t given = 0;
    if (!options_read(&cli, argc, argv, &given))
        return wrong_use(NULL);
    cli.arguments = argv + optind;
    cli.argument_count = argc - optind;
    if ((given & OPTION(VERSION)) != 0) {
        printf("chinwag %s\n", chinwag_version());
        return CLI_DONE;
    }
    if (cli.argument_count == 0) {
        print_help();
        return (given & OPTION(HELP)) != 0 ? CLI_DONE : CLI_WRONG_USE;
    }
    const struct command *command = find_command(&cli);
    if (command == NULL)
        return no_command(&cli, (given & OPTION(HELP)) != 0);
    if ((given & OPTION(HELP)) != 0) {
        printf("chinwag %s\n\n%s", command->usage, command->help);
        return CLI_DONE;
    }
    if (!options_fit(command, given) || !arguments_fit(&cli, command))
        return wrong_use(command);
    return run_command(&cli, command);
}
