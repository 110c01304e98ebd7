/* message_entry.h - the entries of lists that are messages. */
#ifndef CW_CORE_MESSAGE_ENTRY_H
#define CW_CORE_MESSAGE_ENTRY_H

#include "core/core.h"

static inline void cw_entry_put_string(struct cw_entry *entry, enum cw_entry_index index,
                                       struct cw_slice *member, struct cw_slice value)
{
    entry->present |= CW_BIT(index);
    *member = value;
}

static inline void cw_entry_put_number(struct cw_entry *entry, enum cw_entry_index index,
                                       uint64_t *member, uint64_t value)
{
    entry->present |= CW_BIT(index);
    *member = value;
}

static inline void cw_entry_put_unless_0(struct cw_entry *entry, enum cw_entry_index index,
                                         uint64_t *member, uint64_t value)
{
    if (value != 0)
        cw_entry_put_number(entry, index, member, value);
}

static inline void cw_entry_put_display(struct cw_entry *entry, struct cw_slice display)
{
    if (display.n != 0)
        cw_entry_put_string(entry, CW_E_DISPLAY, &entry->display, display);
}

/* What the keys of a message say. Strings point into the message; lists are in the step's memory.
 */
void cw_entry_of_message(struct cw_core *core, const struct cw_store_message *message,
                         struct cw_entry *entry);
/* An entry for each message of the result, in the step's memory. */
struct cw_entry *cw_entries_of_messages(struct cw_core *core, const struct cw_store_result *result);
/* The list of those who are mentioned: names, and for everybody an entry of the kind "here". */
struct cw_list cw_entries_of_mentions(struct cw_core *core,
                                      const struct cw_store_mentions *mentions);

/* "640x480" of a message's picture, in the step's memory; empty: it is none, or its size is
 * unknown. */
struct cw_slice cw_pixels_text(struct cw_core *core, const struct cw_store_message *message);

#endif
