/* group.c - groups with an attached member: the sets of sessions that fan-out uses. membership.c
 * adds and removes their members. */
#include "core/group.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "core/list.h"
#include "core/names.h"
#include "core/session.h"
#include "core/state.h"

static struct cw_slice group_key(const struct group *group)
{
    return cw_slice_of(group->text + group->name_n, group->key_n);
}

struct group *cw_group_by_key(const struct cw_core *core, const struct cw_name_key *key)
{
    return cw_map_get(&core->groups_by_key, cw_name_key_slice(key));
}

struct group *cw_group_by_id(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->groups_by_id, cw_map_id(&id));
}

struct cw_slice cw_group_name(const struct group *group)
{
    return cw_slice_of(group->text, group->name_n);
}

struct cw_slice cw_group_conversation(struct cw_core *core, struct cw_slice group_name)
{
    uint8_t *text = cw_arena_alloc(&core->effects->arena, group_name.n + 1);
    text[0] = '#';
    if (group_name.n != 0)
        memcpy(text + 1, group_name.p, group_name.n);
    return cw_slice_of(text, group_name.n + 1);
}

struct membership *cw_group_membership(const struct group *group, const struct session *session)
{
    for (size_t i = 0; i < session->membership_count; i++)
        if (session->memberships[i].group == group)
            return &session->memberships[i];
    return NULL;
}

bool cw_group_muted(const struct cw_core *core, const struct membership *membership)
{
    assert(membership != NULL);
    return membership->muted_until_ms > core->time_ms;
}

struct group *cw_group_create(struct cw_core *core, uint64_t id, struct cw_slice name)
{
    struct cw_name_key key;
    bool valid = cw_names_fold(core, CW_NAME_OF_GROUP, name, &key);
    assert(valid && id != 0 && cw_group_by_id(core, id) == NULL);
    (void)valid;
    struct group *group = cw_alloc(sizeof *group + name.n + key.n);
    *group = (struct group){.id = id, .name_n = (uint8_t)name.n, .key_n = (uint16_t)key.n};
    cw_list_init(&group->seats);
    memcpy(group->text, name.p, name.n);
    memcpy(group->text + name.n, key.p, key.n);
    cw_map_put(&core->groups_by_id, cw_map_id(&group->id), group);
    cw_map_put(&core->groups_by_key, group_key(group), group);
    return group;
}

void cw_group_destroy(struct cw_core *core, struct group *group)
{
    assert(cw_group_by_id(core, group->id) == group && cw_list_empty(&group->seats));
    assert(group->session_count == 0 && group->call_count == 0 && group->seat_count == 0);
    cw_map_remove(&core->groups_by_id, cw_map_id(&group->id));
    cw_map_remove(&core->groups_by_key, group_key(group));
    free(group->sessions);
    free(group->call);
    free(group);
}
