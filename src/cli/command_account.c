/* command_account.c - register, login, logout, whoami. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "code.h"
#include "join_link.h"
#include "output.h"
#include "password.h"
#include "session.h"
#include "trust.h"

static void take_session(struct state_account *account, const struct chinwag_event *answer)
{
    snprintf(account->name, sizeof account->name, "%s", answer->username);
    snprintf(account->token, sizeof account->token, "%s", answer->token);
}

static int64_t ask_login(chinwag_client *client, const char *password, const char *code,
                         const void *name)
{
    return chinwag_login_with_code(client, name, password, code);
}

/* A link is good for two minutes. */
#define LINK_PATIENCE_MS 130000
/* Also where the server does not answer, but closes the connection again and again. */
#define LOGOUT_MS 30000

/* Logs in and stores the session's token in the account. */
static int ask_for_session(const struct cli *cli, const char *name, const char *password,
                           struct state_account *account)
{
    struct session session;
    struct chinwag_event answer;
    session_begin(&session, cli, name);
    int code = code_ask(&session, cli, "login", password, ask_login, name, &answer);
    if (code == CLI_DONE)
        take_session(account, &answer);
    session_close(&session);
    return code;
}

/* Ends the session of an earlier login. Nothing depends on its success. */
static void end_session(const struct cli *cli, const char *name, const char *token)
{
    if (token[0] == 0)
        return;
    struct chinwag_options options = {.server = cli->server, .part = true};
    trust_fill(&options);
    chinwag_client *client = chinwag_create(&options);
    struct chinwag_event event;
    chinwag_attach(client, name, token);
    int64_t logout = chinwag_logout(client);
    while (chinwag_poll(client, 2000, &event) && event.type != CHINWAG_DISCONNECTED)
        if (event.type == CHINWAG_RESPONSE && event.request == logout)
            break;
    chinwag_destroy(client);
}

static void end_old_sessions(const struct cli *cli, const struct state_account *account)
{
    for (int i = 0; i < STATE_OLD_TOKENS; i++)
        end_session(cli, account->name, account->old[i]);
}

static int keep_account(const struct cli *cli, const struct state_account *account)
{
    struct state_account before;
    bool again = state_load_account(cli->server, account->name, &before) == STATE_GOOD;
    if (!state_save_account(cli->server, account)) {
        fprintf(stderr, "chinwag: cannot save the session: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    if (again) {
        end_session(cli, before.name, before.token);
        end_old_sessions(cli, &before);
    }
    printf("logged in as ");
    output_text(stdout, account->name, strlen(account->name));
    printf(" at %s\n", cli->server);
    return CLI_DONE;
}

static int log_in(const struct cli *cli, const char *name, const char *password)
{
    struct state_account account = {.name = ""};
    int code = ask_for_session(cli, name, password, &account);
    return code == CLI_DONE ? keep_account(cli, &account) : code;
}

/* The person compares these digits with no other ones, but types them: they must be new each
 * time. */
static bool make_digits(char digits[8])
{
    uint32_t number;
    FILE *random = fopen("/dev/urandom", "re");
    bool read = random != NULL && fread(&number, sizeof number, 1, random) == 1;
    if (random != NULL)
        fclose(random);
    if (read)
        snprintf(digits, 8, "%06u", (unsigned)(number % 1000000));
    else
        fprintf(stderr, "chinwag: cannot read /dev/urandom: %s\n", strerror(errno));
    return read;
}

/* The link is the invitation of the command line (main.c). */
int account_log_in_by_link(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    struct state_account account = {.name = ""};
    char digits[8];
    if (!make_digits(digits))
        return CLI_WRONG_USE;
    session_begin(&session, cli, "");
    session.patience_ms = LINK_PATIENCE_MS;
    int64_t request = chinwag_login_by_link(session.client, cli->invitation, digits);
    printf("type these digits at the device that made the link: %s\n", digits);
    fflush(stdout);
    int code = session_wait(&session, "login_by_link", request, &answer);
    if (code == CLI_DONE)
        take_session(&account, &answer);
    session_close(&session);
    return code == CLI_DONE ? keep_account(cli, &account) : code;
}

int command_login(const struct cli *cli)
{
    char password[PASSWORD_SIZE];
    const char *name = cli->arguments[0];
    if (join_link_is(name))
        return account_log_in_by_link(cli);
    if (!password_read(cli, name, false, password))
        return CLI_WRONG_USE;
    int code = log_in(cli, name, password);
    password_forget(password);
    return code;
}

/* The server checks the name before the password, so this password, which no server takes, asks it
 * whether the name is to be had: before a person types a password twice. */
static const char no_password[] = "\x01\x01\x01\x01\x01\x01\x01\x01";

static int64_t request_account(chinwag_client *client, const struct cli *cli, const char *name,
                               const char *password)
{
    return cli->setup != NULL ? chinwag_register_admin(client, name, password, cli->setup)
                              : chinwag_register(client, name, password, cli->invitation);
}

static int ask_for_name(const struct cli *cli, const char *name)
{
    struct session session;
    session_begin(&session, cli, name);
    session.expected = CHINWAG_BAD_REQUEST; /* about the password, which is checked last */
    int64_t request = request_account(session.client, cli, name, no_password);
    int code = session_wait(&session, "register", request, NULL);
    session_close(&session);
    return code;
}

static int make_account(const struct cli *cli, const char *name, const char *password)
{
    struct session session;
    session_begin(&session, cli, name);
    int64_t request = request_account(session.client, cli, name, password);
    int code = session_wait(&session, "register", request, NULL);
    session_close(&session);
    return code == CLI_DONE ? log_in(cli, name, password) : code;
}

int command_register(const struct cli *cli)
{
    char password[PASSWORD_SIZE];
    const char *name = cli->arguments[0];
    int code = password_is_asked(cli) ? ask_for_name(cli, name) : CLI_DONE;
    if (code != CLI_DONE)
        return code;
    if (!password_read(cli, name, true, password))
        return CLI_WRONG_USE;
    code = make_account(cli, name, password);
    password_forget(password);
    return code;
}

static bool is_account_over(int code)
{
    return code == CHINWAG_USER_NOT_CONNECTED || code == CHINWAG_USER_INCORRECT_TOKEN;
}

/* A session that the server does not know counts as ended. */
static int wait_for_logout(const struct cli *cli, struct session *session)
{
    struct chinwag_event event;
    int64_t logout = chinwag_logout(session->client), end = session_now_ms() + LOGOUT_MS;
    for (int64_t now; (now = session_now_ms()) < end;) {
        if (!chinwag_poll(session->client, (int)(end - now), &event))
            continue;
        bool answer = event.type == CHINWAG_RESPONSE;
        if (answer && event.request == session->attach && is_account_over(event.code))
            return CLI_DONE;
        if (answer && event.request == logout && event.code == CHINWAG_SUCCESS)
            return CLI_DONE;
        if (answer && event.request == logout && event.code == CHINWAG_UNANSWERED)
            logout = chinwag_logout(session->client); /* if it was done, attach says so */
        session->connected |= event.type == CHINWAG_CONNECTED;
        if (event.type == CHINWAG_DISCONNECTED && !session_survives(session, &event)) {
            if (!trust_explain(&event))
                output_unreachable(cli->server, event.text);
            return CLI_UNREACHABLE;
        }
    }
    output_unreachable(cli->server, "no answer in 30 s");
    return CLI_UNREACHABLE;
}

static int log_out(const struct cli *cli)
{
    struct session session;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code != CLI_DONE)
        return code;
    code = wait_for_logout(cli, &session);
    if (code == CLI_DONE)
        end_old_sessions(cli, &session.account);
    session_close(&session);
    return code;
}

int command_logout(const struct cli *cli)
{
    struct state_account account;
    int code = log_out(cli);
    if (code != CLI_DONE)
        return code;
    if (state_load_account(cli->server, cli->as, &account) != STATE_GOOD ||
        !state_remove_account(cli->server, account.name)) {
        fprintf(stderr, "chinwag: cannot forget the session: %s\n", strerror(errno));
        return CLI_WRONG_USE;
    }
    printf("logged out %s\n", account.name);
    return CLI_DONE;
}

int command_whoami(const struct cli *cli)
{
    struct session session;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code = session_wait(&session, "attach", session.attach, NULL);
    if (code == CLI_DONE) {
        output_text(stdout, session.account.name, strlen(session.account.name));
        printf(" at %s\n", cli->server);
    }
    session_close(&session);
    return code;
}
