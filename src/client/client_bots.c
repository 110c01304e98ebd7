/* client_bots.c - the public requests about bots and hooks. client_requests.c has the other
 * requests beyond protocol v1. */
#include "client/client_arguments.h"

static int64_t request_bot(chinwag_client *client, enum cw_action action, const char *bot)
{
    struct cw_msg msg = cw_request_of(action);
    return cw_request_string(client, &msg, &msg.bot, bot);
}

static int64_t request_there(chinwag_client *client, enum cw_action action, const char *group,
                             const char *bot)
{
    struct cw_msg msg = cw_request_of(action);
    int code = cw_take_string(group, &msg.group_name);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.bot, bot);
}

int64_t chinwag_create_bot(chinwag_client *client, const char *name)
{
    return request_bot(client, CW_CREATE_BOT, name);
}

int64_t chinwag_renew_bot(chinwag_client *client, const char *name)
{
    return request_bot(client, CW_RENEW_BOT, name);
}

int64_t chinwag_delete_bot(chinwag_client *client, const char *name)
{
    return request_bot(client, CW_DELETE_BOT, name);
}

int64_t chinwag_bots(chinwag_client *client)
{
    struct cw_msg msg = cw_request_of(CW_BOTS);
    return cw_client_request(client->core, &msg);
}

int64_t chinwag_add_bot(chinwag_client *client, const char *group, const char *bot)
{
    return request_there(client, CW_ADD_BOT, group, bot);
}

int64_t chinwag_create_hook(chinwag_client *client, const char *group, const char *bot)
{
    return request_there(client, CW_CREATE_HOOK, group, bot);
}

int64_t chinwag_hooks(chinwag_client *client, const char *group)
{
    struct cw_msg msg = cw_request_of(CW_HOOKS);
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_remove_hook(chinwag_client *client, uint64_t id)
{
    struct cw_msg msg = cw_request_of(CW_REMOVE_HOOK);
    msg.hook_id = id;
    return cw_client_request(client->core, &msg);
}
