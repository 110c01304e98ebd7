/* retired.c - see retired.h. */
#include "store/memory/retired.h"

bool cw_memory_name_retired(const struct cw_memory *m, const struct cw_store_request *request)
{
    for (size_t i = 0; i < m->retired.count; i++) {
        const struct cw_memory_retired *retired = m->retired.items[i];
        if (cw_store_is_retired(m->moment, retired->deleted_ms) &&
            (cw_slice_eq(request->key, retired->key) ||
             cw_memory_look_alike(request->looks, retired->looks)))
            return true;
    }
    return false;
}

void cw_memory_retire_name(struct cw_memory *m, const struct cw_memory_user *user)
{
    struct cw_memory_retired *retired = cw_memory_keep(m, sizeof *retired);
    *retired = (struct cw_memory_retired){.key = cw_arena_copy(&m->arena, user->key),
                                          .looks = user->looks,
                                          .deleted_ms = cw_store_deleted_ms(m->moment)};
    cw_memory_add(&m->retired, retired);
}
