/* client_administer.c - the public requests about the server: those of administrators, and what
 * users need of them: report, set_password. */
#include "client/client_arguments.h"

static int64_t client_ask_page(chinwag_client *client, enum cw_action action,
                               const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(action);
    cw_take_page(&msg.extras, page);
    return cw_client_request(client->core, &msg);
}

/* --- users and their reports ----------------------------------------------------------------- */

int64_t chinwag_report(chinwag_client *client, const char *conversation, uint64_t seq,
                       const char *reason)
{
    struct cw_msg msg = cw_request_of(CW_REPORT);
    msg.seq = seq;
    int code = cw_take_string(reason == NULL ? "" : reason, &msg.reason);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_set_password(chinwag_client *client, const char *link, const char *new_password)
{
    struct cw_msg msg = cw_request_of(CW_SET_PASSWORD);
    msg.extras.map_present = true; /* it reads the reason of a refusal */
    int code = cw_take_string(new_password, &msg.new_password);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.link, link);
}

int64_t chinwag_reports(chinwag_client *client, const struct chinwag_page *page)
{
    return client_ask_page(client, CW_REPORTS, page);
}

int64_t chinwag_resolve_report(chinwag_client *client, uint64_t report)
{
    struct cw_msg msg = cw_request_of(CW_RESOLVE_REPORT);
    msg.report = report;
    return cw_client_request(client->core, &msg);
}

/* --- accounts -------------------------------------------------------------------------------- */

int64_t chinwag_users(chinwag_client *client, const char *words, const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_USERS);
    cw_take_page(&msg.extras, page);
    return cw_request_string(client, &msg, &msg.query, words == NULL ? "" : words);
}

int64_t chinwag_end_sessions(chinwag_client *client, const char *user)
{
    struct cw_msg msg = cw_request_of(CW_END_SESSIONS);
    return cw_request_string(client, &msg, &msg.member, user);
}

int64_t chinwag_rename_user(chinwag_client *client, const char *user, const char *new_name)
{
    struct cw_msg msg = cw_request_of(CW_RENAME_USER);
    int code = cw_take_string(new_name, &msg.new_name);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.member, user);
}

int64_t chinwag_remove_user(chinwag_client *client, const char *user, bool with_messages)
{
    struct cw_msg msg = cw_request_of(CW_REMOVE_USER);
    msg.extent = cw_slice_str(with_messages ? "messages" : "account");
    return cw_request_string(client, &msg, &msg.member, user);
}

int64_t chinwag_reset_password(chinwag_client *client, const char *user, bool end_factor)
{
    struct cw_msg msg = cw_request_of(CW_RESET_PASSWORD);
    msg.factor = cw_slice_str(end_factor ? "end" : "keep");
    return cw_request_string(client, &msg, &msg.member, user);
}

/* --- bans ------------------------------------------------------------------------------------ */

int64_t chinwag_ban_from_server(chinwag_client *client, const char *subject, uint64_t seconds,
                                const char *reason)
{
    struct cw_msg msg = cw_request_of(CW_BAN_FROM_SERVER);
    msg.seconds = seconds;
    int code = cw_take_string(reason == NULL ? "" : reason, &msg.reason);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.subject, subject);
}

int64_t chinwag_unban_from_server(chinwag_client *client, const char *subject)
{
    struct cw_msg msg = cw_request_of(CW_UNBAN_FROM_SERVER);
    return cw_request_string(client, &msg, &msg.subject, subject);
}

int64_t chinwag_server_bans(chinwag_client *client, const struct chinwag_page *page)
{
    return client_ask_page(client, CW_SERVER_BANS, page);
}

/* --- groups and invitations ------------------------------------------------------------------ */

int64_t chinwag_server_groups(chinwag_client *client, const struct chinwag_page *page)
{
    return client_ask_page(client, CW_SERVER_GROUPS, page);
}

int64_t chinwag_close_group(chinwag_client *client, const char *group)
{
    struct cw_msg msg = cw_request_of(CW_CLOSE_GROUP);
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_take_group(chinwag_client *client, const char *group, const char *user)
{
    struct cw_msg msg = cw_request_of(CW_TAKE_GROUP);
    int code = cw_take_string(user, &msg.member);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_server_invitations(chinwag_client *client, const struct chinwag_page *page)
{
    return client_ask_page(client, CW_SERVER_INVITATIONS, page);
}

int64_t chinwag_end_invitation(chinwag_client *client, uint64_t id)
{
    struct cw_msg msg = cw_request_of(CW_END_INVITATION);
    msg.invitation_id = id;
    return cw_client_request(client->core, &msg);
}

/* --- announcements --------------------------------------------------------------------------- */

int64_t chinwag_announce(chinwag_client *client, const char *content, size_t length,
                         uint64_t seconds)
{
    struct cw_msg msg = cw_request_of(CW_ANNOUNCE);
    msg.seconds = seconds;
    int code = cw_take_content(content, length, &msg.content);
    return code != 0 ? code : cw_client_request(client->core, &msg);
}

int64_t chinwag_end_announcement(chinwag_client *client, uint64_t id)
{
    struct cw_msg msg = cw_request_of(CW_END_ANNOUNCEMENT);
    msg.announcement = id;
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_announcements(chinwag_client *client)
{
    return client_ask_page(client, CW_ANNOUNCEMENTS, NULL);
}

/* --- the server itself ----------------------------------------------------------------------- */

int64_t chinwag_server_status(chinwag_client *client)
{
    return client_ask_page(client, CW_SERVER_STATUS, NULL);
}

int64_t chinwag_server_settings(chinwag_client *client, const char *setting)
{
    struct cw_msg msg = cw_request_of(CW_SERVER_SETTINGS);
    return cw_request_string(client, &msg, &msg.setting, setting == NULL ? "" : setting);
}

int64_t chinwag_set_setting(chinwag_client *client, const char *setting, const char *value)
{
    struct cw_msg msg = cw_request_of(CW_SET_SETTING);
    int code = cw_take_string(value, &msg.value);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.setting, setting);
}

int64_t chinwag_audit(chinwag_client *client, const struct chinwag_page *page)
{
    return client_ask_page(client, CW_AUDIT, page);
}

int64_t chinwag_verify_audit(chinwag_client *client, const char *head)
{
    struct cw_msg msg = cw_request_of(CW_VERIFY_AUDIT);
    return cw_request_string(client, &msg, &msg.head, head == NULL ? "" : head);
}
