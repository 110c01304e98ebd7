/* login_link.c - see login_link.h. */
#include "core/login_link.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/packed.h"
#include "core/effect.h"
#include "core/state.h"
#include "core/user.h"

static struct login_link *link_at(const struct cw_core *core, const struct link *at)
{
    return at == &core->login_links ? NULL : CW_LINK_OWNER(at, struct login_link, by_age);
}

#define EACH_LOGIN_LINK(core, l)                                                                   \
    struct login_link *l = link_at(core, (core)->login_links.next);                                \
    l != NULL;                                                                                     \
    l = link_at(core, l->by_age.next)

static void remove_link(struct cw_core *core, struct login_link *link)
{
    assert(!cw_list_empty(&link->by_age) && link->user->references > 0);
    cw_list_remove(&link->by_age);
    cw_user_release(core, link->user);
    free(link);
}

static void tell_device(struct cw_core *core, const struct login_link *link)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, link->waiting);
    cw_effect_bus(core, link->node, CW_BUS_LINK_ENDED, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* A device elsewhere is told that no session comes of it. */
static void end_link(struct cw_core *core, struct login_link *link)
{
    if (link->node != 0 && !link->made)
        tell_device(core, link);
    remove_link(core, link);
}

/* The other server may take its time for a link that was confirmed in time. */
static uint64_t end_of(const struct login_link *link)
{
    return link->confirm != 0 ? link->confirmed_ms + CW_FAR_LINK_CONFIRM_MS : link->until_ms;
}

struct login_link *cw_login_link_of(const struct cw_core *core, const struct user *user)
{
    for (EACH_LOGIN_LINK(core, link))
        if (link->user == user && !link->ended)
            return link;
    return NULL;
}

struct login_link *cw_login_link_hashed(const struct cw_core *core, struct cw_slice hash)
{
    assert(hash.n == CW_TOKEN_HASH_LEN);
    for (EACH_LOGIN_LINK(core, link))
        if (memcmp(link->hash, hash.p, hash.n) == 0 && !link->ended &&
            core->now_ms < link->until_ms)
            return link;
    return NULL;
}

struct login_link *cw_login_link_awaited(const struct cw_core *core, uint64_t cookie)
{
    assert(cookie != 0); /* that of links for which nobody waits */
    for (EACH_LOGIN_LINK(core, link))
        if ((link->node == 0 && link->waiting == cookie) || link->confirm == cookie)
            return link;
    return NULL;
}

void cw_login_link_end(struct login_link *link)
{
    assert(!link->ended && (!link->made || link->waiting != 0));
    link->ended = true;
}

void cw_login_link_end_of(struct cw_core *core, const struct user *user)
{
    struct login_link *link = cw_login_link_of(core, user);
    if (link == NULL)
        return;
    link->declined = true; /* a session that was made for it is dropped */
    cw_login_link_end(link);
}

void cw_login_link_make(struct cw_core *core, struct user *user, struct cw_slice hash)
{
    assert(hash.n == CW_TOKEN_HASH_LEN);
    cw_login_link_end_of(core, user);
    assert(cw_login_link_of(core, user) == NULL);
    struct login_link *link = cw_alloc_zero(sizeof *link);
    link->user = user;
    cw_user_refer(core, user);
    link->until_ms = core->now_ms + CW_LINK_MS;
    memcpy(link->hash, hash.p, hash.n);
    assert(cw_list_empty(&core->login_links) ||
           link_at(core, core->login_links.prev)->until_ms <= link->until_ms);
    cw_list_append(&core->login_links, &link->by_age);
}

uint64_t cw_login_links_sweep(struct cw_core *core)
{
    struct login_link *next;
    for (struct login_link *link = link_at(core, core->login_links.next); link != NULL;
         link = next) {
        next = link_at(core, link->by_age.next);
        link->ended |= core->now_ms >= end_of(link);
        uint64_t waiting = link->node == 0 ? link->waiting : link->confirm;
        if (link->ended && waiting != 0)
            return waiting;
        if (link->ended)
            end_link(core, link);
    }
    return 0;
}

void cw_login_link_forget(struct cw_core *core, uint64_t cookie)
{
    struct login_link *link = cw_login_link_awaited(core, cookie);
    if (link != NULL)
        end_link(core, link);
}

uint64_t cw_login_links_deadline(const struct cw_core *core)
{
    uint64_t deadline = UINT64_MAX;
    for (EACH_LOGIN_LINK(core, link))
        deadline = end_of(link) < deadline ? end_of(link) : deadline;
    return deadline;
}

void cw_login_links_node_gone(struct cw_core *core, unsigned node)
{
    for (EACH_LOGIN_LINK(core, link))
        link->ended |= link->node == node;
}

void cw_login_links_finish(struct cw_core *core)
{
    for (struct login_link *link; (link = link_at(core, core->login_links.next)) != NULL;)
        remove_link(core, link);
}
