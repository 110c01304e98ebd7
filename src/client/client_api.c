/* client_api.c - the public requests of protocol v1: this checks their arguments, as far as the
 * server could not answer them properly, and makes a struct cw_msg of them. */
#include "base/limits.h"
#include "base/utf8.h"
#include "client/client_arguments.h"

/* The enum of the public header is written by hand so that the header needs no other; this keeps it
 * equal to the table. */
#define CW_CODE(name, value, text)                                                                 \
    _Static_assert((int)CHINWAG_##name == (value), "chinwag.h differs from codes.def");
#include "base/codes.def"
#undef CW_CODE

/* The same for the features. */
_Static_assert((int)CHINWAG_FEATURE_EDITS == (int)CW_FEATURE_EDITS &&
                   (int)CHINWAG_FEATURE_READ == (int)CW_FEATURE_READ &&
                   (int)CHINWAG_FEATURE_PRESENCE == (int)CW_FEATURE_PRESENCE &&
                   (int)CHINWAG_FEATURE_TYPING == (int)CW_FEATURE_TYPING &&
                   (int)CHINWAG_FEATURE_GROUPS == (int)CW_FEATURE_GROUPS &&
                   (int)CHINWAG_FEATURE_OPUS == (int)CW_FEATURE_OPUS &&
                   (int)CHINWAG_FEATURE_SPEAKING == (int)CW_FEATURE_SPEAKING &&
                   (int)CHINWAG_FEATURE_RECEIVED == (int)CW_FEATURE_RECEIVED &&
                   (int)CHINWAG_FEATURE_REACTIONS == (int)CW_FEATURE_REACTIONS &&
                   (int)CHINWAG_FEATURE_CALLS == (int)CW_FEATURE_CALLS &&
                   (int)CHINWAG_FEATURE_PROFILES == (int)CW_FEATURE_PROFILES &&
                   (int)CHINWAG_FEATURE_UDP == (int)CW_FEATURE_UDP &&
                   (int)CHINWAG_FEATURE_OWN == (int)CW_FEATURE_OWN,
               "chinwag.h differs from msg.h");

const char *chinwag_version(void)
{
    return CW_VERSION;
}

/* --- arguments ---------------------------------------------------------------------- */

int cw_take_string(const char *string, struct cw_slice *slice)
{
    if (string == NULL)
        return CHINWAG_BAD_ARGUMENT;
    *slice = cw_slice_str(string);
    if (slice->n > CW_CLIENT_STRING_MAX)
        return CHINWAG_TOO_LONG;
    return cw_utf8_valid(*slice) ? 0 : CHINWAG_BAD_ARGUMENT;
}

int cw_take_content(const char *content, size_t length, struct cw_slice *slice)
{
    if (content == NULL && length != 0)
        return CHINWAG_BAD_ARGUMENT;
    *slice = cw_slice_of(content, length);
    if (length > CW_CONTENT_BYTES_MAX)
        return CHINWAG_TOO_LONG;
    if (!cw_utf8_valid(*slice))
        return CHINWAG_BAD_ARGUMENT;
    return cw_utf8_count(*slice) > CW_CONTENT_CODE_POINTS_MAX ? CHINWAG_TOO_LONG : 0;
}

int64_t cw_request_string(chinwag_client *client, const struct cw_msg *msg, struct cw_slice *place,
                          const char *string)
{
    int code = cw_take_string(string, place);
    return code != 0 ? code : cw_client_request(client->core, msg);
}

int64_t cw_request_text(chinwag_client *client, struct cw_msg *msg, const char *conversation,
                        const char *content, size_t length)
{
    bool group = conversation != NULL && conversation[0] == '#';
    int code = cw_take_content(content, length, &msg->content);
    if (code != 0)
        return code;
    msg->kind = CW_REQUEST;
    msg->action = group ? CW_MSG_GROUP : CW_WHISPER;
    if (group)
        return cw_request_string(client, msg, &msg->group_name, conversation + 1);
    return cw_request_string(client, msg, &msg->recipient, conversation);
}

static int64_t register_with(chinwag_client *client, struct cw_msg *msg, const char *username,
                             const char *password)
{
    msg->kind = CW_REQUEST;
    msg->action = CW_REGISTER;
    msg->extras.map_present = true; /* so that a refusal says why */
    int code = cw_take_string(password, &msg->password);
    return code != 0 ? code : cw_request_string(client, msg, &msg->username, username);
}

/* Takes an optional invitation. */
static int take_invitation(const char *invitation, struct cw_extras *extras)
{
    if (invitation == NULL)
        return 0;
    extras->map_present = true;
    extras->present |= CW_BIT(CW_X_INVITATION);
    return cw_take_string(invitation, &extras->invitation);
}

/* --- requests ----------------------------------------------------------------------- */

int64_t chinwag_register(chinwag_client *client, const char *username, const char *password,
                         const char *invitation)
{
    struct cw_msg msg = {0};
    int code = take_invitation(invitation, &msg.extras);
    return code != 0 ? code : register_with(client, &msg, username, password);
}

int64_t chinwag_register_admin(chinwag_client *client, const char *username, const char *password,
                               const char *setup)
{
    struct cw_msg msg = {.extras.present = CW_BIT(CW_X_SETUP)};
    int code = cw_take_string(setup, &msg.extras.setup);
    return code != 0 ? code : register_with(client, &msg, username, password);
}

int64_t chinwag_login(chinwag_client *client, const char *username, const char *password)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_LOGIN};
    int code = cw_take_string(password, &msg.password);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.username, username);
}

int64_t chinwag_attach(chinwag_client *client, const char *username, const char *token)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_ATTACH};
    if (token == NULL || token[0] == 0)
        return CHINWAG_BAD_ARGUMENT;
    int code = cw_take_string(token, &msg.token);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.username, username);
}

int64_t chinwag_logout(chinwag_client *client)
{
    return cw_client_request(client->core,
                             &(struct cw_msg){.kind = CW_REQUEST, .action = CW_LOGOUT});
}

int64_t chinwag_add_contact(chinwag_client *client, const char *contact)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_ADD_CONTACT};
    return cw_request_string(client, &msg, &msg.contact, contact);
}

int64_t chinwag_whisper(chinwag_client *client, const char *recipient, const char *content,
                        size_t length)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_WHISPER};
    int code = cw_take_content(content, length, &msg.content);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.recipient, recipient);
}

static int64_t client_api_request_group(chinwag_client *client, enum cw_action action,
                                        const char *group)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = action};
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_create_group(chinwag_client *client, const char *group)
{
    return client_api_request_group(client, CW_CREATE_GROUP, group);
}

int64_t chinwag_join_group(chinwag_client *client, const char *group, const char *invitation)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_JOIN_GROUP};
    int code = take_invitation(invitation, &msg.extras);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_msg_group(chinwag_client *client, const char *group, const char *content,
                          size_t length)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_MSG_GROUP};
    int code = cw_take_content(content, length, &msg.content);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_join_call(chinwag_client *client, const char *group)
{
    return client_api_request_group(client, CW_JOIN_CALL, group);
}

int64_t chinwag_join_call_echo(chinwag_client *client, const char *group)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_JOIN_CALL};
    msg.extras.map_present = true;
    msg.extras.present = CW_BIT(CW_X_ECHO);
    msg.extras.echo = 1;
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_leave_call(chinwag_client *client)
{
    return cw_client_request(client->core,
                             &(struct cw_msg){.kind = CW_REQUEST, .action = CW_LEAVE_CALL});
}

int64_t chinwag_refuse_call(chinwag_client *client, const char *user)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_REFUSE_CALL};
    return cw_request_string(client, &msg, &msg.conversation, user);
}

int64_t chinwag_rejoin_call(chinwag_client *client, const char *user)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_JOIN_CALL};
    msg.extras.map_present = true;
    msg.extras.present = CW_BIT(CW_X_CALL);
    msg.extras.call = cw_slice_str("join");
    return cw_request_string(client, &msg, &msg.group_name, user);
}
