/* share.c - see share.h. */
#include "core/share.h"

#include <assert.h>
#include <stdlib.h>

#include "base/packed.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/remote.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* A piece of the set goes when it has so many bytes; the longest item has less than the rest. */
#define PIECE_BYTES (CW_BUS_BODY_MAX / 2)

#define SIGN_SOON_MS 250
#define SIGNS_SOON   4

/* A set on its way to a node. */
struct sending {
    struct link link; /* in core->share_sends, in the order in which they were asked for */
    unsigned node;
    uint32_t index;    /* of the next piece */
    struct link *next; /* ... which begins with this one of core->shares */
};

/* One who is just leaving keeps those of before. */
static void pack_groups(const struct user *user, struct cw_buf *groups)
{
    if (cw_list_empty(&user->sessions))
        return;
    groups->n = 0;
    const struct session *session = CW_LINK_OWNER(user->sessions.next, struct session, of_user);
    for (size_t i = 0; i < session->membership_count && groups->n < PIECE_BYTES / 4; i++)
        cw_packed_put_u64(groups, session->memberships[i].group->id);
}

static void pack_blocked(const struct user *user, struct cw_buf *blocked)
{
    for (size_t i = 0; i < user->blocked_count && blocked->n < PIECE_BYTES / 4; i++)
        cw_packed_put_u32(blocked, user->blocked[i]);
}

static void renew_item(struct shared *shared)
{
    const struct user *user = shared->user;
    struct cw_buf blocked = {0};
    pack_groups(user, &shared->groups);
    pack_blocked(user, &blocked);
    shared->item.n = 0;
    cw_remote_pack(&shared->item, &(struct remote_item){.id = user->id,
                                                        .state = shared->state,
                                                        .name = cw_user_name(user),
                                                        .blocked = cw_buf_slice(&blocked),
                                                        .groups = cw_buf_slice(&shared->groups)});
    cw_buf_finish(&blocked);
}

/* --- changes ------------------------------------------------------------------------------- */

/* The version is said again soon, and some times, in case the change is lost. */
static void tell_item(struct cw_core *core, struct cw_slice item)
{
    core->signs = SIGNS_SOON;
    if (core->sign_ms > core->now_ms + SIGN_SOON_MS)
        core->sign_ms = core->now_ms + SIGN_SOON_MS;
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, ++core->share_version);
    cw_buf_append(&body, item.p, item.n);
    cw_effect_bus(core, CW_BUS_TO_ALL, CW_BUS_PRESENCE, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

static void begin_share(struct cw_core *core, struct user *user)
{
    struct shared *shared = cw_alloc_zero(sizeof *shared);
    shared->user = user;
    user->shared = shared;
    cw_list_append(&core->shares, &shared->link);
    cw_list_init(&shared->changed);
    core->share_count++;
}

static struct sending *sending_at(struct link *link)
{
    return CW_LINK_OWNER(link, struct sending, link);
}

static void end_share(struct cw_core *core, struct shared *shared)
{
    for (struct link *at = core->share_sends.next; at != &core->share_sends; at = at->next)
        if (sending_at(at)->next == &shared->link)
            sending_at(at)->next = shared->link.next;
    shared->user->shared = NULL;
    cw_list_remove(&shared->link);
    cw_list_remove(&shared->changed);
    cw_buf_finish(&shared->item);
    cw_buf_finish(&shared->groups);
    free(shared);
    core->share_count--;
}

static void mark_changed(struct cw_core *core, struct shared *shared)
{
    if (cw_list_empty(&shared->changed))
        cw_list_append(&core->shares_changed, &shared->changed);
}

static void stop_sharing(struct cw_core *core, struct shared *shared)
{
    struct cw_buf item = {0};
    core->share_digest -= cw_share_digest(shared->user->id, shared->state);
    cw_remote_pack(&item, &(struct remote_item){.id = shared->user->id});
    end_share(core, shared);
    tell_item(core, cw_buf_slice(&item));
    cw_buf_finish(&item);
}

void cw_share_state(struct cw_core *core, struct user *user, enum presence state)
{
    if (core->config.node == 0 || (user->shared == NULL && state == PRESENCE_OFFLINE))
        return;
    if (state == PRESENCE_OFFLINE) {
        stop_sharing(core, user->shared);
        return;
    }
    if (user->shared == NULL)
        begin_share(core, user);
    else
        core->share_digest -= cw_share_digest(user->id, user->shared->state);
    user->shared->state = state;
    core->share_digest += cw_share_digest(user->id, state);
    mark_changed(core, user->shared);
}

void cw_share_renew(struct cw_core *core, const struct user *user)
{
    if (user->shared != NULL)
        mark_changed(core, user->shared);
}

void cw_shares_flush(struct cw_core *core)
{
    while (!cw_list_empty(&core->shares_changed)) {
        struct shared *shared = CW_LINK_OWNER(core->shares_changed.next, struct shared, changed);
        cw_list_remove(&shared->changed);
        renew_item(shared);
        tell_item(core, cw_buf_slice(&shared->item));
    }
}

/* --- all of it ---------------------------------------------------------------------------------
 */

void cw_shares_sign(struct cw_core *core)
{
    struct cw_buf body = {0};
    core->sign_ms = core->now_ms + (core->signs != 0 ? SIGN_SOON_MS : CW_BUS_SIGN_MS);
    core->signs -= core->signs != 0;
    cw_packed_put_u64(&body, core->share_version);
    cw_packed_put_u64(&body, core->share_digest);
    cw_effect_bus(core, CW_BUS_TO_ALL, CW_BUS_PRESENCE_SIGN, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

static struct sending *find_sending(const struct cw_core *core, unsigned node)
{
    for (struct link *at = core->share_sends.next; at != &core->share_sends; at = at->next)
        if (sending_at(at)->node == node)
            return sending_at(at);
    return NULL;
}

void cw_shares_send(struct cw_core *core, unsigned node)
{
    struct sending *sending = find_sending(core, node);
    if (sending == NULL) {
        sending = cw_alloc_zero(sizeof *sending);
        sending->node = node;
        cw_list_append(&core->share_sends, &sending->link);
    }
    sending->index = 0;
    sending->next = core->shares.next;
}

static void end_sending(struct sending *sending)
{
    cw_list_remove(&sending->link);
    free(sending);
}

void cw_shares_stop(struct cw_core *core, unsigned node)
{
    struct sending *sending = find_sending(core, node);
    if (sending != NULL)
        end_sending(sending);
}

/* Behind version and number of the piece: items, each behind a 1, and a 0 at the end of a piece or
 * a 2 at the end of all. Returns its bytes. */
static size_t send_piece(struct cw_core *core, struct sending *sending)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, core->share_version);
    cw_packed_put_u32(&body, sending->index++);
    for (; sending->next != &core->shares && body.n < PIECE_BYTES;
         sending->next = sending->next->next) {
        const struct shared *shared = CW_LINK_OWNER(sending->next, struct shared, link);
        cw_packed_put_u8(&body, 1);
        cw_buf_append(&body, shared->item.p, shared->item.n);
    }
    bool last = sending->next == &core->shares;
    cw_packed_put_u8(&body, last ? 2 : 0);
    cw_effect_bus(core, sending->node, CW_BUS_PRESENCE_SET, cw_buf_slice(&body));
    size_t n = body.n;
    cw_buf_finish(&body);
    if (last)
        end_sending(sending);
    return n;
}

void cw_shares_go_on(struct cw_core *core)
{
    if (cw_list_empty(&core->share_sends))
        return;
    cw_shares_flush(core);
    if (core->now_ms >= core->share_send_ms) {
        core->share_send_ms = core->now_ms + CW_SHARE_PACE_MS;
        core->share_sent = 0;
    }
    while (core->share_sent < PIECE_BYTES && !cw_list_empty(&core->share_sends))
        core->share_sent += send_piece(core, sending_at(core->share_sends.next));
}

uint64_t cw_shares_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->share_sends) ? UINT64_MAX : core->share_send_ms;
}

void cw_shares_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->share_sends))
        end_sending(sending_at(core->share_sends.next));
    while (!cw_list_empty(&core->shares))
        end_share(core, CW_LINK_OWNER(core->shares.next, struct shared, link));
}
