/* fault.c - which rule a field or key breaks (base/rules.def). decode.c does the checks, and stores
 * the first broken rule in cw_msg.fault. */
#include "base/limits.h"
#include "base/utf8.h"
#include "wire/table.h"

struct cw_fault cw_field_missing(enum cw_field field)
{
    static const char *const names[CW_F_COUNT] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = #member,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    return (struct cw_fault){.rule = CW_RULE_MISSING, .field = names[field]};
}

struct cw_fault cw_field_mistyped(enum cw_field field)
{
    static const uint8_t rules[CW_F_COUNT] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = CW_RULE_NO_##type,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    struct cw_fault fault = cw_field_missing(field);
    fault.rule = rules[field];
    return fault;
}

struct cw_fault cw_field_beyond(enum cw_field field)
{
    static const uint8_t rules[CW_F_COUNT] = {
        [CW_F_PASSWORD] = CW_RULE_PASSWORD_LENGTH, [CW_F_NEW_PASSWORD] = CW_RULE_PASSWORD_LENGTH,
        [CW_F_CHANNELS] = CW_RULE_CHANNELS,        [CW_F_SAMPLE_RATE] = CW_RULE_SAMPLE_RATE,
        [CW_F_SAMPLES] = CW_RULE_SAMPLES,
    };
    struct cw_fault fault = cw_field_missing(field);
    fault.rule = rules[field];
    return fault;
}

struct cw_fault cw_extra_mistyped(enum cw_extra_index extra)
{
    static const struct cw_fault faults[CW_X_COUNT] = {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program)                                                \
    [CW_X_##extra] = {.rule = CW_RULE_NO_##type, .place = CW_RULE_IN_MAP, .field = key},
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    return faults[extra];
}

struct cw_fault cw_entry_mistyped(enum cw_entry_index entry)
{
    static const struct cw_fault faults[CW_E_COUNT] = {
#define CW_ENTRY(entry, member, type, key, program)                                                \
    [CW_E_##entry] = {.rule = CW_RULE_NO_##type, .place = CW_RULE_IN_ENTRY, .field = key},
#include "wire/entries.def"
#undef CW_ENTRY
    };
    return faults[entry];
}

static bool is_text_too_long(struct cw_slice text)
{
    return text.n > CW_CONTENT_BYTES_MAX || (text.n > CW_CONTENT_CODE_POINTS_MAX &&
                                             cw_utf8_count(text) > CW_CONTENT_CODE_POINTS_MAX);
}

struct cw_fault cw_fault_of_size(const struct cw_msg *msg)
{
    if (is_text_too_long(msg->content))
        return (struct cw_fault){.rule = CW_RULE_TEXT_LENGTH, .limit = CW_CONTENT_CODE_POINTS_MAX};
    if (msg->query.n > CW_QUERY_MAX)
        return (struct cw_fault){.rule = CW_RULE_QUERY_LENGTH, .limit = CW_QUERY_MAX};
    if (msg->topic.n > CW_TOPIC_MAX)
        return (struct cw_fault){.rule = CW_RULE_TOPIC_LENGTH, .limit = CW_TOPIC_MAX};
    if (msg->action == CW_ADD_THUMBNAIL && msg->bytes.n > CW_THUMBNAIL_MAX)
        return (struct cw_fault){.rule = CW_RULE_THUMBNAIL_LENGTH, .limit = CW_THUMBNAIL_MAX};
    if (msg->bytes.n > CW_FILE_CHUNK_MAX)
        return (struct cw_fault){.rule = CW_RULE_CHUNK_SIZE, .limit = CW_FILE_CHUNK_MAX};
    if (msg->action == CW_VOICE_MSG &&
        msg->samples.count > CW_VOICE_SECONDS_MAX * msg->channels * msg->sample_rate)
        return (struct cw_fault){.rule = CW_RULE_VOICE_LENGTH, .limit = CW_VOICE_SECONDS_MAX};
    return (struct cw_fault){.rule = CW_RULE_NONE};
}
