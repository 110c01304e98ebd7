/* client_members.c - the members of entries and events one after the other, with the keys that they
 * have in the protocol: chinwag_entry_member, chinwag_event_member. They come from the tables, so
 * that a program that shows all of them need not know their names. */
#include "chinwag/chinwag.h"
#include "wire/msg.h"

static bool tell_text(struct chinwag_member *member, const char *text, size_t length)
{
    member->type = CHINWAG_TEXT;
    member->text = text;
    member->length = length;
    return text != NULL;
}

static bool tell_number(struct chinwag_member *member, enum chinwag_member_type type,
                        uint64_t number)
{
    member->type = type;
    member->number = number;
    return number != 0;
}

#define TELL_TEXT(value)    tell_text(member, value, value == NULL ? 0 : strlen(value))
#define TELL_CONTENT(value) tell_text(member, value, value##_length)
#define TELL_NUMBER(value)  tell_number(member, CHINWAG_NUMBER, value)
#define TELL_SMALL(value)   tell_number(member, CHINWAG_NUMBER, value)
#define TELL_FLAG(value)    tell_number(member, CHINWAG_FLAG, value)
#define TELL_NONE(value)    false
#define TELL_LIST(value)                                                                           \
    (member->type = CHINWAG_LIST, member->entries = value, member->entry_count = value##_count,    \
     value != NULL)

/* False: the entry has no value there. */
static bool tell_of_entry(const struct chinwag_entry *entry, enum cw_entry_index index,
                          struct chinwag_member *member)
{
    *member = (struct chinwag_member){0};
    switch (index) {
#define CW_ENTRY(index, value, type, name, program)                                                \
    case CW_E_##index:                                                                             \
        member->key = name;                                                                        \
        return TELL_##program(entry->value);
#include "wire/entries.def"
#undef CW_ENTRY
    case CW_E_COUNT:
        break;
    }
    return false;
}

bool chinwag_entry_member(const struct chinwag_entry *entry, unsigned *position,
                          struct chinwag_member *member)
{
    while (*position < CW_E_COUNT)
        if (tell_of_entry(entry, (enum cw_entry_index)(*position)++, member))
            return true;
    return false;
}

static bool tell_of_event(const struct chinwag_event *event, enum cw_extra_index index,
                          struct chinwag_member *member)
{
    *member = (struct chinwag_member){0};
    switch (index) {
#define CW_FIELD(field, value, type)
#define CW_EXTRA(index, value, type, name, program)                                                \
    case CW_X_##index:                                                                             \
        member->key = name;                                                                        \
        return TELL_##program(event->value);
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
    case CW_X_COUNT:
        break;
    }
    return false;
}

bool chinwag_event_member(const struct chinwag_event *event, unsigned *position,
                          struct chinwag_member *member)
{
    while (*position < CW_X_COUNT)
        if (tell_of_event(event, (enum cw_extra_index)(*position)++, member))
            return true;
    return false;
}
