/* client_factor.c - the public requests about the second factor, device passwords, links by which a
 * new device logs in, and others that want the password and a code. */
#include "client/client_arguments.h"

/* The code, if there is one, and the map in which it goes. */
static int take_code(const char *code, struct cw_extras *extras)
{
    extras->map_present = true;
    if (code == NULL)
        return 0;
    extras->present |= CW_BIT(CW_X_CODE);
    return cw_take_string(code, &extras->code);
}

/* The message is a request that begins with the password, and has a code where one is needed. */
static int64_t ask_proven(chinwag_client *client, struct cw_msg *msg, const char *password,
                          const char *code)
{
    int wrong = take_code(code, &msg->extras);
    return wrong != 0 ? wrong : cw_request_string(client, msg, &msg->password, password);
}

static int64_t request_proven(chinwag_client *client, enum cw_action action, const char *password,
                              const char *code, const char *device)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = action};
    int wrong = 0;
    if (wrong == 0 && device != NULL)
        wrong = cw_take_string(device, &msg.device);
    return wrong != 0 ? wrong : ask_proven(client, &msg, password, code);
}

int64_t chinwag_login_with_code(chinwag_client *client, const char *username, const char *password,
                                const char *code)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_LOGIN};
    int wrong = take_code(code, &msg.extras);
    if (wrong == 0)
        wrong = cw_take_string(password, &msg.password);
    return wrong != 0 ? wrong : cw_request_string(client, &msg, &msg.username, username);
}

int64_t chinwag_second_factor(chinwag_client *client)
{
    return cw_client_request(client->core,
                             &(struct cw_msg){.kind = CW_REQUEST, .action = CW_SECOND_FACTOR});
}

int64_t chinwag_begin_totp(chinwag_client *client, const char *password)
{
    return request_proven(client, CW_BEGIN_TOTP, password, NULL, NULL);
}

int64_t chinwag_confirm_totp(chinwag_client *client, const char *digits)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_CONFIRM_TOTP};
    return cw_request_string(client, &msg, &msg.digits, digits);
}

int64_t chinwag_end_totp(chinwag_client *client, const char *password, const char *code)
{
    return request_proven(client, CW_END_TOTP, password, code, NULL);
}

int64_t chinwag_renew_codes(chinwag_client *client, const char *password, const char *code)
{
    return request_proven(client, CW_RENEW_CODES, password, code, NULL);
}

int64_t chinwag_device_passwords(chinwag_client *client)
{
    return cw_client_request(client->core,
                             &(struct cw_msg){.kind = CW_REQUEST, .action = CW_DEVICE_PASSWORDS});
}

int64_t chinwag_add_device_password(chinwag_client *client, const char *name, const char *password,
                                    const char *code)
{
    if (name == NULL)
        return CHINWAG_BAD_ARGUMENT;
    return request_proven(client, CW_ADD_DEVICE_PASSWORD, password, code, name);
}

int64_t chinwag_remove_device_password(chinwag_client *client, const char *name)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_REMOVE_DEVICE_PASSWORD};
    return cw_request_string(client, &msg, &msg.device, name);
}

int64_t chinwag_make_link(chinwag_client *client, const char *password, const char *code)
{
    return request_proven(client, CW_MAKE_LINK, password, code, NULL);
}

int64_t chinwag_confirm_link(chinwag_client *client, const char *digits)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_CONFIRM_LINK};
    return cw_request_string(client, &msg, &msg.digits, digits);
}

int64_t chinwag_login_by_link(chinwag_client *client, const char *link, const char *digits)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_LOGIN_BY_LINK};
    int wrong = cw_take_string(digits, &msg.digits);
    return wrong != 0 ? wrong : cw_request_string(client, &msg, &msg.link, link);
}

int64_t chinwag_delete_account(chinwag_client *client, const char *password, const char *code,
                               bool with_messages)
{
    struct cw_msg msg = {.kind = CW_REQUEST, .action = CW_DELETE_ACCOUNT};
    msg.extent = cw_slice_str(with_messages ? "messages" : "account");
    return ask_proven(client, &msg, password, code);
}

int64_t chinwag_export(chinwag_client *client, const char *password, const char *code)
{
    return request_proven(client, CW_EXPORT, password, code, NULL);
}
