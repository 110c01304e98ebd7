/* pair.c - see pair.h. */
#include "core/pair.h"

#include <assert.h>
#include <stdlib.h>

#include "core/group.h"
#include "core/state.h"
#include "core/user.h"

struct pair *cw_pair_create(struct cw_core *core, struct user *caller, struct user *callee,
                            uint64_t rings_until_ms)
{
    assert(caller != callee && caller->pair == NULL && callee->pair == NULL);
    struct pair *pair = cw_alloc_zero(sizeof *pair);
    *pair = (struct pair){.room = cw_alloc_zero(sizeof *pair->room),
                          .caller = caller,
                          .callee = callee,
                          .rings_until_ms = rings_until_ms};
    pair->room->pair = pair;
    cw_list_init(&pair->room->seats);
    cw_user_refer(core, caller);
    cw_user_refer(core, callee);
    assert(cw_list_empty(&core->rings) ||
           CW_LINK_OWNER(core->rings.prev, struct pair, link)->rings_until_ms <= rings_until_ms);
    caller->pair = callee->pair = pair;
    cw_list_append(&core->rings, &pair->link);
    return pair;
}

void cw_pair_destroy(struct cw_core *core, struct pair *pair)
{
    assert(pair->room->call_count == 0 && pair->room->seat_count == 0);
    pair->caller->pair = pair->callee->pair = NULL;
    cw_user_release(core, pair->caller);
    cw_user_release(core, pair->callee);
    cw_list_remove(&pair->link);
    free(pair->room->call);
    free(pair->room);
    free(pair);
}

struct pair *cw_pair_of(const struct user *a, const struct user *b)
{
    return a == b || a->pair != b->pair ? NULL : a->pair;
}

struct user *cw_pair_other(const struct pair *pair, const struct user *user)
{
    assert(user == pair->caller || user == pair->callee);
    return user == pair->caller ? pair->callee : pair->caller;
}

struct cw_slice cw_pair_name(struct cw_core *core, const struct pair *pair, const struct user *user)
{
    struct cw_slice name = cw_user_name(cw_pair_other(pair, user));
    uint8_t *text = cw_arena_alloc(&core->effects->arena, name.n + 1);
    text[0] = '@';
    memcpy(text + 1, name.p, name.n);
    return cw_slice_of(text, name.n + 1);
}

void cw_pair_break(struct cw_core *core, struct pair *pair)
{
    assert(pair->caller->pair == pair && !cw_list_empty(&pair->link));
    cw_list_remove(&pair->link);
    cw_list_append(&core->broken, &pair->link);
}
