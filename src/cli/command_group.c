/* command_group.c - creates groups, joins and leaves them, and manages them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output_list.h"
#include "question.h"
#include "session.h"
#include "target.h"

/* Users may write a name with the mark that `send` needs; what cannot be a group or a person is
 * reported before the server is asked. */
static const char *group_of(const struct cli *cli)
{
    return target_group(cli->arguments[0]);
}

static const char *member_of(const struct cli *cli)
{
    return target_person(cli->arguments[1]);
}

static int ask_group(const struct cli *cli, const char *action, session_request *make)
{
    return group_of(cli) == NULL ? CLI_WRONG_USE : session_ask(cli, action, make, cli);
}

static int ask_member(const struct cli *cli, const char *action, session_request *make)
{
    return member_of(cli) == NULL ? CLI_WRONG_USE : ask_group(cli, action, make);
}

/* --- being in one ------------------------------------------------------------------------ */

static int64_t create(chinwag_client *client, const void *cli)
{
    return chinwag_create_group(client, group_of(cli));
}

int command_group_create(const struct cli *cli)
{
    return ask_group(cli, "create_group", create);
}

static int64_t join(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_join_group(client, group_of(cli), cli->invitation);
}

int command_group_join(const struct cli *cli)
{
    return ask_group(cli, "join_group", join);
}

static int64_t group_leave(chinwag_client *client, const void *cli)
{
    return chinwag_leave_group(client, group_of(cli));
}

int command_group_leave(const struct cli *cli)
{
    return ask_group(cli, "leave_group", group_leave);
}

static int64_t list(chinwag_client *client, const void *cli)
{
    (void)cli;
    return chinwag_groups(client);
}

int command_group_list(const struct cli *cli)
{
    return session_list(cli, "groups", list, cli, output_group_entry);
}

static int64_t members(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    struct chinwag_page page = {.after = (uint64_t)cli->after, .limit = (unsigned)cli->limit};
    return chinwag_members(client, group_of(cli), &page);
}

int command_group_members(const struct cli *cli)
{
    if (group_of(cli) == NULL)
        return CLI_WRONG_USE;
    return session_list(cli, "members", members, cli, output_member_entry);
}

/* --- running one ------------------------------------------------------------------------- */

static int64_t role(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_set_role(client, group_of(cli), member_of(cli), cli->arguments[2]);
}

/* There is one owner, who alone gives roles. */
static bool may_hand_over(const struct cli *cli)
{
    char question[512];
    const char *group = group_of(cli), *member = member_of(cli);
    if (strcmp(cli->arguments[2], "owner") != 0 || group == NULL || member == NULL)
        return true;
    snprintf(question, sizeof question,
             "Hand #%s over to %s? You become a moderator, and only %s can give it back.", group,
             member, member);
    return question_answered(cli, question);
}

int command_group_role(const struct cli *cli)
{
    if (!may_hand_over(cli))
        return CLI_WRONG_USE;
    return ask_member(cli, "set_role", role);
}

static int64_t kick(chinwag_client *client, const void *cli)
{
    return chinwag_kick(client, group_of(cli), member_of(cli));
}

int command_group_kick(const struct cli *cli)
{
    return ask_member(cli, "kick", kick);
}

static int64_t ban(chinwag_client *client, const void *cli)
{
    return chinwag_ban(client, group_of(cli), member_of(cli));
}

int command_group_ban(const struct cli *cli)
{
    return ask_member(cli, "ban", ban);
}

static int64_t unban(chinwag_client *client, const void *cli)
{
    return chinwag_unban(client, group_of(cli), member_of(cli));
}

int command_group_unban(const struct cli *cli)
{
    return ask_member(cli, "unban", unban);
}

static int64_t mute(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    uint64_t minutes = strtoull(cli->arguments[2], NULL, 10);
    return chinwag_mute(client, group_of(cli), member_of(cli), minutes * 60);
}

int command_group_mute(const struct cli *cli)
{
    uint64_t minutes;
    if (!target_minutes(cli->arguments[2], 0, &minutes))
        return CLI_WRONG_USE;
    return ask_member(cli, "mute", mute);
}

static int64_t unmute(chinwag_client *client, const void *cli)
{
    return chinwag_mute(client, group_of(cli), member_of(cli), 0);
}

int command_group_unmute(const struct cli *cli)
{
    return ask_member(cli, "mute", unmute);
}

static int64_t topic(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_set_topic(client, group_of(cli), cli->arguments[1]);
}

int command_group_topic(const struct cli *cli)
{
    return ask_group(cli, "set_topic", topic);
}

static int64_t access_of(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    bool by_invitation = strcmp(cli->arguments[1], "invited") == 0;
    if (strcmp(cli->arguments[1], "unlisted") == 0)
        return chinwag_set_unlisted(client, group_of(cli));
    return chinwag_set_access(client, group_of(cli), by_invitation);
}

int command_group_access(const struct cli *cli)
{
    const char *access = cli->arguments[1];
    if (strcmp(access, "open") != 0 && strcmp(access, "unlisted") != 0 &&
        strcmp(access, "invited") != 0) {
        fprintf(stderr, "chinwag: a group is open, unlisted or invited, not '%s'\n", access);
        return CLI_WRONG_USE;
    }
    return ask_group(cli, "set_access", access_of);
}

static int64_t keep(chinwag_client *client, const void *arguments)
{
    const struct cli *cli = arguments;
    return chinwag_set_retention(client, group_of(cli), strtoull(cli->arguments[1], NULL, 10),
                                 strtoull(cli->arguments[2], NULL, 10));
}

/* Deleted messages cannot be brought back. */
static bool may_keep(const struct cli *cli, uint64_t days, uint64_t count)
{
    char question[512], age[64] = "", number[64] = "";
    const char *group = group_of(cli);
    if (group == NULL || (days == 0 && count == 0))
        return true;
    if (days != 0)
        snprintf(age, sizeof age, " of the last %" PRIu64 " days", days);
    if (count != 0)
        snprintf(number, sizeof number, "%s the newest %" PRIu64, days != 0 ? ", and" : ":", count);
    snprintf(question, sizeof question,
             "Keep in #%s only the messages%s%s? All others are deleted for everybody, and cannot "
             "be brought back.",
             group, age, number);
    return question_answered(cli, question);
}

int command_group_keep(const struct cli *cli)
{
    uint64_t days, count;
    if (!target_number(cli->arguments[1], &days) || !target_number(cli->arguments[2], &count) ||
        !may_keep(cli, days, count))
        return CLI_WRONG_USE;
    return ask_group(cli, "set_retention", keep);
}
