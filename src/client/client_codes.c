/* client_codes.c - the names and texts of codes: those of the protocol, and those that
 * libchinwag adds. */
#include <string.h>

#include "base/codes.h"
#include "base/rule.h"
#include "chinwag/chinwag.h"

struct own_code {
    int code;
    const char *name;
    const char *text;
};

static const struct own_code own_codes[] = {
    {CHINWAG_UNANSWERED, "UNANSWERED",
     "the connection broke before the answer: it may be done or not"},
    {CHINWAG_NO_SESSION, "NO_SESSION", "not sent: nobody is logged in"},
    {CHINWAG_OUTBOX_FULL, "OUTBOX_FULL", "not sent: too many requests wait already"},
    {CHINWAG_BAD_ARGUMENT, "BAD_ARGUMENT",
     "not sent: an argument is missing, out of range, or not UTF-8"},
    {CHINWAG_TOO_LONG, "TOO_LONG", "not sent: longer than a message may be"},
    {CHINWAG_KEY_NEEDED, "KEY_NEEDED",
     "not connected: nothing is sent unencrypted to another machine, and the server's key is not "
     "known"},
    {CHINWAG_NOT_VERIFIED, "NOT_VERIFIED",
     "not connected: the server did not prove that it is the right one"},
    {CHINWAG_NO_MEMORY, "NO_MEMORY", "this computer has no memory left"},
};

static const struct own_code *find_own(int code)
{
    for (size_t i = 0; i < sizeof own_codes / sizeof own_codes[0]; i++)
        if (own_codes[i].code == code)
            return &own_codes[i];
    return NULL;
}

#define CW_RULE(name, code, identifier, parameters, text)                                          \
    _Static_assert((int)CHINWAG_RULE_##name == (int)CW_RULE_##name, "as tools/rules has made it");
#include "base/rules.def"
#undef CW_RULE

enum chinwag_rule chinwag_rule_named(const char *rule)
{
    for (int i = 1; rule != NULL && i < CW_RULE_COUNT; i++)
        if (strcmp(cw_rule_identifier((enum cw_rule)i), rule) == 0)
            return (enum chinwag_rule)i;
    return CHINWAG_RULE_UNKNOWN;
}

const char *chinwag_code_name(int code)
{
    const struct own_code *own = find_own(code);
    return own != NULL ? own->name : cw_code_name(code);
}

const char *chinwag_code_text(int code)
{
    const struct own_code *own = find_own(code);
    return own != NULL ? own->text : cw_code_text(code);
}
