/* fault.c - the error of a field or key as a phrase for people: which rule it breaks, and so what
 * to send instead. decode.c does the checks, and stores the first phrase in cw_msg.fault. */
#include "base/limits.h"
#include "wire/table.h"

#define NO_STRING   " is no text in UTF-8"
#define NO_BYTES    " is no bin or str"
#define NO_UNSIGNED " is no integer from 0 to 2^64 - 1"
#define NO_SAMPLES                                                                                 \
    " is neither an array of 16-bit integers nor Opus (an ext of type 1 in voice_msg, of type 2 "  \
    "in call_data)"
#define NO_FEATURES " is no array of texts"
#define NO_LIST     " is no array of maps"

const char *cw_field_missing(enum cw_field field)
{
    static const char *const phrases[CW_F_COUNT] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = "`" #member "` is missing",
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    return phrases[field];
}

const char *cw_field_mistyped(enum cw_field field)
{
    static const char *const phrases[CW_F_COUNT] = {
#define CW_FIELD(field, member, type) [CW_F_##field] = "`" #member "`" NO_##type,
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    return phrases[field];
}

const char *cw_field_beyond(enum cw_field field)
{
    static const char *const phrases[CW_F_COUNT] = {
        [CW_F_PASSWORD] = "a password has 8 to 256 bytes",
        [CW_F_NEW_PASSWORD] = "a password has 8 to 256 bytes",
        [CW_F_CHANNELS] = "`channels` is 1 or 2",
        [CW_F_SAMPLE_RATE] = "`sample_rate` is from 8000 to 48000",
        [CW_F_SAMPLES] = "`samples` is not empty and holds as many for each channel; Opus has the "
                         "`sample_rate` 48000",
    };
    return phrases[field];
}
_Static_assert(CW_PASSWORD_MIN == 8 && CW_PASSWORD_MAX == 256 && CW_VOICE_CHANNELS_MAX == 2 &&
                   CW_VOICE_RATE_MIN == 8000 && CW_VOICE_RATE_MAX == 48000,
               "as is said");

const char *cw_extra_mistyped(enum cw_extra_index extra)
{
    static const char *const phrases[CW_X_COUNT] = {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program)                                                \
    [CW_X_##extra] = "`" key "` in the map" NO_##type,
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    };
    return phrases[extra];
}

const char *cw_entry_mistyped(enum cw_entry_index entry)
{
    static const char *const phrases[CW_E_COUNT] = {
#define CW_ENTRY(entry, member, type, key, program)                                                \
    [CW_E_##entry] = "`" key "` in an entry" NO_##type,
#include "wire/entries.def"
#undef CW_ENTRY
    };
    return phrases[entry];
}
