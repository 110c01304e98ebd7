/* session.c - see session.h. */
#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "output_json.h"
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
        return opus | CHINWAG_FEATURE_GROUPS;
    if (use != SESSION_LISTEN)
        return opus;
    unsigned always =
        opus | CHINWAG_FEATURE_EDITS | CHINWAG_FEATURE_GROUPS | CHINWAG_FEATURE_REACTIONS;
    if (cli->own)
        always |= CHINWAG_FEATURE_OWN;
    return cli->events ? always | CHINWAG_FEATURE_READ | CHINWAG_FEATURE_PRESENCE |
                             CHINWAG_FEATURE_TYPING | CHINWAG_FEATURE_SPEAKING
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
    bool listens = use == SESSION_LISTEN;
    struct chinwag_options options = {
        .server = cli->server,
        .client_name = client,
        .part = !listens,
        .features = session_features(cli, use),
    };
    trust_fill(&options);
    if (listens)
        load_position(session, cli, &options);
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

static int refused(const struct session *session, const char *action, int code, const char *reason)
{
    output_refusal(action, code, reason, session->account.name);
    return CLI_REFUSED;
}

/* The connection broke. If the request had been sent, the library reports it as unanswered next;
 * that differs from a request that never reached a server. */
static int lost(struct session *session, int64_t request, const struct chinwag_event *end)
{
    char reason[512];
    if (trust_explain(end))
        return CLI_UNREACHABLE;
    snprintf(reason, sizeof reason, "%s", end->text);
    struct chinwag_event event;
    while (chinwag_poll(session->client, 0, &event)) {
        if (event.type != CHINWAG_RESPONSE || event.request != request)
            continue;
        fprintf(stderr,
                "chinwag: the connection to the server at %s ended before its answer came (%s)\n"
                "  The server may have done what was asked, or not: check that before you repeat "
                "the command.\n",
                session->server, reason);
        return CLI_UNREACHABLE;
    }
    output_unreachable(session->server, reason);
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
        refused(session, action, (int)request, NULL);
        return CLI_WRONG_USE; /* the server was not asked */
    }
    int64_t end = session_now_ms() + ANSWER_MS;
    struct chinwag_event event;
    int busy = 0;
    for (int64_t now; (now = session_now_ms()) < end;) {
        if (!chinwag_poll(session->client, (int)(end - now), &event))
            continue;
        if (trust_take(session->client, &event)) {
            end = session_now_ms() + ANSWER_MS; /* a person may have been asked */
            continue;
        }
        if (event.type == CHINWAG_DISCONNECTED && event.code == CHINWAG_UNKNOWN_ACTION)
            return refused(session, "attach", event.code, NULL);
        if (event.type == CHINWAG_DISCONNECTED && is_busy(event.code)) {
            busy = event.code;
            continue; /* the library tries again */
        }
        if (event.type == CHINWAG_DISCONNECTED)
            return lost(session, request, &event);
        bool ours = event.type == CHINWAG_RESPONSE && event.request == request;
        bool attach = event.type == CHINWAG_RESPONSE && event.request == session->attach;
        if ((ours || attach) && event.code != CHINWAG_SUCCESS)
            return refused(session, attach ? "attach" : action, event.code, event.reason);
        if (ours && answer != NULL)
            *answer = event;
        if (ours)
            return CLI_DONE;
    }
    if (busy != 0) /* the server answered, with this code each time */
        return refused(session, "attach", busy, NULL);
    output_unreachable(session->server, "no answer in 30 s");
    return CLI_UNREACHABLE;
}

int session_ask(const struct cli *cli, const char *action, session_request *make,
                const void *arguments)
{
    struct session session;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, action, make(session.client, arguments), NULL);
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

static void print_entries(const struct cli *cli, const struct session *session,
                          const struct chinwag_event *answer, bool forward, output_entry *print)
{
    int64_t now_s = (int64_t)time(NULL);
    for (size_t i = 0, lost; i < answer->entry_count; i += lost != 0 ? lost : 1) {
        const struct chinwag_entry *entry = &answer->entries[i];
        lost = cli->json ? 0 : output_lost_entries(stdout, entry, answer->entry_count - i);
        if (cli->json)
            output_entry_json(stdout, entry);
        else if (lost == 0)
            print_entry(session, answer, entry, print, now_s);
    }
    if (answer->next != 0)
        fprintf(stderr, "chinwag: there is more: --%s %llu\n", forward ? "after" : "before",
                (unsigned long long)answer->next);
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
    bool forward = cli->after != 0 || strcmp(action, "members") == 0 || strcmp(action, "pins") == 0;
    if (code == CLI_DONE)
        print_entries(cli, &session, &answer, forward, print);
    if (code == CLI_DONE && shown != NULL)
        code = shown(&session, cli, &answer);
    session_close(&session);
    return code;
}
