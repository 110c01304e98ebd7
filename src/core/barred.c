/* barred.c - see barred.h. A ban that has ended stays in the table until it is ended or replaced:
 * there are CW_NETWORK_BANS_MAX at most. */
#include "core/barred.h"

#include <assert.h>
#include <stdlib.h>

#include "base/subnet.h"
#include "core/address.h"
#include "core/conn.h"
#include "core/state.h"

struct barred {
    uint8_t network[CW_NETWORK_N];
    uint8_t n;
    uint64_t until_ms; /* UTC; 0: for good */
};

static struct cw_slice bytes_of_barred(const struct barred *barred)
{
    return cw_slice_of(barred->network, barred->n);
}

static size_t place_of_barred(const struct cw_core *core, struct cw_slice network)
{
    size_t i = 0;
    while (i < core->barred_count && !cw_slice_eq(bytes_of_barred(&core->barred[i]), network))
        i++;
    return i;
}

static void put(struct cw_core *core, struct cw_slice network, uint64_t until_ms)
{
    size_t place = place_of_barred(core, network);
    assert(network.n <= CW_NETWORK_N);
    if (place == core->barred_count) {
        core->barred = cw_realloc(core->barred, ++core->barred_count * sizeof core->barred[0]);
        core->barred[place].n = (uint8_t)network.n;
        memcpy(core->barred[place].network, network.p, network.n);
    }
    core->barred[place].until_ms = until_ms;
}

void cw_barred_load(struct cw_core *core, const struct cw_store_result *bans)
{
    for (size_t i = 0; i < bans->server_ban_count; i++)
        if (bans->server_bans[i].network.n != 0)
            put(core, bans->server_bans[i].network, bans->server_bans[i].until_ms);
}

void cw_barred_finish(struct cw_core *core)
{
    free(core->barred);
}

bool cw_barred_has(const struct cw_core *core, const struct conn *conn)
{
    uint8_t bytes[8];
    if (core->barred_count == 0)
        return false;
    struct cw_slice address = cw_slice_of(bytes, cw_address_bytes(conn->from, bytes));
    for (size_t i = 0; i < core->barred_count; i++) {
        const struct barred *barred = &core->barred[i];
        bool over = barred->until_ms != 0 && barred->until_ms <= core->time_ms;
        if (!over && cw_subnet_has(bytes_of_barred(barred), address))
            return true;
    }
    return false;
}

void cw_barred_add(struct cw_core *core, struct cw_slice network, uint64_t until_ms)
{
    put(core, network, until_ms);
    for (size_t i = 0; i < core->conn_capacity; i++)
        if (core->conns[i] != NULL && cw_barred_has(core, core->conns[i]))
            cw_conn_close(core, core->conns[i], "its address is banned");
}

void cw_barred_remove(struct cw_core *core, struct cw_slice network)
{
    size_t place = place_of_barred(core, network);
    if (place != core->barred_count)
        core->barred[place] = core->barred[--core->barred_count];
}
