/* chat_held.c - see chat_held.h. */
#include "chat_held.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void chat_held_add(struct chat_held *held, struct cw_ask *ask)
{
    held->p = cw_realloc(held->p, (held->count + 1) * sizeof *held->p);
    held->p[held->count++] = (struct held_ask){.ask = *ask};
    *ask = (struct cw_ask){.kind = CW_ASK_SAY};
}

bool chat_held_any_new(const struct chat_held *held)
{
    return held->count != 0 && held->p[held->count - 1].put == 0;
}

void chat_held_put(struct chat_held *held, uint64_t put)
{
    for (size_t i = held->count; i > 0 && held->p[i - 1].put == 0; i--)
        held->p[i - 1].put = put;
}

bool chat_held_next(struct chat_held *held, uint64_t done, struct cw_ask *ask)
{
    if (held->count == 0 || held->p[0].put > done)
        return false;
    *ask = held->p[0].ask;
    held->count--;
    memmove(held->p, held->p + 1, held->count * sizeof *held->p);
    return true;
}

void chat_held_finish(struct chat_held *held)
{
    for (size_t i = 0; i < held->count; i++)
        cw_ask_finish(&held->p[i].ask);
    free(held->p);
    *held = (struct chat_held){.count = 0};
}
