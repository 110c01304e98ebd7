/* store_options.c - see store_options.h. */
#include "server/store_options.h"

static enum cw_inviters inviters_of(enum cw_invite_by invite_by)
{
    static const enum cw_inviters inviters[] = {[CW_INVITE_BY_EVERYONE] = CW_INVITERS_ALL,
                                                [CW_INVITE_BY_ADMINS] = CW_INVITERS_ADMINS,
                                                [CW_INVITE_BY_NOBODY] = CW_INVITERS_NONE,
                                                [CW_INVITE_BY_FIRST] = CW_INVITERS_ADMINS};
    return inviters[invite_by];
}

/* Where nobody else can come, whoever comes first is the operator. */
static bool first_is_admin(const struct cw_config *config)
{
    return cw_config_is_plain_loopback(config) &&
           cw_config_registration(config) == CW_REGISTRATION_OPEN;
}

struct cw_store_options cw_store_options_of(const struct cw_config *config)
{
    return (struct cw_store_options){
        .session_idle_ms = (uint64_t)config->session_idle_days * 24 * 3600 * 1000,
        .sessions_per_user = config->sessions_per_user,
        .quota = (uint64_t)config->quota_mib * 1024 * 1024,
        .node = config->node,
        .uploads = (uint64_t)config->uploads_mib * 1024 * 1024,
        .inviters = inviters_of(config->invite_by),
        .first_is_admin = first_is_admin(config),
        .invitations_per_user = config->invitations_per_user,
        .retain = {.days = config->keep_days, .count = config->keep_messages}};
}
