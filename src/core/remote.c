/* remote.c - see remote.h. */
#include "core/remote.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/packed.h"
#include "core/state.h"

#define BLOCKED_N 4
#define GROUP_N   8

/* --- messages ------------------------------------------------------------------------------ */

void cw_remote_pack(struct cw_buf *buf, const struct remote_item *item)
{
    cw_packed_put_u64(buf, item->id);
    cw_packed_put_u8(buf, (uint8_t)item->state);
    if (item->state == PRESENCE_OFFLINE)
        return;
    cw_packed_put_bytes(buf, item->name);
    cw_packed_put_bytes(buf, item->blocked);
    cw_packed_put_bytes(buf, item->groups);
}

bool cw_remote_unpack(struct cw_packed *from, struct remote_item *item)
{
    *item = (struct remote_item){.id = cw_packed_take_u64(from)};
    unsigned state = cw_packed_take_u8(from);
    from->bad |= item->id == 0 || state > PRESENCE_HIDDEN;
    if (from->bad || state == PRESENCE_OFFLINE)
        return !from->bad;
    item->state = (enum presence)state;
    item->name = cw_packed_take_bytes(from);
    item->blocked = cw_packed_take_bytes(from);
    item->groups = cw_packed_take_bytes(from);
    from->bad |= item->name.n == 0 || item->name.n > UINT8_MAX ||
                 item->blocked.n % BLOCKED_N != 0 || item->groups.n % GROUP_N != 0;
    return !from->bad;
}

/* --- users ----------------------------------------------------------------------------------- */

struct remote *cw_remote_find(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->remotes_by_id, cw_map_id(&id));
}

enum presence cw_remote_state(const struct remote *remote)
{
    enum presence state = PRESENCE_OFFLINE;
    for (size_t i = 0; remote != NULL && i < remote->place_count; i++)
        state = cw_presence_of_both(state, remote->places[i].state);
    return state;
}

/* Where the id is among those, or would be. */
static size_t place_of_blocked(const struct remote *remote, uint64_t other_id)
{
    size_t at = 0;
    while (at < remote->blocked_count && remote->blocked[at] < other_id)
        at++;
    return at;
}

bool cw_remote_has_blocked(const struct remote *remote, uint64_t other_id)
{
    size_t at = remote == NULL ? 0 : place_of_blocked(remote, other_id);
    return remote != NULL && at < remote->blocked_count && remote->blocked[at] == other_id;
}

void cw_remote_block(struct cw_core *core, uint64_t id, uint64_t other_id, bool block)
{
    struct remote *remote = cw_remote_find(core, id);
    if (remote == NULL || cw_remote_has_blocked(remote, other_id) == block)
        return;
    size_t at = place_of_blocked(remote, other_id), behind = remote->blocked_count - at;
    if (block) {
        remote->blocked =
            cw_realloc(remote->blocked, (remote->blocked_count + 1) * sizeof *remote->blocked);
        memmove(remote->blocked + at + 1, remote->blocked + at, behind * sizeof *remote->blocked);
        remote->blocked[at] = (uint32_t)other_id;
        remote->blocked_count++;
    } else {
        memmove(remote->blocked + at, remote->blocked + at + 1,
                (behind - 1) * sizeof *remote->blocked);
        remote->blocked_count--;
    }
}

static struct remote *make_remote(struct cw_core *core, uint64_t id)
{
    struct remote *remote = cw_alloc_zero(sizeof *remote);
    remote->id = id;
    cw_list_append(&core->remotes, &remote->link);
    cw_map_put(&core->remotes_by_id, cw_map_id(&remote->id), remote);
    return remote;
}

static void set_blocked(struct remote *remote, struct cw_slice bytes)
{
    struct cw_packed from = cw_packed_begin(bytes);
    remote->blocked_count = bytes.n / BLOCKED_N;
    free(remote->blocked);
    remote->blocked = remote->blocked_count == 0 ? NULL : cw_alloc(bytes.n);
    for (size_t i = 0; i < remote->blocked_count; i++)
        remote->blocked[i] = cw_packed_take_u32(&from);
}

static void set_groups(struct remote *remote, struct cw_slice bytes)
{
    struct cw_packed from = cw_packed_begin(bytes);
    remote->group_count = bytes.n / GROUP_N;
    free(remote->groups);
    remote->groups = remote->group_count == 0 ? NULL : cw_alloc(bytes.n);
    for (size_t i = 0; i < remote->group_count; i++)
        remote->groups[i] = cw_packed_take_u64(&from);
}

/* --- places ------------------------------------------------------------------------------------
 */

struct place *cw_remote_place(const struct remote *remote, unsigned node)
{
    for (size_t i = 0; i < remote->place_count; i++)
        if (remote->places[i].node == node)
            return &remote->places[i];
    return NULL;
}

struct remote *cw_remote_put(struct cw_core *core, unsigned node, uint32_t round,
                             const struct remote_item *item)
{
    struct remote *remote = cw_remote_find(core, item->id);
    assert(item->state != PRESENCE_OFFLINE && item->name.n <= sizeof remote->name);
    if (remote == NULL)
        remote = make_remote(core, item->id);
    struct place *place = cw_remote_place(remote, node);
    if (place == NULL) {
        size_t size = (remote->place_count + 1) * sizeof *remote->places;
        remote->places = cw_realloc(remote->places, size);
        place = &remote->places[remote->place_count++];
    }
    *place = (struct place){
        .node = node, .round = round, .version = item->version, .state = item->state};
    remote->name_n = (uint8_t)item->name.n;
    memcpy(remote->name, item->name.p, item->name.n);
    set_blocked(remote, item->blocked);
    set_groups(remote, item->groups);
    return remote;
}

void cw_remote_remove(struct remote *remote, unsigned node)
{
    struct place *place = cw_remote_place(remote, node);
    if (place != NULL)
        *place = remote->places[--remote->place_count];
}

void cw_remote_forget(struct cw_core *core, struct remote *remote)
{
    if (remote->place_count != 0)
        return;
    cw_map_remove(&core->remotes_by_id, cw_map_id(&remote->id));
    cw_list_remove(&remote->link);
    free(remote->places);
    free(remote->blocked);
    free(remote->groups);
    free(remote);
}

void cw_remotes_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->remotes)) {
        struct remote *remote = CW_LINK_OWNER(core->remotes.next, struct remote, link);
        remote->place_count = 0;
        cw_remote_forget(core, remote);
    }
    cw_map_finish(&core->remotes_by_id);
}
