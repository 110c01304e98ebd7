/* address.c - where connections come from: who waits there for a login, and what
 * it has used of what is shared out by address.
 *
 * An IPv6 address counts as its /64, which a household has for itself. No address
 * is exempt: those of this machine count each for itself. */
#include <stdlib.h>

#include "core/internal.h"

/* What has been used is forgotten when all of it has come back. */
#define REMEMBERED_MS (3600 * 1000)

/* IPv4 among the numbers of reserved IPv6 networks. */
static uint64_t number_of(struct cw_slice address)
{
    uint64_t number = address.n == 4 ? 1 : 0;
    for (size_t i = 0; i < address.n && i < 8; i++)
        number = number << 8 | address.p[i];
    return address.n == 4 ? number << 16 : number;
}

static void forget(struct cw_core *core, struct address *address)
{
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
        forget(core, oldest);
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
        cw_list_remove(&address->idle);
        core->idle_address_count--;
    }
    address->connections++;
    return address;
}

void cw_address_release(struct cw_core *core, struct address *address)
{
    if (--address->connections != 0)
        return;
    assert(address->waiting_count == 0);
    address->idle_since_ms = core->now_ms;
    cw_list_append(&core->idle_addresses, &address->idle);
    core->idle_address_count++;
    forget_old(core);
}

void cw_address_wait(struct cw_core *core, struct conn *conn)
{
    struct address *address = conn->from;
    struct link *before = address->waiting.prev;
    while (before != &address->waiting &&
           CW_LINK_OWNER(before, struct conn, waiting_there)->unauthenticated_since_ms >
               conn->unauthenticated_since_ms)
        before = before->prev;
    cw_list_append(before->next, &conn->waiting_there);
    if (address->waiting_count++ == 0)
        cw_list_append(&core->crowds, &address->crowd);
}

void cw_address_wait_no_more(struct conn *conn)
{
    struct address *address = conn->from;
    cw_list_remove(&conn->waiting_there);
    if (--address->waiting_count == 0)
        cw_list_remove(&address->crowd);
}

static struct conn *longest_waiting(const struct address *address)
{
    return CW_LINK_OWNER(address->waiting.next, struct conn, waiting_there);
}

/* The list is as long as there are addresses from which somebody waits, and looked
 * through when places have run out. */
struct conn *cw_address_most_waiting(const struct cw_core *core)
{
    struct conn *found = NULL;
    for (struct link *link = core->crowds.next; link != &core->crowds; link = link->next) {
        const struct address *address = CW_LINK_OWNER(link, struct address, crowd);
        struct conn *longest = longest_waiting(address);
        if (found == NULL || address->waiting_count > found->from->waiting_count ||
            (address->waiting_count == found->from->waiting_count &&
             longest->unauthenticated_since_ms < found->unauthenticated_since_ms))
            found = longest;
    }
    return found;
}

struct conn *cw_address_longest_waiting(const struct address *address)
{
    return address->waiting_count == 0 ? NULL : longest_waiting(address);
}

void cw_addresses_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->idle_addresses))
        forget(core, CW_LINK_OWNER(core->idle_addresses.next, struct address, idle));
    cw_map_finish(&core->addresses);
}
