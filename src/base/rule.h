/* rule.h - the rules for which requests are refused (rules.def), and what a refusal says of them.
 *
 * The decoder, the text room, the core and the server's workers find that a rule is broken; the
 * core's answer tells it, as an identifier for programs and as a sentence for people. */
#ifndef CW_BASE_RULE_H
#define CW_BASE_RULE_H

#include <stdint.h>

#include "base/slice.h"

enum cw_rule {
    CW_RULE_NONE,
#define CW_RULE(name, code, identifier, parameters, text) CW_RULE_##name,
#include "base/rules.def"
#undef CW_RULE
    CW_RULE_COUNT
};

/* Which keys of the map come with a rule. */
enum cw_rule_parameters {
    CW_RULE_NOTHING = 0,
    CW_RULE_FIELD = 1,
    CW_RULE_LIMIT = 2,
    CW_RULE_FIELD_LIMIT = CW_RULE_FIELD | CW_RULE_LIMIT,
    CW_RULE_UNTIL = 4,
    CW_RULE_USER = 8,
    CW_RULE_GROUP = 16,
    CW_RULE_WHY = 32,
    CW_RULE_UNTIL_WHY = CW_RULE_UNTIL | CW_RULE_WHY
};

/* Where a field stands that breaks a rule. */
enum cw_rule_place { CW_RULE_IN_MESSAGE, CW_RULE_IN_MAP, CW_RULE_IN_ENTRY };

/* A broken rule of a message; zeroed: none. */
struct cw_fault {
    uint8_t rule;      /* enum cw_rule */
    uint8_t place;     /* enum cw_rule_place */
    uint64_t limit;    /* with CW_RULE_LIMIT */
    const char *field; /* with CW_RULE_FIELD: its name, static */
};

/* The response code, 0 for CW_RULE_NONE; the identifier, NULL for it; the parameters. */
int cw_rule_code(enum cw_rule rule);
const char *cw_rule_identifier(enum cw_rule rule);
enum cw_rule_parameters cw_rule_parameters(enum cw_rule rule);

/* The sentence for people, without a zero; returns its length. `until_ms` (UTC, rounded up to a
 * minute) and `name` (empty: unknown) are for rules with those parameters. */
#define CW_RULE_TEXT_MAX 512
size_t cw_rule_text(const struct cw_fault *fault, uint64_t until_ms, struct cw_slice name,
                    char text[CW_RULE_TEXT_MAX]);

#endif
