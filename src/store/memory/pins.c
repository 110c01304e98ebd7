/* pins.c - the pinned messages of groups, in memory. */
#include "store/memory/pins.h"
#include "store/rules_share.h"

size_t cw_memory_place_of_pin(const struct cw_memory_list *pins, uint64_t seq)
{
    size_t place = 0;
    while (place < pins->count && ((struct cw_memory_pin *)pins->items[place])->seq < seq)
        place++;
    return place;
}

static struct cw_memory_pin *find_pin(const struct cw_memory_list *pins, uint64_t seq)
{
    size_t place = cw_memory_place_of_pin(pins, seq);
    struct cw_memory_pin *pin = place < pins->count ? pins->items[place] : NULL;
    return pin == NULL || pin->seq != seq ? NULL : pin;
}

struct cw_memory_list *cw_memory_pins_of(struct cw_memory *m, uint64_t conversation)
{
    struct cw_memory_group *group =
        cw_mailbox_is_group(conversation) ? cw_memory_at(&m->groups, conversation >> 1) : NULL;
    return group == NULL ? NULL : &group->pins;
}

uint64_t cw_memory_pinned_ms(struct cw_memory *m, uint64_t conversation, uint64_t seq)
{
    const struct cw_memory_list *pins = cw_memory_pins_of(m, conversation);
    const struct cw_memory_pin *pin = pins == NULL ? NULL : find_pin(pins, seq);
    return pin == NULL ? 0 : pin->time_ms;
}

void cw_memory_pin_drop(struct cw_memory *m, uint64_t conversation, uint64_t seq)
{
    struct cw_memory_list *pins = cw_memory_pins_of(m, conversation);
    if (pins != NULL && find_pin(pins, seq) != NULL)
        cw_memory_remove(pins, cw_memory_place_of_pin(pins, seq));
}

void cw_memory_pin(struct cw_memory *m, const struct cw_store_request *request,
                   struct cw_store_result *result)
{
    struct cw_store_entry entry;
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    struct cw_memory_list *pins = cw_memory_pins_of(m, conversation);
    bool found = cw_memory_entry_at(&m->store, conversation, request->seq, &entry);
    bool pinned = pins != NULL && find_pin(pins, request->seq) != NULL;
    uint64_t count = pins == NULL || pinned ? 0 : pins->count;
    result->status = cw_store_may_pin(&m->store, request, found ? &entry : NULL, count);
    result->repeated = result->status == CW_STORE_OK && pinned;
    if (result->status != CW_STORE_OK || pinned)
        return;
    struct cw_memory_pin *pin = cw_memory_keep(m, sizeof *pin);
    *pin = (struct cw_memory_pin){request->seq, request->time_ms};
    cw_memory_insert(pins, cw_memory_place_of_pin(pins, pin->seq), pin);
}

void cw_memory_unpin(struct cw_memory *m, const struct cw_store_request *request,
                     struct cw_store_result *result)
{
    result->status = cw_store_may_pin(&m->store, request, NULL, 0);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    result->repeated = find_pin(cw_memory_pins_of(m, conversation), request->seq) == NULL;
    cw_memory_pin_drop(m, conversation, request->seq);
}
