/* client_entry.c - see client_entry.h. What is copied of an entry: the rows of entries.def. */
#include "client/client_entry.h"

const char *cw_client_text_copy(struct cw_arena *arena, struct cw_slice s)
{
    char *copy = cw_arena_alloc(arena, s.n + 1);
    if (copy == NULL)
        return NULL;
    if (s.n != 0)
        memcpy(copy, s.p, s.n);
    copy[s.n] = 0;
    return copy;
}

static const char *entry_text(struct cw_arena *arena, const struct cw_entry *entry,
                              enum cw_entry_index index, struct cw_slice value)
{
    return (entry->present & CW_BIT(index)) != 0 ? cw_client_text_copy(arena, value) : NULL;
}

static void fill_entry(struct cw_arena *arena, const struct cw_entry *from,
                       struct chinwag_entry *to)
{
    *to = (struct chinwag_entry){0};
#define FILL_TEXT(entry, member)   to->member = entry_text(arena, from, CW_E_##entry, from->member);
#define FILL_NUMBER(entry, member) to->member = from->member;
#define FILL_SMALL(entry, member)  to->member = (unsigned)from->member;
#define FILL_FLAG(entry, member)   to->member = from->member != 0;
#define FILL_CONTENT(entry, member)                                                                \
    FILL_TEXT(entry, member)                                                                       \
    to->member##_length = from->member.n;
#define FILL_LIST(entry, member)                                                                   \
    if ((from->present & CW_BIT(CW_E_##entry)) != 0)                                               \
        to->member = cw_client_entries_copy(arena, from->member);                                  \
    to->member##_count = from->member.count;
#define CW_ENTRY(entry, member, type, key, program) FILL_##program(entry, member)
#include "wire/entries.def"
#undef CW_ENTRY
}

/* The entries cannot be more than the objects that the decoder has let a frame have. */
const struct chinwag_entry *cw_client_entries_copy(struct cw_arena *arena, struct cw_list list)
{
    struct chinwag_entry *entries = cw_arena_alloc(arena, list.count * sizeof *entries);
    struct cw_entry entry;
    for (size_t i = 0; entries != NULL && cw_entry_next(&list, &entry); i++)
        fill_entry(arena, &entry, &entries[i]);
    return entries;
}
