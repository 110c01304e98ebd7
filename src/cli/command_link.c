/* command_link.c - a new device logs in by a link: link-device makes one and confirms the digits,
 * login LINK (command_account.c) opens it there. */
#include <stdio.h>
#include <string.h>

#include "code.h"
#include "join_link.h"
#include "qr.h"
#include "refused.h"
#include "trust.h"

static int64_t make_link(chinwag_client *client, const char *password, const char *code,
                         const void *arguments)
{
    (void)arguments;
    return chinwag_make_link(client, password, code);
}

static void show_link(const struct cli *cli, const struct chinwag_event *answer)
{
    char link[JOIN_LINK_MAX];
    struct chinwag_address address;
    if (!chinwag_read_address(cli->server, &address))
        return; /* it was read before */
    join_link_write(&address, answer->link, trust_curve_key(), link);
    printf("At the new device, within 2 minutes: chinwag login LINK\n\n");
    qr_print(stdout, link);
    printf("\n%s\n", link);
    if (address.local)
        fprintf(stderr,
                "chinwag: this link is for this machine; for a device elsewhere, replace the "
                "host in it by the name or address of this machine\n");
}

/* Other digits than these, or too early: it can be tried again. */
static bool goes_on(const struct chinwag_event *answer)
{
    enum chinwag_rule rule = chinwag_rule_named(answer->rule);
    return rule == CHINWAG_RULE_WRONG_DIGITS || rule == CHINWAG_RULE_LINK_UNOPENED;
}

static int confirm_digits(struct session *session)
{
    char digits[CODE_SIZE];
    struct chinwag_event answer;
    session->expected = CHINWAG_FORBIDDEN;
    for (;;) {
        if (!code_read("The six digits that it shows: ", digits))
            return CLI_WRONG_USE;
        int code = session_wait(session, "confirm_link",
                                chinwag_confirm_link(session->client, digits), &answer);
        if (code != CLI_DONE || answer.code == CHINWAG_SUCCESS)
            return code;
        refused_say("confirm_link", &answer, session->account.name);
        if (!goes_on(&answer))
            return CLI_REFUSED;
    }
}

int command_link_device(const struct cli *cli)
{
    struct session session = {0};
    struct chinwag_event answer;
    int code = code_prove(&session, cli, "make_link", make_link, NULL, &answer);
    if (code == CLI_DONE) {
        show_link(cli, &answer);
        code = confirm_digits(&session);
    }
    if (code == CLI_DONE)
        printf("the new device is logged in\n");
    session_close(&session);
    return code;
}
