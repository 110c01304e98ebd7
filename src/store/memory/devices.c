/* devices.c - passwords for devices and bots, in memory. */
#include "store/memory/factors.h"

struct cw_memory_device {
    struct cw_store_device shown;
    struct cw_slice hash;
};

static struct cw_memory_device *device_at(const struct cw_memory_user *user, size_t i)
{
    return user->devices.items[i];
}

bool cw_memory_device_use(struct cw_memory_user *user, const struct cw_store_request *request)
{
    for (size_t i = 0; i < user->devices.count; i++) {
        struct cw_store_device *device = &device_at(user, i)->shown;
        if (device->device_id != request->device_id)
            continue;
        if (device->used_ms < request->time_ms)
            device->used_ms = request->time_ms;
        return true;
    }
    return false;
}

void cw_memory_devices_end(struct cw_memory_user *user)
{
    user->devices.count = 0;
}

/* Its place among the user's; their number: there is none with this name. */
static size_t place_named(const struct cw_memory_user *user, struct cw_slice name)
{
    size_t i = 0;
    while (i < user->devices.count && !cw_slice_eq(device_at(user, i)->shown.name, name))
        i++;
    return i;
}

void cw_memory_device_add(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    size_t count = user == NULL ? 0 : user->devices.count;
    bool taken = user != NULL && place_named(user, request->name) != count;
    result->status = cw_store_may_add_device(&m->store, request, taken, count);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_device *device = cw_memory_keep(m, sizeof *device);
    result->device_id = device->shown.device_id = ++m->last_device_id;
    device->shown.name = cw_arena_copy(&m->arena, request->name);
    device->shown.created_ms = request->time_ms;
    device->hash = cw_arena_copy(&m->arena, request->secret);
    cw_memory_add(&user->devices, device);
}

void cw_memory_device_find(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->status = CW_STORE_NOT_FOUND;
    for (size_t i = 0; user != NULL && i < user->devices.count; i++)
        if (cw_slice_eq(device_at(user, i)->hash, request->secret)) {
            result->status = CW_STORE_OK;
            result->device_id = device_at(user, i)->shown.device_id;
            return;
        }
}

/* When a session of it was seen last. */
static uint64_t used_ms(const struct cw_memory_user *user, const struct cw_store_device *device)
{
    uint64_t used = device->used_ms;
    for (const struct cw_memory_session *s = user->sessions; s != NULL; s = s->next)
        if (s->device_id == device->device_id && s->seen_ms > used)
            used = s->seen_ms;
    return used;
}

void cw_memory_device_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->device_count = user == NULL ? 0 : user->devices.count;
    result->devices = cw_memory_out_array(m, result->device_count, sizeof result->devices[0]);
    for (size_t i = 0; i < result->device_count; i++) {
        result->devices[i] = device_at(user, i)->shown;
        result->devices[i].name = cw_memory_out(m, result->devices[i].name);
        result->devices[i].used_ms = used_ms(user, &result->devices[i]);
    }
}

uint64_t cw_memory_device_take(struct cw_memory_user *user, struct cw_slice name)
{
    size_t at = place_named(user, name);
    if (at == user->devices.count)
        return 0;
    uint64_t id = device_at(user, at)->shown.device_id;
    cw_memory_remove(&user->devices, at);
    return id;
}
