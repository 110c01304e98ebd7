/* command_people.c - contacts, blocked users, devices, the password, invitations
 * to the server. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "join_link.h"
#include "output.h"
#include "output_list.h"
#include "password.h"
#include "session.h"
#include "target.h"
#include "trust.h"

static int ask_about(const struct cli *cli, const char *action, session_request *make)
{
    const char *name = target_person(cli->arguments[0]);
    return name == NULL ? CLI_WRONG_USE : session_ask(cli, action, make, name);
}

/* --- contacts -------------------------------------------------------------------------- */

static int64_t ask_contacts(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_contacts(client);
}

int command_contact_list(const struct cli *cli)
{
    return session_list(cli, "contacts", ask_contacts, NULL, output_contact_entry);
}

static int64_t add_contact(chinwag_client *client, const void *name)
{
    return chinwag_add_contact(client, name);
}

int command_contact_add(const struct cli *cli)
{
    return ask_about(cli, "add_contact", add_contact);
}

static int64_t remove_contact(chinwag_client *client, const void *name)
{
    return chinwag_remove_contact(client, name);
}

int command_contact_remove(const struct cli *cli)
{
    return ask_about(cli, "remove_contact", remove_contact);
}

static int64_t block(chinwag_client *client, const void *name)
{
    return chinwag_block(client, name);
}

int command_block(const struct cli *cli)
{
    return ask_about(cli, "block", block);
}

static int64_t unblock(chinwag_client *client, const void *name)
{
    return chinwag_unblock(client, name);
}

int command_unblock(const struct cli *cli)
{
    return ask_about(cli, "unblock", unblock);
}

/* --- devices ----------------------------------------------------------------------------- */

static int64_t ask_sessions(chinwag_client *client, const void *arguments)
{
    (void)arguments;
    return chinwag_sessions(client);
}

int command_device_list(const struct cli *cli)
{
    return session_list(cli, "sessions", ask_sessions, NULL, output_session_entry);
}

static int64_t revoke(chinwag_client *client, const void *arguments)
{
    return chinwag_revoke_session(client, *(const uint64_t *)arguments);
}

/* The number of device list; 0: it is none, which was said. */
static uint64_t read_device(const char *text)
{
    char *end;
    uint64_t session = strtoull(text, &end, 10);
    if (*end == 0 && session != 0)
        return session;
    output_about(stderr, "chinwag: '%s' is no device; chinwag device list shows them\n", text);
    return 0;
}

int command_device_remove(const struct cli *cli)
{
    uint64_t session = read_device(cli->arguments[0]);
    return session == 0 ? CLI_WRONG_USE : session_ask(cli, "revoke_session", revoke, &session);
}

struct naming {
    uint64_t session;
    const char *name;
};

static int64_t rename_device(chinwag_client *client, const void *arguments)
{
    const struct naming *naming = arguments;
    return chinwag_rename_session(client, naming->session, naming->name);
}

int command_device_rename(const struct cli *cli)
{
    struct naming naming = {.session = read_device(cli->arguments[0]), .name = cli->arguments[1]};
    if (naming.session == 0)
        return CLI_WRONG_USE;
    return session_ask(cli, "rename_session", rename_device, &naming);
}

/* --- the password ---------------------------------------------------------------------------- */

struct passwords {
    char old[PASSWORD_SIZE], new[PASSWORD_SIZE];
};

static int64_t change(chinwag_client *client, const void *arguments)
{
    const struct passwords *passwords = arguments;
    return chinwag_change_password(client, passwords->old, passwords->new);
}

/* The session that `listen` uses ends with the others, so this logs in again. */
int command_password(const struct cli *cli)
{
    static struct passwords passwords;
    bool good = password_read(cli, "this account, as it is now", false, passwords.old) &&
                password_read_new(cli->new_password_file, "this account", passwords.new);
    int code = good ? session_ask(cli, "change_password", change, &passwords) : CLI_WRONG_USE;
    password_forget(passwords.old);
    password_forget(passwords.new);
    if (code == CLI_DONE)
        printf("changed; all other devices are logged out, and so is listen here:\n"
               "  chinwag login NAME\n");
    return code;
}

/* --- invitations ----------------------------------------------------------------------------- */

/* A server of this machine that does not encrypt is for nobody else: a link there leads nowhere.
 * *local: the link is for this machine alone. */
static bool has_link(const struct cli *cli, const char *code, char link[JOIN_LINK_MAX], bool *local)
{
    struct chinwag_address address;
    const char *key = trust_curve_key();
    if (!chinwag_read_address(cli->server, &address) || (address.local && key[0] == 0))
        return false;
    join_link_write(&address, code, key, link);
    *local = address.local;
    return true;
}

/* Where it stands among what is said. */
static void introduce(const struct cli *cli, const struct chinwag_event *answer)
{
    if (getenv(CLI_IN_CHAT) == NULL)
        return;
    output_about(stdout, "an invitation to %s, good until ",
                 cli->argument_count == 0 ? "this server" : cli->arguments[0]);
    output_date(stdout, answer->until, (int64_t)time(NULL));
    printf(":\n");
}

static void print_invitation(const struct cli *cli, const struct chinwag_event *answer)
{
    char link[JOIN_LINK_MAX];
    bool local, linked = has_link(cli, answer->invitation, link, &local);
    if (!cli->json) {
        introduce(cli, answer);
        printf("%s\n%s%s", answer->invitation, linked ? link : "", linked ? "\n" : "");
        if (linked && local)
            fprintf(stderr, "chinwag: this link is for people at this machine; for others, replace "
                            "the host in it by the name or address of this machine\n");
        return;
    }
    printf("{\"invitation\":\"%s\",\"id\":%" PRIu64 ",\"until\":%" PRIu64, answer->invitation,
           answer->id, answer->until);
    if (linked)
        printf(",\"link\":\"%s\"", link);
    printf("}\n");
}

/* The group that an argument names; NULL: none does, and it is about the server. */
static const char *place_of(const struct cli *cli)
{
    return cli->argument_count == 0 ? NULL : target_group(cli->arguments[0]);
}

int command_invite(const struct cli *cli)
{
    struct session session;
    struct chinwag_event answer;
    const char *group = place_of(cli);
    if (cli->argument_count != 0 && group == NULL)
        return CLI_WRONG_USE;
    int code = session_open(&session, cli, SESSION_COMMAND);
    if (code == CLI_DONE) {
        uint64_t seconds = (uint64_t)cli->days * 24 * 3600;
        int64_t request = chinwag_invite(session.client, group, seconds, (uint64_t)cli->uses);
        code = session_wait(&session, "invite", request, &answer);
    }
    if (code == CLI_DONE)
        print_invitation(cli, &answer);
    session_close(&session);
    return code;
}

static int64_t ask_invitations(chinwag_client *client, const void *arguments)
{
    return chinwag_invitations(client, place_of(arguments));
}

int command_invitation_list(const struct cli *cli)
{
    if (cli->argument_count != 0 && place_of(cli) == NULL)
        return CLI_WRONG_USE;
    return session_list(cli, "invitations", ask_invitations, cli, output_invitation_entry);
}

static int64_t withdraw(chinwag_client *client, const void *arguments)
{
    return chinwag_withdraw_invitation(client, *(const uint64_t *)arguments);
}

int command_invitation_withdraw(const struct cli *cli)
{
    char *end;
    uint64_t id = strtoull(cli->arguments[0], &end, 10);
    if (*end != 0 || id == 0) {
        output_about(
            stderr, "chinwag: '%s' is no invitation's number; chinwag invitation list shows them\n",
            cli->arguments[0]);
        return CLI_WRONG_USE;
    }
    return session_ask(cli, "withdraw_invitation", withdraw, &id);
}
