/* client_arrange.c - the public requests of administrators, and those that say what is written in a
 * group. */
#include "client/client_arguments.h"

int64_t chinwag_create_talk(chinwag_client *client, const char *members)
{
    struct cw_msg msg = cw_request_of(CW_CREATE_TALK);
    return cw_request_string(client, &msg, &msg.members, members);
}

int64_t chinwag_set_writers(chinwag_client *client, const char *group, bool only_moderators)
{
    struct cw_msg msg = cw_request_of(CW_SET_WRITERS);
    msg.writers = cw_slice_str(only_moderators ? "moderators" : "all");
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_set_here(chinwag_client *client, const char *group, const char *who)
{
    struct cw_msg msg = cw_request_of(CW_SET_HERE);
    int wrong = cw_take_string(who, &msg.here);
    return wrong != 0 ? wrong : cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_set_slow_mode(chinwag_client *client, const char *group, uint64_t seconds)
{
    struct cw_msg msg = cw_request_of(CW_SET_SLOW_MODE);
    msg.seconds = seconds;
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_set_versions(chinwag_client *client, const char *group, uint64_t days)
{
    struct cw_msg msg = cw_request_of(CW_SET_VERSIONS);
    msg.days = days;
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_versions(chinwag_client *client, const char *group, uint64_t seq)
{
    struct cw_msg msg = cw_request_of(CW_VERSIONS);
    msg.seq = seq;
    return cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_set_up(chinwag_client *client, const char *setup)
{
    struct cw_msg msg = cw_request_of(CW_SET_UP);
    return cw_request_string(client, &msg, &msg.invitation, setup);
}

int64_t chinwag_set_admin(chinwag_client *client, const char *user, bool admin)
{
    struct cw_msg msg = cw_request_of(CW_SET_ADMIN);
    msg.role = cw_slice_str(admin ? "admin" : "user");
    return cw_request_string(client, &msg, &msg.member, user);
}

int64_t chinwag_place_group(chinwag_client *client, const char *group, const char *heading,
                            uint64_t place)
{
    struct cw_msg msg = cw_request_of(CW_PLACE_GROUP);
    msg.place = place;
    int code = cw_take_string(heading, &msg.heading);
    return code != 0 ? code : cw_request_string(client, &msg, &msg.group_name, group);
}

int64_t chinwag_set_heading(chinwag_client *client, const char *heading, uint64_t place)
{
    struct cw_msg msg = cw_request_of(CW_SET_HEADING);
    msg.place = place;
    return cw_request_string(client, &msg, &msg.heading, heading);
}

int64_t chinwag_set_newcomers(chinwag_client *client, const char *group, bool join)
{
    struct cw_msg msg = cw_request_of(CW_SET_NEWCOMERS);
    msg.newcomers = join;
    return cw_request_string(client, &msg, &msg.group_name, group);
}
