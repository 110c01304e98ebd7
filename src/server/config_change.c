/* config_change.c - what differs between two configs, and what of it may be taken while the server
 * runs. Called by reload.c. */
#include <string.h>

#include "server/config.h"

void cw_config_compare(struct cw_config *before, struct cw_config *after,
                       void (*changed)(void *context, const char *key, bool at_start),
                       void *context)
{
    struct cw_config_place old, new;
    for (size_t i = 0; cw_config_place(before, i, &old) && cw_config_place(after, i, &new); i++)
        if (!cw_slice_eq(old.value, new.value))
            changed(context, new.key, new.at_start);
}

/* No list may change; of a text the zero at its end belongs to it. */
void cw_config_take(struct cw_config *running, struct cw_config *from)
{
    struct cw_config_place to, place;
    for (size_t i = 0; cw_config_place(from, i, &place) && cw_config_place(running, i, &to); i++)
        if (!place.at_start && !place.list)
            memcpy((void *)(uintptr_t)to.value.p, place.value.p, place.value.n + place.text);
}
