/* list.c - the connections one by one, for the operator's questions. */
#include "net/net_internal.h"

bool cw_net_next(const struct cw_net *net, size_t *place, struct cw_net_row *row)
{
    while (*place < net->slot_count) {
        const struct peer *peer = net->slots[(*place)++];
        if (peer == NULL || !peer->told)
            continue;
        *row = (struct cw_net_row){.id = peer->id,
                                   .transport = peer->transport,
                                   .held = peer->account->held,
                                   .queued = peer->out.bytes,
                                   .silent_ms = cw_net_now_ms(net) - peer->received_ms};
        return true;
    }
    return false;
}
