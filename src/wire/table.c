/* table.c - the tables made from messages.def and fields.def. See table.h. */
#include "wire/table.h"

#include <string.h>

/* A row's fields, filled up with CW_F_NONE. */
#define NAMED(a, b, c, d, e, f, g, h, ...)                                                         \
    {                                                                                              \
        CW_F_##a, CW_F_##b, CW_F_##c, CW_F_##d, CW_F_##e, CW_F_##f, CW_F_##g, CW_F_##h             \
    }
#define FIELDS(...) NAMED(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE)

static const struct cw_message_row rows[] = {
#define CW_MESSAGE(kind, action, name, ...)                                                        \
    {CW_##kind, CW_##action, name, sizeof name - 1, FIELDS(__VA_ARGS__)},
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)                                         \
    CW_MESSAGE(REQUEST, action, name, __VA_ARGS__)
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* The last place of a row must be free for the CW_F_NONE that ends it. */
#define EIGHTH(a, b, c, d, e, f, g, h, ...) CW_F_##h
#define LAST(...)                           EIGHTH(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
#define CW_MESSAGE(kind, action, name, ...)                                                        \
    _Static_assert(LAST(__VA_ARGS__) == CW_F_NONE, "too many fields: " name);
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)                                         \
    CW_MESSAGE(REQUEST, action, name, __VA_ARGS__)
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW

_Static_assert(CW_X_COUNT <= 128 && CW_E_COUNT <= 128, "cw_keys has 128 bits");

const struct cw_member cw_field_members[CW_F_COUNT] = {
#define CW_FIELD(field, member, type)                                                              \
    [CW_F_##field] = {CW_T_##type, offsetof(struct cw_msg, member), {NULL, 0}},
#define CW_EXTRA(extra, member, type, key, program)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

const struct cw_member cw_extra_members[CW_X_COUNT] = {
#define CW_FIELD(field, member, type)
#define CW_EXTRA(extra, member, type, key, program)                                                \
    [CW_X_##extra] = {                                                                             \
        CW_T_##type, offsetof(struct cw_extras, member), {(const uint8_t *)key, sizeof key - 1}},
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};

const struct cw_member cw_entry_members[CW_E_COUNT] = {
#define CW_ENTRY(entry, member, type, key, program)                                                \
    [CW_E_##entry] = {                                                                             \
        CW_T_##type, offsetof(struct cw_entry, member), {(const uint8_t *)key, sizeof key - 1}},
#include "wire/entries.def"
#undef CW_ENTRY
};

const struct cw_message_row *cw_message_rows(size_t *count)
{
    *count = ROW_COUNT;
    return rows;
}

const struct cw_message_row *cw_row_by_name(enum cw_kind kind, struct cw_slice name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].kind == kind && rows[i].name_n == name.n &&
            memcmp(rows[i].name, name.p, name.n) == 0)
            return &rows[i];
    return NULL;
}

/* The place of each row in `rows`. */
enum {
#define CW_MESSAGE(kind, action, name, ...) ROW_##kind##_##action,
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)                                         \
    CW_MESSAGE(REQUEST, action, name, __VA_ARGS__)
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW
};

const struct cw_message_row *cw_row_by_action(enum cw_kind kind, enum cw_action action)
{
    static const struct cw_message_row *const by_action[][CW_ACTION_COUNT] = {
#define CW_MESSAGE(kind, action, name, ...) [CW_##kind][CW_##action] = &rows[ROW_##kind##_##action],
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)                                         \
    CW_MESSAGE(REQUEST, action, name, __VA_ARGS__)
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW
    };
    return by_action[kind][action];
}

const char *cw_action_name(enum cw_action action)
{
    const struct cw_message_row *row = NULL;
    for (int kind = CW_REQUEST; row == NULL && kind <= CW_CLIENT_UPDATE; kind++)
        row = cw_row_by_action((enum cw_kind)kind, action);
    return row == NULL ? "" : row->name;
}

/* In the order of their bits. */
static const struct {
    const char *name;
    uint64_t bit;
} features[] = {{"edits", CW_FEATURE_EDITS},       {"read", CW_FEATURE_READ},
                {"presence", CW_FEATURE_PRESENCE}, {"typing", CW_FEATURE_TYPING},
                {"groups", CW_FEATURE_GROUPS},     {"opus", CW_FEATURE_OPUS},
                {"speaking", CW_FEATURE_SPEAKING}, {"received", CW_FEATURE_RECEIVED},
                {"own", CW_FEATURE_OWN},           {"reactions", CW_FEATURE_REACTIONS},
                {"calls", CW_FEATURE_CALLS},       {"profiles", CW_FEATURE_PROFILES},
                {"udp", CW_FEATURE_UDP},           {"announcements", CW_FEATURE_ANNOUNCEMENTS},
                {"compact", CW_FEATURE_COMPACT},   {NULL, CW_FEATURE_NONE}};

uint64_t cw_feature_bit(struct cw_slice name)
{
    uint64_t bit;
    const char *known;
    for (size_t i = 0; (known = cw_feature_name(i, &bit)) != NULL; i++)
        if (cw_slice_eq(cw_slice_str(known), name))
            return bit;
    return CW_FEATURE_NONE;
}

const char *cw_feature_name(size_t i, uint64_t *bit)
{
    *bit = features[i].bit;
    return features[i].name;
}
