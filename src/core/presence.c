/* presence.c - who is here. */
#include "core/internal.h"

void cw_presence_describe(struct cw_core *core, uint64_t user_id, uint64_t seen_ms,
                          struct cw_entry *entry)
{
    const struct user *user = cw_map_get(&core->users_by_id, cw_map_id(&user_id));
    bool online = user != NULL && !cw_list_empty(&user->sessions);
    entry->present |= CW_BIT(CW_E_STATE) | (online ? 0 : CW_BIT(CW_E_SEEN));
    entry->state = cw_slice_str(online ? "online" : "offline");
    entry->seen_ms = seen_ms;
}
