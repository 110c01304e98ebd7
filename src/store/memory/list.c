/* list.c - lists of pointers, and memory for what is kept and what is answered. */
#include "store/memory/memory.h"

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

void *cw_memory_keep(struct cw_memory *m, size_t size)
{
    return memset(cw_arena_alloc(&m->arena, size), 0, size);
}

struct cw_slice cw_memory_out(struct cw_memory *m, struct cw_slice s)
{
    return s.n == 0 ? (struct cw_slice){0} : cw_arena_copy(m->out, s);
}

void *cw_memory_out_array(struct cw_memory *m, size_t count, size_t size)
{
    return count == 0 ? NULL : memset(cw_arena_alloc(m->out, count * size), 0, count * size);
}

size_t cw_memory_place_of(const struct cw_memory_list *users, uint64_t user_id)
{
    size_t i = 0;
    while (i < users->count && ((struct cw_memory_user *)users->items[i])->id < user_id)
        i++;
    return i;
}

bool cw_memory_has_user(const struct cw_memory_list *users, uint64_t user_id)
{
    size_t i = cw_memory_place_of(users, user_id);
    return i < users->count && ((struct cw_memory_user *)users->items[i])->id == user_id;
}
