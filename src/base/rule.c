/* rule.c - see rule.h. */
#include "base/rule.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/codes.h"
#include "base/limits.h"

static const struct {
    int code;
    enum cw_rule_parameters parameters;
    const char *identifier, *text;
} rules[CW_RULE_COUNT] = {
#define CW_RULE(name, code, identifier, parameters, text)                                          \
    [CW_RULE_##name] = {CW_##code, CW_RULE_##parameters, identifier, text},
#include "base/rules.def"
#undef CW_RULE
};
_Static_assert(CW_RULE_COUNT <= UINT8_MAX, "as struct cw_fault has it");
_Static_assert(CW_PASSWORD_MIN == 8 && CW_PASSWORD_MAX == 256 && CW_VOICE_CHANNELS_MAX == 2 &&
                   CW_VOICE_RATE_MIN == 8000 && CW_VOICE_RATE_MAX == 48000 && CW_NAME_MAX == 64 && CW_NAME_MARKS_MAX == 3,
               "as the texts say");

int cw_rule_code(enum cw_rule rule)
{
    return rules[rule].code;
}

const char *cw_rule_identifier(enum cw_rule rule)
{
    return rules[rule].identifier;
}

enum cw_rule_parameters cw_rule_parameters(enum cw_rule rule)
{
    return rules[rule].parameters;
}

/* --- the text ----------------------------------------------------------------------------- */

/* Gregorian, from days since 1970: years begin in March, so that the leap day ends one. */
static struct cw_slice put_date(uint64_t time_ms, char text[CW_RULE_TEXT_MAX])
{
    uint64_t minutes = time_ms / 60000, days = minutes / 1440 + 719468;
    uint64_t era_day = days % 146097;
    uint64_t year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    uint64_t day = era_day - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    year += days / 146097 * 400 + (month >= 10);
    snprintf(text, CW_RULE_TEXT_MAX, "%04u-%02u-%02u %02u:%02u UTC", (unsigned)year % 10000,
             (unsigned)(month < 10 ? month + 3 : month - 9), (unsigned)day + 1,
             (unsigned)(minutes / 60 % 24), (unsigned)(minutes % 60));
    return cw_slice_str(text);
}

/* 1000000000 as "1,000,000,000" */
static struct cw_slice put_number(uint64_t number, char text[CW_RULE_TEXT_MAX])
{
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), n = 0;
    for (size_t i = 0; i < count; i++) {
        if (i != 0 && (count - i) % 3 == 0)
            text[n++] = ',';
        text[n++] = digits[i];
    }
    return cw_slice_of(text, n);
}

static struct cw_slice put_field(const struct cw_fault *fault, char text[CW_RULE_TEXT_MAX])
{
    static const char *const where[] = {[CW_RULE_IN_MESSAGE] = "",
                                        [CW_RULE_IN_MAP] = " in the map",
                                        [CW_RULE_IN_ENTRY] = " in an entry"};
    snprintf(text, CW_RULE_TEXT_MAX, "`%s`%s", fault->field, where[fault->place]);
    return cw_slice_str(text);
}

size_t cw_rule_text(const struct cw_fault *fault, uint64_t until_ms, struct cw_slice name,
                    char text[CW_RULE_TEXT_MAX])
{
    size_t n = 0;
    assert(fault->rule != CW_RULE_NONE && fault->rule < CW_RULE_COUNT);
    for (const char *p = rules[fault->rule].text; *p != 0;) {
        char made[CW_RULE_TEXT_MAX];
        struct cw_slice part = cw_slice_of(p, 1);
        if (*p == '{')
            part = p[1] == 'f'   ? put_field(fault, made)
                   : p[1] == 'l' ? put_number(fault->limit, made)
                   : p[1] == 'u' ? put_date(until_ms + 59999, made)
                 : name.n != 0 ? name
                               : cw_slice_str("somebody");
        p = *p == '{' ? strchr(p, '}') + 1 : p + 1;
        size_t room = CW_RULE_TEXT_MAX - n;
        memcpy(text + n, part.p, part.n < room ? part.n : room);
        n += part.n < room ? part.n : room;
    }
    return n;
}
