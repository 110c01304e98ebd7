/* headings.c - the headings over groups, and the groups of newcomers, in memory. */
#include "store/memory/headings.h"

#include "store/memory/groups.h"
#include "store/memory/members.h"
#include "store/rules_group.h"

static struct cw_memory_heading *find_heading(const struct cw_memory *m, struct cw_slice name)
{
    for (size_t i = 0; i < m->headings.count; i++) {
        struct cw_memory_heading *heading = m->headings.items[i];
        if (name.n != 0 && cw_slice_eq(heading->name, name))
            return heading;
    }
    return NULL;
}

static struct cw_memory_heading *add_heading(struct cw_memory *m, struct cw_slice name)
{
    struct cw_memory_heading *heading = cw_memory_keep(m, sizeof *heading);
    heading->name = cw_arena_copy(&m->arena, name);
    for (size_t i = 0; i < m->headings.count; i++) {
        const struct cw_memory_heading *other = m->headings.items[i];
        if (other->place > heading->place)
            heading->place = other->place;
    }
    heading->place++;
    cw_memory_add(&m->headings, heading);
    return heading;
}

void cw_memory_group_place(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    struct cw_memory_heading *heading = find_heading(m, request->body);
    bool more = heading == NULL && request->body.n != 0;
    result->status = cw_store_may_arrange(&m->store, request, group != NULL, more,
                                          m->headings.count, CW_HEADINGS_MAX);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_group_set_heading(m, group, more ? add_heading(m, request->body) : heading);
    group->place = request->place;
}

void cw_memory_heading_place(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    struct cw_memory_heading *heading = find_heading(m, request->body);
    result->status = cw_store_may_arrange(&m->store, request, heading != NULL, false, 0, 0);
    if (result->status == CW_STORE_OK)
        heading->place = request->place;
}

static size_t count_newcomer_groups(const struct cw_memory *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->groups.count; i++) {
        const struct cw_memory_group *group = m->groups.items[i];
        count += group != NULL && group->newcomers;
    }
    return count;
}

void cw_memory_group_newcomers(struct cw_memory *m, const struct cw_store_request *request,
                               struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    bool more = request->newcomers && group != NULL && !group->newcomers;
    result->status = cw_store_may_arrange(&m->store, request, group != NULL, more,
                                          count_newcomer_groups(m), CW_NEWCOMER_GROUPS_MAX);
    if (result->status == CW_STORE_OK)
        group->newcomers = request->newcomers;
}

void cw_memory_newcomer(struct cw_memory *m, struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, result->user_id);
    result->groups = cw_memory_out_array(m, CW_NEWCOMER_GROUPS_MAX, sizeof result->groups[0]);
    for (size_t i = 0; i < m->groups.count; i++) {
        struct cw_memory_group *group = m->groups.items[i];
        if (group == NULL || !group->newcomers || !cw_store_takes_newcomer(group->members.count))
            continue;
        cw_memory_member_add(m, user, group);
        result->groups[result->group_count++] =
            (struct cw_store_group){.group_id = group->id, .name = cw_memory_out(m, group->name)};
    }
}
