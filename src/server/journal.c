/* journal.c - see journal.h. */
#include "server/journal.h"

#include <stdio.h>

#include "base/codes.h"
#include "server/log.h"
#include "wire/msg.h"

/* NULL: not logged. */
static const char *outcome(int action, int code)
{
    switch (code) {
    case CW_SUCCESS:
        return "accepted";
    case CW_USER_WRONG_PASSWORD:
        return "refused: wrong password";
    case CW_USER_CODE_MISSING:
        return "refused: no code of the second factor";
    case CW_USER_DOES_NOT_EXIST:
        return "refused: no such user";
    case CW_RATE_LIMITED:
        return "refused: too many tries";
    case CW_FORBIDDEN:
        return action == CW_REGISTER        ? "refused: not invited"
               : action == CW_LOGIN_BY_LINK ? "refused: the link is not good"
                                            : "refused: not by a device password";
    case CW_USER_ALREADY_EXIST:
        return "refused: name taken";
    case CW_UNAVAILABLE:
        return "refused: the server has no room for it now";
    default:
        return NULL;
    }
}

static const char *act_of(int action)
{
    switch (action) {
    case CW_LOGIN:
        return "login";
    case CW_LOGIN_BY_LINK:
        return "login by a link";
    case CW_REGISTER:
        return "registration";
    case CW_DELETE_ACCOUNT:
        return "deletion of the account";
    case CW_EXPORT:
        return "export";
    default:
        return "password change";
    }
}

void cw_journal_note(const char *host, int action, int code, struct cw_slice name, uint64_t request)
{
    char what[96], quoted[CW_LOG_QUOTED_MAX];
    const char *how = outcome(action, code);
    if (how == NULL)
        return;
    snprintf(what, sizeof what, "%s %s", act_of(action), how);
    cw_log_quote(name, quoted);
    cw_log_peer(host, what, quoted, request);
}

void cw_journal_closed(const char *host, const char *reason)
{
    char what[128];
    snprintf(what, sizeof what, "closed: %s", reason);
    cw_log_peer(host, what, "", 0);
}
