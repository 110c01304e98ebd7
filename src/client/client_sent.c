/* client_sent.c - see client_sent.h. */
#include "client/client_sent.h"

void cw_client_sent_add(struct cw_client_sent *sent, uint64_t id)
{
    sent->ids[sent->next++ % CW_CLIENT_SENT_MAX] = id;
}

bool cw_client_sent_has(const struct cw_client_sent *sent, uint64_t id)
{
    for (unsigned i = 0; i < CW_CLIENT_SENT_MAX; i++)
        if (sent->ids[i] == id)
            return true;
    return false;
}
