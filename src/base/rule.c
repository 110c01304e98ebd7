/* rule.c - see rule.h. */
#include "base/rule.h"

#include <assert.h>

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
                   CW_VOICE_RATE_MIN == 8000 && CW_VOICE_RATE_MAX == 48000 && CW_NAME_MAX == 64 &&
                   CW_NAME_MARKS_MAX == 3 && CW_EMOJI_JOINED_MAX == 4 && CW_SHA256_N == 32 &&
                   CW_FILE_NAME_MAX == 255,
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

/* Text that is being made; what does not fit is left out. */
struct line {
    char *text;
    size_t n;
};

static void add(struct line *line, struct cw_slice part)
{
    size_t room = CW_RULE_TEXT_MAX - line->n, n = part.n < room ? part.n : room;
    memcpy(line->text + line->n, part.p, n);
    line->n += n;
}

static void add_string(struct line *line, const char *part)
{
    add(line, cw_slice_str(part));
}

/* At least so many digits; `grouped`: 1000000 as "1,000,000". */
static void add_number(struct line *line, uint64_t number, size_t least, bool grouped)
{
    char digits[32];
    size_t n = sizeof digits, count = 0;
    while (number != 0 || count < least) {
        if (grouped && count != 0 && count % 3 == 0)
            digits[--n] = ',';
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
        count++;
    }
    add(line, cw_slice_of(digits + n, sizeof digits - n));
}

/* Gregorian, from days since 1970: years begin in March, so that the leap day ends one. */
static void add_date(struct line *line, uint64_t time_ms)
{
    uint64_t minutes = time_ms / 60000, days = minutes / 1440 + 719468;
    uint64_t era_day = days % 146097;
    uint64_t year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    uint64_t day = era_day - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    year += days / 146097 * 400 + (month >= 10);
    const uint64_t parts[] = {month < 10 ? month + 3 : month - 9, day + 1, minutes / 60 % 24,
                              minutes % 60};
    static const char *const before[] = {"-", "-", " ", ":"};
    add_number(line, year % 10000, 4, false);
    for (size_t i = 0; i < 4; i++) {
        add_string(line, before[i]);
        add_number(line, parts[i], 2, false);
    }
    add_string(line, " UTC");
}

static void add_field(struct line *line, const struct cw_fault *fault)
{
    static const char *const where[] = {[CW_RULE_IN_MESSAGE] = "`",
                                        [CW_RULE_IN_MAP] = "` in the map",
                                        [CW_RULE_IN_ENTRY] = "` in an entry"};
    add_string(line, "`");
    add_string(line, fault->field);
    add_string(line, where[fault->place]);
}

static const char *unknown_name(const struct cw_fault *fault)
{
    return (rules[fault->rule].parameters & CW_RULE_WHY) != 0 ? "none" : "somebody";
}

size_t cw_rule_text(const struct cw_fault *fault, uint64_t until_ms, struct cw_slice name,
                    char text[CW_RULE_TEXT_MAX])
{
    struct line line = {.text = text};
    assert(fault->rule != CW_RULE_NONE && fault->rule < CW_RULE_COUNT);
    for (const char *p = rules[fault->rule].text; *p != 0; p++) {
        if (*p != '{') {
            add(&line, cw_slice_of(p, 1));
            continue;
        }
        if (p[1] == 'f')
            add_field(&line, fault);
        else if (p[1] == 'l')
            add_number(&line, fault->limit, 1, true);
        else if (p[1] == 'u')
            add_date(&line, until_ms + 59999);
        else
            add(&line, name.n != 0 ? name : cw_slice_str(unknown_name(fault)));
        while (*p != '}')
            p++;
    }
    return line.n;
}
