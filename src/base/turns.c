/* turns.c - see turns.h. Lists on two levels: owners, and the parts of each owner. */
#include "base/turns.h"

#include <stdlib.h>

#include "base/alloc.h"

struct part {
    struct part *next;
    uint64_t id;
    struct cw_turn *first, *last; /* oldest first; never empty */
};

struct cw_turn_owner {
    struct cw_turn_owner *next;
    uint64_t id;
    size_t count;
    struct part *first, *last; /* in the order of their turns; never empty */
};

static struct cw_turn_owner *find_owner(const struct cw_turns *turns, uint64_t id)
{
    struct cw_turn_owner *owner = turns->first;
    while (owner != NULL && owner->id != id)
        owner = owner->next;
    return owner;
}

static void append_owner(struct cw_turns *turns, struct cw_turn_owner *owner)
{
    owner->next = NULL;
    if (turns->first == NULL)
        turns->first = owner;
    else
        turns->last->next = owner;
    turns->last = owner;
}

static void append_part(struct cw_turn_owner *owner, struct part *part)
{
    part->next = NULL;
    if (owner->first == NULL)
        owner->first = part;
    else
        owner->last->next = part;
    owner->last = part;
}

static struct cw_turn_owner *get_owner(struct cw_turns *turns, uint64_t id)
{
    struct cw_turn_owner *owner = find_owner(turns, id);
    if (owner != NULL)
        return owner;
    owner = cw_alloc_zero(sizeof *owner);
    owner->id = id;
    append_owner(turns, owner);
    return owner;
}

static struct part *get_part(struct cw_turn_owner *owner, uint64_t id)
{
    struct part *part = owner->first;
    while (part != NULL && part->id != id)
        part = part->next;
    if (part != NULL)
        return part;
    part = cw_alloc_zero(sizeof *part);
    part->id = id;
    append_part(owner, part);
    return part;
}

void cw_turns_add(struct cw_turns *turns, struct cw_turn *turn, uint64_t owner_id, uint64_t part_id,
                  uint64_t now_ms)
{
    struct cw_turn_owner *owner = get_owner(turns, owner_id);
    struct part *part = get_part(owner, part_id);
    turn->since_ms = now_ms;
    turn->next = NULL;
    if (part->first == NULL)
        part->first = turn;
    else
        part->last->next = turn;
    part->last = turn;
    owner->count++;
    turns->count++;
}

static void remove_owner(struct cw_turns *turns, struct cw_turn_owner *owner)
{
    struct cw_turn_owner *before = NULL;
    for (struct cw_turn_owner *o = turns->first; o != owner; o = o->next)
        before = o;
    if (before == NULL)
        turns->first = owner->next;
    else
        before->next = owner->next;
    if (turns->last == owner)
        turns->last = before;
}

static void remove_part(struct cw_turn_owner *owner, struct part *part)
{
    struct part *before = NULL;
    for (struct part *p = owner->first; p != part; p = p->next)
        before = p;
    if (before == NULL)
        owner->first = part->next;
    else
        before->next = part->next;
    if (owner->last == part)
        owner->last = before;
}

static void remove_turn(struct part *part, struct cw_turn *turn)
{
    struct cw_turn *before = NULL;
    for (struct cw_turn *t = part->first; t != turn; t = t->next)
        before = t;
    if (before == NULL)
        part->first = turn->next;
    else
        before->next = turn->next;
    if (part->last == turn)
        part->last = before;
}

/* `rotate`: it was the turn of this owner and part, so both go to the end of their lists. */
static struct cw_turn *take(struct cw_turns *turns, struct cw_turn_owner *owner, struct part *part,
                            struct cw_turn *turn, int rotate)
{
    remove_turn(part, turn);
    owner->count--;
    turns->count--;
    if (rotate || part->first == NULL)
        remove_part(owner, part);
    if (part->first == NULL)
        free(part);
    else if (rotate)
        append_part(owner, part);
    if (rotate || owner->first == NULL)
        remove_owner(turns, owner);
    if (owner->first == NULL)
        free(owner);
    else if (rotate)
        append_owner(turns, owner);
    return turn;
}

struct cw_turn *cw_turns_take(struct cw_turns *turns)
{
    struct cw_turn_owner *owner = turns->first;
    if (owner == NULL)
        return NULL;
    return take(turns, owner, owner->first, owner->first->first, 1);
}

struct cw_turn *cw_turns_take_old(struct cw_turns *turns, uint64_t until_ms)
{
    for (struct cw_turn_owner *owner = turns->first; owner != NULL; owner = owner->next)
        for (struct part *part = owner->first; part != NULL; part = part->next)
            if (part->first->since_ms <= until_ms)
                return take(turns, owner, part, part->first, 0);
    return NULL;
}

struct cw_turn *cw_turns_take_most(struct cw_turns *turns)
{
    struct cw_turn_owner *most = turns->first;
    struct part *newest;
    if (most == NULL)
        return NULL;
    for (struct cw_turn_owner *owner = most->next; owner != NULL; owner = owner->next)
        if (owner->count > most->count)
            most = owner;
    newest = most->first;
    for (struct part *part = newest->next; part != NULL; part = part->next)
        if (part->last->since_ms >= newest->last->since_ms)
            newest = part;
    return take(turns, most, newest, newest->last, 0);
}

size_t cw_turns_of(const struct cw_turns *turns, uint64_t id)
{
    const struct cw_turn_owner *owner = find_owner(turns, id);
    return owner == NULL ? 0 : owner->count;
}
