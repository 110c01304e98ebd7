/* session.c - see session.h. */
#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/codes.h"
#include "next_page.h"
#include "output.h"
#include "output_json.h"
#include "refused.h"
#include "trust.h"

/* Verifying passwords takes the server a while when many log in at once. */
#define ANSWER_MS 30000

int64_t session_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t session_now_ms(void)
{
    return session_now_us() / 1000;
}

/* --- signals -------------------------------------------------------------------------- */

static volatile sig_atomic_t signalled;

static void on_session_signal(int number)
{
    (void)number;
    signalled = 1;
}

void session_note_signals(void)
{
    struct sigaction action = {.sa_handler = on_session_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool session_was_signalled(void)
{
    return signalled != 0;
}

/* --- opening -------------------------------------------------------------------------- */

/* A name that is too long is cut between characters; a host's name is mostly ASCII. */
void session_client_name(char name[SESSION_CLIENT_MAX])
{
    char host[64];
    if (gethostname(host, sizeof host) != 0)
        snprintf(host, sizeof host, "%s", "an unknown host");
    host[sizeof host - 1] = 0;
    for (char *c = host; *c != 0; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
            *c = '?';
    snprintf(name, SESSION_CLIENT_MAX, "chinwag %.10s on %.40s", chinwag_version(), host);
}

void session_begin(struct session *session, const struct cli *cli, const char *name)
{
    char client[SESSION_CLIENT_MAX];
    session_client_name(client);
    *session = (struct session){.server = cli->server};
    snprintf(session->account.name, sizeof session->account.name, "%s", name);
    struct chinwag_options options = {.server = cli->server, .client_name = client, .part = true};
    trust_fill(&options);
    session->client = chinwag_create(&options);
}

static int say_no_account(const struct cli *cli, enum state_found found)
{
    if (found == STATE_NOBODY) {
        fprintf(stderr,
                "chinwag: %s is damaged, so it is not known whose account was used last\n"
                "  say it: chinwag --as NAME ...\n",
                state_damaged_path());
        return CLI_WRONG_USE;
    }
    if (found == STATE_DAMAGED)
        fprintf(stderr, "chinwag: the saved account %s is damaged: log in again\n",
                state_damaged_path());
    else if (found == STATE_UNREADABLE)
        fprintf(stderr, "chinwag: cannot read the saved account: %s\n", strerror(errno));
    else if (cli->as != NULL)
        fprintf(stderr, "chinwag: %s is not logged in at %s\n", cli->as, cli->server);
    else
        fprintf(stderr, "chinwag: nobody is logged in at %s\n", cli->server);
    fprintf(stderr, "  chinwag login NAME, or: chinwag register NAME\n");
    return CLI_WRONG_USE;
}

/* Opus, and the events that a listen prints or a call shows. */
static unsigned session_features(const struct cli *cli, enum session_use use)
{
    unsigned opus = cli->plain ? 0 : CHINWAG_FEATURE_OPUS;
    if (use == SESSION_CALL)
        return opus | CHINWAG_FEATURE_GROUPS | CHINWAG_FEATURE_CALLS | CHINWAG_FEATURE_UDP;
    if (use == SESSION_COMMAND)
        return opus;
    unsigned always = opus | CHINWAG_FEATURE_EDITS | CHINWAG_FEATURE_GROUPS |
                      CHINWAG_FEATURE_REACTIONS | CHINWAG_FEATURE_CALLS |
                      CHINWAG_FEATURE_ANNOUNCEMENTS;
    if (cli->own)
        always |= CHINWAG_FEATURE_OWN;
    return cli->events
               ? always | CHINWAG_FEATURE_READ | CHINWAG_FEATURE_PRESENCE | CHINWAG_FEATURE_TYPING |
                     CHINWAG_FEATURE_SPEAKING | CHINWAG_FEATURE_PROFILES
               : always;
}

/* A listen sends the position where it stopped. If that is lost, delivery begins where the server
 * knows the session to be: messages may come again, and none is left out. */
static void load_position(struct session *session, const struct cli *cli,
                          struct chinwag_options *options)
{
    struct state_position *position = &session->position;
    enum state_found found = state_load_position(cli->server, session->account.name, position);
    session->positioned = found == STATE_GOOD || found == STATE_NONE;
    if (found == STATE_DAMAGED)
        fprintf(stderr,
                "chinwag: %s is damaged, so it is not known which message was shown last here\n"
                "  The messages that the server has not recorded as received are shown; you may "
                "have seen some of them.\n",
                state_damaged_path());
    else if (found == STATE_UNREADABLE)
        fprintf(stderr,
                "chinwag: cannot read which message was shown last here: %s\n"
                "  The messages that the server has not recorded as received are shown; you may "
                "have seen some of them.\n",
                strerror(errno));
    options->has_since = session->positioned;
    options->since = position->id;
    options->db = position->db;
    options->era = position->era;
}

int session_open(struct session *session, const struct cli *cli, enum session_use use)
{
    char client[SESSION_CLIENT_MAX];
    session_client_name(client);
    *session = (struct session){.server = cli->server};
    enum state_found found = state_load_account(cli->server, cli->as, &session->account);
    if (found != STATE_GOOD)
        return say_no_account(cli, found);
    const char *name = session->account.name;
    if (state_damaged_path()[0] != 0)
        fprintf(stderr,
                "chinwag: %s is damaged, so it is not known whose account was used last; this "
                "command uses %s, the only saved account\n",
                state_damaged_path(), name);
    bool listens = use == SESSION_LISTEN || use == SESSION_CHAT;
    struct chinwag_options options = {
        .server = cli->server,
        .client_name = client,
        .part = !listens,
        .features = session_features(cli, use),
    };
    trust_fill(&options);
    if (listens)
        load_position(session, cli, &options);
    if (use == SESSION_CHAT && session->position.id == 0)
        options.has_since = false;
    session->client = chinwag_create(&options);
    session->attach = chinwag_attach(session->client, name, session->account.token);
    return CLI_DONE;
}

void session_close(struct session *session)
{
    chinwag_destroy(session->client);
    session->client = NULL;
}

/* --- waiting -------------------------------------------------------------------------- */

static int refused(const struct session *session, const char *action,
                   const struct chinwag_event *answer)
{
    refused_say(action, answer, session->account.name);
    return CLI_REFUSED;
}

/* With a code alone. */
static int refused_by(const struct session *session, const char *action, int code)
{
    struct chinwag_event answer = {.code = code};
    return refused(session, action, &answer);
}

/* The request was sent, and cannot be sent again: that differs from one that never reached a
 * server. */
static int unanswered(const struct session *session)
{
    fprintf(stderr,
            "chinwag: the connection to the server at %s ended before its answer came (%s)\n"
            "  The server may have done what was asked, or not: check that before you repeat "
            "the command.\n",
            session->server, session->end);
    return CLI_UNREACHABLE;
}

bool session_survives(struct session *session, const struct chinwag_event *end)
{
    bool begun = strcmp(end->text, CW_CLOSED_BY_SERVER) == 0;
    bool again = session->connected || (begun && !session->closed);
    session->closed = again && !session->connected;
    session->connected = false;
    snprintf(session->end, sizeof session->end, "%s", end->text);
    return again;
}

/* The connection broke. */
static int lost(const struct session *session, const struct chinwag_event *end)
{
    if (!trust_explain(end))
        output_unreachable(session->server, session->end);
    return CLI_UNREACHABLE;
}

/* The attach was refused for now, because of the limit of parts or a full disk; the request was not
 * sent. */
static bool is_busy(int code)
{
    return code == CHINWAG_RATE_LIMITED || code == CHINWAG_UNAVAILABLE;
}

int session_wait(struct session *session, const char *action, int64_t request,
                 struct chinwag_event *answer)
{
    if (request < 0) {
        refused_by(session, action, (int)request);
        return CLI_WRONG_USE; /* the server was not asked */
    }
    int64_t patience_ms = session->patience_ms == 0 ? ANSWER_MS : session->patience_ms;
    int64_t end = session_now_ms() + patience_ms;
    struct chinwag_event event;
    int busy = 0;
    for (int64_t now; (now = session_now_ms()) < end;) {
        if (!chinwag_poll(session->client, (int)(end - now), &event))
            continue;
        session->connected |= event.type == CHINWAG_CONNECTED;
        if (trust_take(session->client, &event)) {
            end = session_now_ms() + patience_ms; /* a person may have been asked */
            continue;
        }
        if (event.type == CHINWAG_DISCONNECTED && event.code == CHINWAG_UNKNOWN_ACTION)
            return refused_by(session, "attach", event.code);
        if (event.type == CHINWAG_DISCONNECTED && is_busy(event.code)) {
            busy = event.code;
            continue; /* the library tries again */
        }
        if (event.type == CHINWAG_DISCONNECTED && session_survives(session, &event))
            continue;
        if (event.type == CHINWAG_DISCONNECTED)
            return lost(session, &event);
        bool ours = event.type == CHINWAG_RESPONSE && event.request == request;
        if (ours && event.code == CHINWAG_UNANSWERED)
            return unanswered(session);
        bool attach = event.type == CHINWAG_RESPONSE && event.request == session->attach;
        bool good = event.code == CHINWAG_SUCCESS || (ours && event.code == session->expected);
        if ((ours || attach) && !good)
            return refused(session, attach ? "attach" : action, &event);
        if (ours && event.rule != NULL)
            refused_in_part(&event);
        if (ours && answer != NULL)
            *answer = event;
        if (ours)
            return CLI_DONE;
    }
    if (busy != 0) /* the server answered, with this code each time */
        return refused_by(session, "attach", busy);
    output_unreachable(session->server,
                       session->patience_ms == 0 ? "no answer in 30 s" : "no answer in time");
    return CLI_UNREACHABLE;
}

int session_ask(const struct cli *cli, const char *action, session_request *make,
                const void *arguments)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, action, make(session.client, arguments), &answer);
    if (code == CLI_DONE && cli->print_number)
        printf("%llu\n", (unsigned long long)answer.seq);
    session_close(&session);
    return code;
}

/* What a history says of both users belongs to each of its messages. */
static void print_entry(const struct session *session, const struct chinwag_event *answer,
                        const struct chinwag_entry *entry, output_entry *print, int64_t now_s)
{
    struct chinwag_entry whole = *entry;
    if (whole.peer_read == 0)
        whole.peer_read = answer->peer_read;
    if (whole.delivered == 0)
        whole.delivered = answer->delivered;
    print(stdout, &whole, session->account.name, now_s);
}

/* Of `history @NAME|'#GROUP'` and `pins '#GROUP'`: a name, or '#' and a group; NULL: the entries
 * say it themselves. */
static const char *conversation_of(const struct cli *cli, const char *action, char name[80])
{
    bool pins = strcmp(action, "pins") == 0;
    if (!pins && strcmp(action, "history") != 0)
        return NULL;
    const char *argument = cli->arguments[0];
    bool marked = argument[0] == '@' || argument[0] == '#';
    snprintf(name, 80, "%s%.70s", pins || argument[0] == '#' ? "#" : "", argument + marked);
    return name;
}

/* What the entries of the answer to an action are, as docs/json.md names them. */
static const char *type_of_list(const char *action)
{
    static const char *const types[][2] = {{"conversations", "conversation"},
                                           {"contacts", "contact"},
                                           {"members", "member"},
                                           {"groups", "group"},
                                           {"sessions", "device"},
                                           {"directory", "open_group"},
                                           {"people", "person"},
                                           {"device_passwords", "device_password"},
                                           {"invitations", "invitation"},
                                           {"bots", "bot"},
                                           {"hooks", "hook"},
                                           {"versions", "version"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i][0], action) == 0)
            return types[i][1];
    return NULL; /* history, search: messages */
}

static void print_entries(const struct cli *cli, const struct session *session, const char *action,
                          const struct chinwag_event *answer, output_entry *print)
{
    char name[80];
    const struct output_json_list list = {.type = type_of_list(action),
                                          .conversation = conversation_of(cli, action, name),
                                          .me = session->account.name};
    int64_t now_s = (int64_t)time(NULL);
    for (size_t i = 0, lost; i < answer->entry_count; i += lost != 0 ? lost : 1) {
        const struct chinwag_entry *entry = &answer->entries[i];
        lost = cli->json ? 0 : output_lost_entries(stdout, entry, answer->entry_count - i);
        if (cli->json)
            output_entry_json(stdout, entry, &list);
        else if (lost == 0)
            print_entry(session, answer, entry, print, now_s);
    }
}

int session_list(const struct cli *cli, const char *action, session_request *make,
                 const void *arguments, output_entry *print)
{
    return session_list_then(cli, action, make, arguments, print, NULL);
}

int session_list_then(const struct cli *cli, const char *action, session_request *make,
                      const void *arguments, output_entry *print, session_shown *shown)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, action, make(session.client, arguments), &answer);
    if (code == CLI_DONE) {
        print_entries(cli, &session, action, &answer, print);
        next_page_say(cli, action, &answer);
    }
    if (code == CLI_DONE && shown != NULL)
        code = shown(&session, cli, &answer);
    session_close(&session);
    return code;
}
