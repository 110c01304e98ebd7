/* client_requests.c - the public requests beyond protocol v1: history, reading, people, groups, the
 * account. client_api.c has those of protocol v1. */
#include "client/client_arguments.h"

static void set_number(struct cw_extras *extras, enum cw_extra_index index, uint64_t *member,
                       uint64_t value)
{
    if (value == 0)
        return;
    extras->map_present = true;
    extras->present |= CW_BIT(index);
    *member = value;
}

void cw_take_page(struct cw_extras *extras, const struct chinwag_page *page)
{
    struct chinwag_page known;
    if (page == NULL)
        return;
    /* What a later version has beyond these narrows nothing that the server must not see. */
    (void)cw_take_given(&known, sizeof known, page, page->size);
    set_number(extras, CW_X_BEFORE, &extras->before, known.before);
    set_number(extras, CW_X_AFTER, &extras->after, known.after);
    set_number(extras, CW_X_AROUND, &extras->around, known.around);
    set_number(extras, CW_X_LIMIT, &extras->limit, known.limit);
}

/* --- messages ---------------------------------------------------------------------- */

int64_t chinwag_reply(chinwag_client *client, const char *conversation, uint64_t reply_to,
                      const char *content, size_t length)
{
    struct cw_msg msg = {0};
    set_number(&msg.extras, CW_X_REPLY_TO, &msg.extras.reply_to, reply_to);
    return cw_request_text(client, &msg, conversation, content, length);
}

int64_t chinwag_say(chinwag_client *client, const char *conversation, uint64_t reply_to,
                    const char *content, size_t length, struct chinwag_number number)
{
    struct cw_msg msg = {0};
    if (number.part == 0 || number.n == 0)
        return CHINWAG_BAD_ARGUMENT;
    set_number(&msg.extras, CW_X_REPLY_TO, &msg.extras.reply_to, reply_to);
    set_number(&msg.extras, CW_X_PART, &msg.extras.part, number.part);
    set_number(&msg.extras, CW_X_N, &msg.extras.n, number.n);
    return cw_request_text(client, &msg, conversation, content, length);
}

int64_t chinwag_edit(chinwag_client *client, const char *conversation, uint64_t seq,
                     const char *content, size_t length)
{
    struct cw_msg msg = cw_request_of(CW_EDIT);
    msg.seq = seq;
    int code = cw_take_content(content, length, &msg.content);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.conversation, conversation);
}

/* A request about one message. */
static int64_t request_message(chinwag_client *client, enum cw_action action,
                               const char *conversation, uint64_t seq)
{
    struct cw_msg msg = cw_request_of(action);
    msg.seq = seq;
    return cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_delete(chinwag_client *client, const char *conversation, uint64_t seq)
{
    return request_message(client, CW_DELETE, conversation, seq);
}

int64_t chinwag_fetch_voice(chinwag_client *client, const char *conversation, uint64_t seq)
{
    return request_message(client, CW_FETCH_VOICE, conversation, seq);
}

int64_t chinwag_mark_played(chinwag_client *client, const char *conversation, uint64_t seq)
{
    return request_message(client, CW_MARK_PLAYED, conversation, seq);
}

int64_t chinwag_mark_read(chinwag_client *client, const char *conversation, uint64_t seq)
{
    return request_message(client, CW_MARK_READ, conversation, seq);
}

static int64_t request_reaction(chinwag_client *client, enum cw_action action,
                                const char *conversation, uint64_t seq, const char *emoji)
{
    struct cw_msg msg = cw_request_of(action);
    msg.seq = seq;
    int code = cw_take_string(emoji, &msg.emoji);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_react(chinwag_client *client, const char *conversation, uint64_t seq,
                      const char *emoji)
{
    return request_reaction(client, CW_REACT, conversation, seq, emoji);
}

int64_t chinwag_unreact(chinwag_client *client, const char *conversation, uint64_t seq,
                        const char *emoji)
{
    return request_reaction(client, CW_UNREACT, conversation, seq, emoji);
}

int64_t chinwag_received(chinwag_client *client, uint64_t id)
{
    struct cw_msg msg = cw_request_of(CW_RECEIVED);
    msg.message_id = id;
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_conversations(chinwag_client *client, const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_CONVERSATIONS);
    cw_take_page(&msg.extras, page);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_history(chinwag_client *client, const char *conversation,
                        const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_HISTORY);
    cw_take_page(&msg.extras, page);
    return cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_search(chinwag_client *client, const char *words, const char *conversation,
                       const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_SEARCH);
    cw_take_page(&msg.extras, page);
    if (conversation != NULL) {
        int code = cw_take_string(conversation, &msg.extras.conversation);
        if (code != 0)
            return code;
        msg.extras.map_present = true;
        msg.extras.present |= CW_BIT(CW_X_CONVERSATION);
    }
    return cw_request_string(client, &msg, &msg.query, words);
}

int chinwag_typing(chinwag_client *client, const char *conversation)
{
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE, .action = CW_TYPING};
    if (cw_take_string(conversation, &msg.conversation) != 0)
        return CHINWAG_BAD_ARGUMENT;
    return cw_client_update(client->core, &msg);
}

/* --- people ------------------------------------------------------------------------- */

static int64_t request_contact(chinwag_client *client, enum cw_action action, const char *contact)
{
    struct cw_msg msg = cw_request_of(action);
    return cw_request_string(client, &msg, &msg.contact, contact);
}

int64_t chinwag_contacts(chinwag_client *client)
{
    struct cw_msg msg = cw_request_of(CW_CONTACTS);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_remove_contact(chinwag_client *client, const char *contact)
{
    return request_contact(client, CW_REMOVE_CONTACT, contact);
}

int64_t chinwag_block(chinwag_client *client, const char *user)
{
    return request_contact(client, CW_BLOCK, user);
}

int64_t chinwag_unblock(chinwag_client *client, const char *user)
{
    return request_contact(client, CW_UNBLOCK, user);
}

int64_t chinwag_set_presence(chinwag_client *client, bool away)
{
    struct cw_msg msg = cw_request_of(CW_SET_PRESENCE);
    return cw_request_string(client, &msg, &msg.state, away ? "away" : "online");
}

/* --- groups ------------------------------------------------------------------------- */

static int64_t send_about_group(chinwag_client *client, struct cw_msg *msg, const char *group)
{
    return cw_request_string(client, msg, &msg->group_name, group);
}

static int64_t request_member(chinwag_client *client, struct cw_msg *msg, const char *group,
                              const char *member)
{
    int code = cw_take_string(member, &msg->member);
    return code != 0 ? code : send_about_group(client, msg, group);
}

int64_t chinwag_groups(chinwag_client *client)
{
    struct cw_msg msg = cw_request_of(CW_GROUPS);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_members(chinwag_client *client, const char *group, const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_MEMBERS);
    cw_take_page(&msg.extras, page);
    return send_about_group(client, &msg, group);
}

static int64_t request_pin(chinwag_client *client, enum cw_action action, const char *group,
                           uint64_t seq)
{
    struct cw_msg msg = cw_request_of(action);
    msg.seq = seq;
    return send_about_group(client, &msg, group);
}

int64_t chinwag_pin_message(chinwag_client *client, const char *group, uint64_t seq)
{
    return request_pin(client, CW_PIN, group, seq);
}

int64_t chinwag_unpin_message(chinwag_client *client, const char *group, uint64_t seq)
{
    return request_pin(client, CW_UNPIN, group, seq);
}

int64_t chinwag_pins(chinwag_client *client, const char *group, const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_PINS);
    cw_take_page(&msg.extras, page);
    return send_about_group(client, &msg, group);
}

int64_t chinwag_leave_group(chinwag_client *client, const char *group)
{
    struct cw_msg msg = cw_request_of(CW_LEAVE_GROUP);
    return send_about_group(client, &msg, group);
}

int64_t chinwag_set_role(chinwag_client *client, const char *group, const char *member,
                         const char *role)
{
    struct cw_msg msg = cw_request_of(CW_SET_ROLE);
    int code = cw_take_string(role, &msg.role);
    return code != 0 ? code : request_member(client, &msg, group, member);
}

int64_t chinwag_kick(chinwag_client *client, const char *group, const char *member)
{
    struct cw_msg msg = cw_request_of(CW_KICK);
    return request_member(client, &msg, group, member);
}

int64_t chinwag_ban(chinwag_client *client, const char *group, const char *member)
{
    struct cw_msg msg = cw_request_of(CW_BAN);
    return request_member(client, &msg, group, member);
}

int64_t chinwag_unban(chinwag_client *client, const char *group, const char *member)
{
    struct cw_msg msg = cw_request_of(CW_UNBAN);
    return request_member(client, &msg, group, member);
}

int64_t chinwag_mute(chinwag_client *client, const char *group, const char *member,
                     uint64_t seconds)
{
    struct cw_msg msg = cw_request_of(CW_MUTE);
    msg.seconds = seconds;
    return request_member(client, &msg, group, member);
}

int64_t chinwag_set_topic(chinwag_client *client, const char *group, const char *topic)
{
    struct cw_msg msg = cw_request_of(CW_SET_TOPIC);
    int code = cw_take_string(topic, &msg.topic);
    return code != 0 ? code : send_about_group(client, &msg, group);
}

int64_t chinwag_set_access(chinwag_client *client, const char *group, bool by_invitation)
{
    struct cw_msg msg = cw_request_of(CW_SET_ACCESS);
    msg.access = cw_slice_str(by_invitation ? "invited" : "open");
    return send_about_group(client, &msg, group);
}

int64_t chinwag_set_retention(chinwag_client *client, const char *group, uint64_t days,
                              uint64_t messages)
{
    struct cw_msg msg = cw_request_of(CW_SET_RETENTION);
    msg.days = days;
    msg.kept = messages;
    return send_about_group(client, &msg, group);
}

int64_t chinwag_invite(chinwag_client *client, const char *group, uint64_t seconds, uint64_t uses)
{
    struct cw_msg msg = cw_request_of(group == NULL ? CW_INVITE_USER : CW_INVITE);
    set_number(&msg.extras, CW_X_EXPIRES, &msg.extras.expires, seconds);
    set_number(&msg.extras, CW_X_USES, &msg.extras.uses, uses);
    return group == NULL ? cw_client_request(client->core, &msg)
                         : send_about_group(client, &msg, group);
}

int64_t chinwag_invitations(chinwag_client *client, const char *group)
{
    struct cw_msg msg = cw_request_of(CW_INVITATIONS);
    if (group == NULL)
        return cw_client_request(client->core, &msg);
    msg.extras.map_present = true;
    msg.extras.present |= CW_BIT(CW_X_GROUP);
    return cw_request_string(client, &msg, &msg.extras.group, group);
}

int64_t chinwag_withdraw_invitation(chinwag_client *client, uint64_t id)
{
    struct cw_msg msg = cw_request_of(CW_WITHDRAW_INVITATION);
    msg.invitation_id = id;
    return cw_client_request(client->core, &msg);
}

/* --- the account ---------------------------------------------------------------------- */

int64_t chinwag_change_password(chinwag_client *client, const char *password,
                                const char *new_password)
{
    struct cw_msg msg = cw_request_of(CW_CHANGE_PASSWORD);
    int code = cw_take_string(new_password, &msg.new_password);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.password, password);
}

int64_t chinwag_settings(chinwag_client *client)
{
    struct cw_msg msg = cw_request_of(CW_SETTINGS);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_set_receipts(chinwag_client *client, bool receipts)
{
    struct cw_msg msg = cw_request_of(CW_SETTINGS);
    msg.extras.map_present = true;
    msg.extras.present |= CW_BIT(CW_X_RECEIPTS);
    msg.extras.receipts = receipts;
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_notify(chinwag_client *client, const char *conversation, const char *level)
{
    struct cw_msg msg = cw_request_of(CW_NOTIFY);
    int code = level == NULL ? 0 : cw_take_string(level, &msg.level);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_silence(chinwag_client *client, const char *conversation, uint64_t until)
{
    struct cw_msg msg = cw_request_of(CW_NOTIFY);
    msg.extras.map_present = true;
    msg.extras.present |= CW_BIT(CW_X_UNTIL);
    msg.extras.until = until;
    return cw_request_string(client, &msg, &msg.conversation, conversation);
}

int64_t chinwag_quiet_hours(chinwag_client *client, const char *hours)
{
    struct cw_msg msg = cw_request_of(CW_QUIET_HOURS);
    return cw_request_string(client, &msg, &msg.hours, hours == NULL ? "" : hours);
}

int64_t chinwag_mentions(chinwag_client *client, const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(CW_MENTIONS);
    cw_take_page(&msg.extras, page);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_sessions(chinwag_client *client)
{
    struct cw_msg msg = cw_request_of(CW_SESSIONS);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_revoke_session(chinwag_client *client, uint64_t session)
{
    struct cw_msg msg = cw_request_of(CW_REVOKE_SESSION);
    msg.session = session;
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_rename_session(chinwag_client *client, uint64_t session, const char *name)
{
    struct cw_msg msg = cw_request_of(CW_RENAME_SESSION);
    msg.session = session;
    return cw_request_string(client, &msg, &msg.device, name);
}
