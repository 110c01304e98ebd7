/* list.c - see list.h. */
#include "store/memory/list.h"

#include <string.h>

#include "base/alloc.h"

uint64_t cw_memory_add(struct cw_memory_list *list, void *item)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        list->items = cw_realloc(list->items, list->capacity * sizeof list->items[0]);
    }
    list->items[list->count++] = item;
    return list->count;
}

void cw_memory_insert(struct cw_memory_list *list, size_t i, void *item)
{
    cw_memory_add(list, item);
    memmove(list->items + i + 1, list->items + i, (list->count - 1 - i) * sizeof list->items[0]);
    list->items[i] = item;
}

void cw_memory_remove(struct cw_memory_list *list, size_t i)
{
    list->count--;
    memmove(list->items + i, list->items + i + 1, (list->count - i) * sizeof list->items[0]);
}

void *cw_memory_at(const struct cw_memory_list *list, uint64_t id)
{
    return id >= 1 && id <= list->count ? list->items[id - 1] : NULL;
}
