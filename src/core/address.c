/* address.c - the addresses of connections, and how much each address has used of its shares. An
 * IPv6 address counts as its /64, which belongs to one household. No address is exempt: each
 * address of this machine counts separately. */
#include "core/address.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/list.h"
#include "core/state.h"

/* The use of an address is forgotten when all of its share is available again. */
#define REMEMBERED_MS (3600 * 1000)

/* IPv4 addresses get numbers of reserved IPv6 networks. */
static uint64_t number_of(struct cw_slice address)
{
    uint64_t number = address.n == 4 ? 1 : 0;
    for (size_t i = 0; i < address.n && i < 8; i++)
        number = number << 8 | address.p[i];
    return address.n == 4 ? number << 16 : number;
}

size_t cw_address_bytes(const struct address *address, uint8_t bytes[8])
{
    bool ipv4 = address->id >> 48 == 1 && (address->id & 0xffff) == 0;
    uint64_t number = ipv4 ? address->id << 16 : address->id;
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    return ipv4 ? 4 : number == 0 ? 0 : 8;
}

static void forget_address(struct cw_core *core, struct address *address)
{
    assert(address->connections == 0 && !cw_list_empty(&address->idle));
    cw_map_remove(&core->addresses, cw_map_id(&address->id));
    cw_list_remove(&address->idle);
    core->idle_address_count--;
    free(address);
}

static void forget_old(struct cw_core *core)
{
    while (!cw_list_empty(&core->idle_addresses)) {
        struct address *oldest = CW_LINK_OWNER(core->idle_addresses.next, struct address, idle);
        if (core->idle_address_count <= CW_ADDRESSES_REMEMBERED &&
            core->now_ms < oldest->idle_since_ms + REMEMBERED_MS)
            return;
        forget_address(core, oldest);
    }
}

struct address *cw_address_refer(struct cw_core *core, struct cw_slice bytes)
{
    uint64_t id = number_of(bytes);
    struct address *address = cw_map_get(&core->addresses, cw_map_id(&id));
    if (address == NULL) {
        address = cw_alloc_zero(sizeof *address);
        address->id = id;
        cw_list_init(&address->idle);
        cw_list_init(&address->crowd);
        cw_list_init(&address->waiting);
        cw_map_put(&core->addresses, cw_map_id(&address->id), address);
    } else if (!cw_list_empty(&address->idle)) {
        assert(address->connections == 0 && core->idle_address_count > 0);
        cw_list_remove(&address->idle);
        core->idle_address_count--;
    }
    address->connections++;
    return address;
}

void cw_address_release(struct cw_core *core, struct address *address)
{
    assert(address->connections > 0 && cw_list_empty(&address->idle));
    if (--address->connections != 0)
        return;
    assert(address->waiting_count == 0);
    address->idle_since_ms = core->now_ms;
    cw_list_append(&core->idle_addresses, &address->idle);
    core->idle_address_count++;
    forget_old(core);
}

void cw_addresses_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->idle_addresses))
        forget_address(core, CW_LINK_OWNER(core->idle_addresses.next, struct address, idle));
    assert(core->addresses.count == 0 && core->idle_address_count == 0);
    cw_map_finish(&core->addresses);
}
