/* client_profile.c - the public requests about profiles and directories. client_requests.c has the
 * other requests beyond protocol v1. */
#include "client/client_arguments.h"

int64_t chinwag_set_profile(chinwag_client *client, const char *item, const char *value,
                            uint64_t until_ms)
{
    struct cw_msg msg = cw_request_of(CW_SET_PROFILE);
    int code = cw_take_string(item, &msg.item);
    if (code != 0)
        return code;
    if (until_ms != 0) {
        msg.extras.map_present = true;
        msg.extras.present = CW_BIT(CW_X_UNTIL);
        msg.extras.until = until_ms;
    }
    return cw_request_string(client, &msg, &msg.value, value);
}

int64_t chinwag_profile(chinwag_client *client, const char *user)
{
    struct cw_msg msg = cw_request_of(CW_PROFILE);
    return cw_request_string(client, &msg, &msg.person, user);
}

/* --- directories ------------------------------------------------------------------------ */

static int64_t request_directory(chinwag_client *client, enum cw_action action, const char *words,
                                 const struct chinwag_page *page)
{
    struct cw_msg msg = cw_request_of(action);
    if (page != NULL && page->after != 0) {
        msg.extras.map_present = true;
        msg.extras.present |= CW_BIT(CW_X_AFTER);
        msg.extras.after = page->after;
    }
    if (page != NULL && page->limit != 0) {
        msg.extras.map_present = true;
        msg.extras.present |= CW_BIT(CW_X_LIMIT);
        msg.extras.limit = page->limit;
    }
    return cw_request_string(client, &msg, &msg.query, words == NULL ? "" : words);
}

int64_t chinwag_directory(chinwag_client *client, const char *words,
                          const struct chinwag_page *page)
{
    return request_directory(client, CW_DIRECTORY, words, page);
}

int64_t chinwag_people(chinwag_client *client, const char *words, const struct chinwag_page *page)
{
    return request_directory(client, CW_PEOPLE, words, page);
}

int64_t chinwag_set_unlisted(chinwag_client *client, const char *group)
{
    struct cw_msg msg = cw_request_of(CW_SET_ACCESS);
    msg.access = cw_slice_str("unlisted");
    return cw_request_string(client, &msg, &msg.group_name, group);
}
