/* command_factor.c - the second factor and device passwords: totp, device-password. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "code.h"
#include "output.h"
#include "output_json.h"
#include "qr.h"

/* --- totp on ------------------------------------------------------------------------------ */

#define URI_MAX 1024

static size_t escape_into(char *uri, size_t n, const char *text)
{
    for (; *text != 0 && n + 4 < URI_MAX; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL)
            uri[n++] = *text;
        else
            n += (size_t)snprintf(uri + n, 4, "%%%02X", (unsigned char)*text);
    uri[n] = 0;
    return n;
}

static size_t add_text(char *uri, size_t n, const char *text)
{
    return n + (size_t)snprintf(uri + n, URI_MAX - n, "%s", text);
}

/* As apps for one-time codes read it; what it leaves out is as they expect it: SHA-1, 6 digits,
 * 30 s. */
static void make_uri(char uri[URI_MAX], const char *server, const char *name, const char *secret)
{
    struct chinwag_address address;
    const char *host = chinwag_read_address(server, &address) ? address.host : server;
    size_t n = add_text(uri, 0, "otpauth://totp/");
    n = escape_into(uri, n, host);
    n = add_text(uri, n, ":");
    n = escape_into(uri, n, name);
    n = add_text(uri, n, "?secret=");
    n = add_text(uri, n, secret);
    n = add_text(uri, n, "&issuer=");
    escape_into(uri, n, host);
}

static int64_t ask_begin(chinwag_client *client, const char *password, const char *code,
                         const void *arguments)
{
    (void)code, (void)arguments;
    return chinwag_begin_totp(client, password);
}

static void show_secret(const struct cli *cli, const char *uri, const char *secret)
{
    if (cli->json) {
        printf("{\"type\":\"totp\",\"uri\":\"%s\",\"secret\":\"%s\"}\n", uri, secret);
        return;
    }
    printf("Scan this with an app for one-time codes, or type the secret there:\n\n");
    qr_print(stdout, uri);
    printf("\n%s\nsecret: %s\n", uri, secret);
}

/* The answer to the first request ends with the next one: what is shown at the end is kept. */
struct recovery {
    char codes[16][32];
    size_t count;
};

static void keep_codes(struct recovery *recovery, const struct chinwag_event *answer)
{
    for (size_t i = 0; i < answer->entry_count && recovery->count < 16; i++)
        if (answer->entries[i].code != NULL)
            snprintf(recovery->codes[recovery->count++], sizeof recovery->codes[0], "%s",
                     answer->entries[i].code);
}

static void show_codes(const struct cli *cli, const struct recovery *recovery)
{
    fputs(cli->json
              ? "{\"type\":\"recovery_codes\",\"codes\":["
              : "Recovery codes, each good once where the app is lost. Keep them elsewhere:\n",
          stdout);
    for (size_t i = 0; i < recovery->count; i++)
        printf(cli->json ? "%s\"%s\"" : "%s  %s\n", cli->json && i != 0 ? "," : "",
               recovery->codes[i]);
    fputs(cli->json ? "]}\n" : "", stdout);
}

static int confirm_totp(const struct cli *cli, struct session *session,
                        const struct chinwag_event *begun)
{
    char uri[URI_MAX], digits[CODE_SIZE];
    struct recovery recovery = {.count = 0};
    make_uri(uri, cli->server, session->account.name, begun->secret);
    show_secret(cli, uri, begun->secret);
    keep_codes(&recovery, begun);
    if (!code_read("The code that it shows: ", digits))
        return CLI_WRONG_USE;
    int code =
        session_wait(session, "confirm_totp", chinwag_confirm_totp(session->client, digits), NULL);
    if (code == CLI_DONE && !cli->json)
        puts("on; a login needs a code from now on");
    if (code == CLI_DONE)
        show_codes(cli, &recovery);
    return code;
}

int command_totp_on(const struct cli *cli)
{
    struct session session = {0};
    struct chinwag_event answer;
    int code = code_prove(&session, cli, "begin_totp", ask_begin, NULL, &answer);
    if (code == CLI_DONE)
        code = confirm_totp(cli, &session, &answer);
    session_close(&session);
    return code;
}

/* --- totp off, totp codes, totp status ------------------------------------------------------- */

static int64_t ask_end(chinwag_client *client, const char *password, const char *code,
                       const void *arguments)
{
    (void)arguments;
    return chinwag_end_totp(client, password, code);
}

int command_totp_off(const struct cli *cli)
{
    struct session session = {0};
    struct chinwag_event answer;
    int code = code_prove(&session, cli, "end_totp", ask_end, NULL, &answer);
    if (code == CLI_DONE)
        printf("off; a login needs the password alone\n");
    session_close(&session);
    return code;
}

static int64_t ask_codes(chinwag_client *client, const char *password, const char *code,
                         const void *arguments)
{
    (void)arguments;
    return chinwag_renew_codes(client, password, code);
}

int command_totp_codes(const struct cli *cli)
{
    struct session session = {0};
    struct chinwag_event answer;
    struct recovery recovery = {.count = 0};
    int code = code_prove(&session, cli, "renew_codes", ask_codes, NULL, &answer);
    if (code == CLI_DONE) {
        keep_codes(&recovery, &answer);
        show_codes(cli, &recovery);
    }
    session_close(&session);
    return code;
}

int command_totp_status(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE)
        code =
            session_wait(&session, "second_factor", chinwag_second_factor(session.client), &answer);
    if (code == CLI_DONE && cli->json)
        printf("{\"type\":\"second_factor\",\"state\":\"%s\",\"codes_left\":%" PRIu64 "}\n",
               answer.state, answer.codes_left);
    else if (code == CLI_DONE && strcmp(answer.state, "on") == 0)
        printf("on; %" PRIu64 " recovery codes are left\n", answer.codes_left);
    else if (code == CLI_DONE)
        printf("off\n");
    session_close(&session);
    return code;
}

/* --- device passwords --------------------------------------------------------------------- */

static int64_t ask_device(chinwag_client *client, const char *password, const char *code,
                          const void *arguments)
{
    return chinwag_add_device_password(client, arguments, password, code);
}

int command_device_password_add(const struct cli *cli)
{
    struct session session = {0};
    struct chinwag_event answer;
    int code =
        code_prove(&session, cli, "add_device_password", ask_device, cli->arguments[0], &answer);
    if (code == CLI_DONE)
        printf("%s\n", answer.secret);
    session_close(&session);
    return code;
}

static int64_t ask_devices(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_device_passwords(client);
}

int command_device_password_list(const struct cli *cli)
{
    return session_list(cli, "device_passwords", ask_devices, NULL, output_device_password_entry);
}

static int64_t remove_device_password(chinwag_client *client, const void *arguments)
{
    return chinwag_remove_device_password(client, arguments);
}

int command_device_password_remove(const struct cli *cli)
{
    return session_ask(cli, "remove_device_password", remove_device_password, cli->arguments[0]);
}
