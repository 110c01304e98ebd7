/* kept.c - memory for what is kept and what is answered, and lists of users, in memory. */
#include "store/memory/memory.h"

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
