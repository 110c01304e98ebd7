/* far_link.c - see far_link.h. */
#include "core/far_link.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/packed.h"
#include "core/address.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/elsewhere.h"
#include "core/list.h"
#include "core/login_link.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"

/* A device here that has opened a link of another server. */
struct far_link {
    struct link link; /* in core->far_links */
    uint64_t number;
    uint64_t cookie; /* of its request while it waits for the other server; 0: a session is made */
    uint64_t until_ms;
    unsigned node; /* that made it; 0: none has said so */
    uint64_t confirm;
    uint64_t by;      /* the session that has confirmed it */
    uint64_t made;    /* the session of the device; 0: not yet */
    uint64_t address; /* of the device: struct address */
    bool ended;
    uint8_t hash[CW_TOKEN_HASH_LEN];
    uint8_t name_n; /* of the user who has confirmed it; 0: none has */
    uint8_t name[CW_NAME_MAX];
};

static struct far_link *far_link_at(const struct cw_core *core, const struct link *at)
{
    return at == &core->far_links ? NULL : CW_LINK_OWNER(at, struct far_link, link);
}

#define EACH_FAR_LINK(core, l)                                                                     \
    struct far_link *l = far_link_at(core, (core)->far_links.next);                                \
    l != NULL;                                                                                     \
    l = far_link_at(core, l->link.next)

static struct far_link *far_link_numbered(const struct cw_core *core, uint64_t number)
{
    for (EACH_FAR_LINK(core, link))
        if (link->number == number)
            return link;
    return NULL;
}

static struct far_link *far_link_awaited(const struct cw_core *core, uint64_t cookie)
{
    for (EACH_FAR_LINK(core, link))
        if (link->cookie == cookie)
            return link;
    return NULL;
}

static void remove_far_link(struct far_link *link)
{
    cw_list_remove(&link->link);
    free(link);
}

static void say_link(struct cw_core *core, unsigned node, enum cw_bus_kind kind,
                     struct cw_buf *body)
{
    cw_effect_bus(core, node, kind, cw_buf_slice(body));
    cw_buf_finish(body);
}

static void say_done(struct cw_core *core, unsigned node, uint64_t confirm, uint64_t session_id)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, confirm);
    cw_packed_put_u64(&body, session_id);
    say_link(core, node, CW_BUS_LINK_DONE, &body);
}

/* --- the device's server -------------------------------------------------------------------- */

/* Anybody may ask, with any link, and waits outside of the limits for visitors. */
static bool may_ask(const struct cw_core *core, const struct conn *conn)
{
    size_t count = 0, of_address = 0;
    for (EACH_FAR_LINK(core, link)) {
        count += link->node == 0;
        of_address += link->node == 0 && link->address == conn->from->id;
    }
    return cw_elsewhere_any(core) && count < CW_FAR_LINKS_MAX &&
           of_address < CW_FAR_LINKS_OF_ADDRESS;
}

bool cw_far_link_ask(struct cw_core *core, struct request *request, struct cw_slice hash,
                     step_fn *resume)
{
    struct cw_buf body = {0};
    if (!may_ask(core, request->conn))
        return false;
    assert(hash.n == CW_TOKEN_HASH_LEN);
    struct far_link *link = cw_alloc_zero(sizeof *link);
    memcpy(link->hash, hash.p, hash.n);
    link->address = request->conn->from->id;
    link->cookie = link->number = cw_request_hold(core, request, resume);
    link->until_ms = core->now_ms + CW_FAR_LINK_ASK_MS;
    cw_list_append(&core->far_links, &link->link);
    request->opened = link->number;
    cw_packed_put_u64(&body, link->number);
    cw_packed_put_bytes(&body, hash);
    cw_packed_put_bytes(&body, request->msg->digits);
    say_link(core, CW_BUS_TO_ALL, CW_BUS_LINK_OPEN, &body);
    return true;
}

struct cw_slice cw_far_link_confirmed(struct cw_core *core, struct request *request)
{
    struct far_link *link = far_link_numbered(core, request->opened);
    if (link->ended || link->name_n == 0)
        return (struct cw_slice){0};
    link->cookie = 0;
    link->until_ms = core->now_ms + CW_FAR_LINK_CONFIRM_MS;
    return cw_effect_copy(core, cw_slice_of(link->name, link->name_n));
}

uint64_t cw_far_link_by(const struct cw_core *core, const struct request *request)
{
    const struct far_link *link = far_link_numbered(core, request->opened);
    return link == NULL || link->ended ? 0 : link->by;
}

bool cw_far_link_made(struct cw_core *core, const struct request *request, uint64_t session_id)
{
    struct far_link *link = far_link_numbered(core, request->opened);
    if (link == NULL)
        return false;
    bool waits = !link->ended;
    say_done(core, link->node, link->confirm, waits ? session_id : 0);
    link->made = waits ? session_id : 0;
    link->until_ms = core->now_ms + 2 * CW_FAR_LINK_CONFIRM_MS; /* it may say: too late */
    if (link->made == 0)
        remove_far_link(link);
    return waits;
}

uint64_t cw_far_links_sweep(struct cw_core *core)
{
    struct far_link *next;
    for (struct far_link *link = far_link_at(core, core->far_links.next); link != NULL;
         link = next) {
        next = far_link_at(core, link->link.next);
        bool over = core->now_ms >= link->until_ms;
        if (link->cookie == 0) {
            if (over) /* the other server does not wait any more */
                remove_far_link(link);
            continue;
        }
        link->ended |= over || cw_request_held(core, link->cookie) == NULL;
        if (link->ended || link->name_n != 0)
            return link->cookie;
    }
    return 0;
}

void cw_far_link_forget(struct cw_core *core, uint64_t cookie)
{
    struct far_link *link = far_link_awaited(core, cookie);
    if (link == NULL)
        return;
    if (link->name_n != 0) /* its device has gone in this moment */
        say_done(core, link->node, link->confirm, 0);
    remove_far_link(link);
}

void cw_far_links_node_gone(struct cw_core *core, unsigned node)
{
    for (EACH_FAR_LINK(core, link))
        link->ended |= link->node == node;
}

uint64_t cw_far_links_deadline(const struct cw_core *core)
{
    uint64_t deadline = UINT64_MAX;
    for (EACH_FAR_LINK(core, link))
        deadline = link->until_ms < deadline ? link->until_ms : deadline;
    return deadline;
}

void cw_far_links_finish(struct cw_core *core)
{
    for (struct far_link *link; (link = far_link_at(core, core->far_links.next)) != NULL;)
        remove_far_link(link);
}

/* --- the server that made it ------------------------------------------------------------------ */

void cw_far_link_confirm(struct cw_core *core, const struct login_link *link, uint64_t by)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, link->waiting);
    cw_packed_put_u64(&body, link->confirm);
    cw_packed_put_bytes(&body, cw_slice_of(link->hash, sizeof link->hash));
    cw_packed_put_u64(&body, by);
    cw_packed_put_bytes(&body, cw_user_name(link->user));
    say_link(core, link->node, CW_BUS_LINK_CONFIRM, &body);
}

static void take_open(struct cw_core *core, unsigned node, struct cw_packed *from)
{
    uint64_t number = cw_packed_take_u64(from);
    struct cw_slice hash = cw_packed_take_bytes(from), digits = cw_packed_take_bytes(from);
    if (!cw_packed_end(from) || number == 0 || hash.n != CW_TOKEN_HASH_LEN ||
        digits.n != CW_CODE_DIGITS)
        return;
    struct login_link *link = cw_login_link_hashed(core, hash);
    if (link == NULL || link->waiting != 0)
        return;
    link->waiting = number;
    link->node = node;
    memcpy(link->digits, digits.p, CW_CODE_DIGITS);
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, number);
    cw_packed_put_u32(&body, (uint32_t)(link->until_ms - core->now_ms));
    say_link(core, node, CW_BUS_LINK_TAKEN, &body);
}

static void take_done(struct cw_core *core, unsigned node, struct cw_packed *from)
{
    uint64_t confirm = cw_packed_take_u64(from), session_id = cw_packed_take_u64(from);
    if (!cw_packed_end(from) || confirm == 0)
        return;
    struct login_link *link = cw_login_link_awaited(core, confirm);
    bool waits = link != NULL && link->node == node && link->confirm == confirm && !link->ended;
    if (waits) {
        link->made = session_id != 0;
        link->declined = !link->made;
        cw_login_link_end(link);
    } else if (session_id != 0) {
        cw_session_drop(core, session_id); /* its user was told that there is none */
    }
}

/* --- what that one says to the device's server -------------------------------------------------
 */

static void take_taken(struct cw_core *core, unsigned node, struct cw_packed *from)
{
    struct far_link *link = far_link_numbered(core, cw_packed_take_u64(from));
    uint32_t left_ms = cw_packed_take_u32(from);
    if (!cw_packed_end(from) || link == NULL || link->node != 0)
        return;
    link->node = node;
    link->until_ms = core->now_ms + (left_ms < CW_LINK_MS ? left_ms : CW_LINK_MS) +
                     CW_FAR_LINK_CONFIRM_MS; /* digits may be told in the last moment */
}

static void take_confirm(struct cw_core *core, unsigned node, struct cw_packed *from)
{
    struct far_link *link = far_link_numbered(core, cw_packed_take_u64(from));
    uint64_t confirm = cw_packed_take_u64(from);
    struct cw_slice hash = cw_packed_take_bytes(from);
    uint64_t by = cw_packed_take_u64(from);
    struct cw_slice name = cw_packed_take_bytes(from);
    if (!cw_packed_end(from) || name.n == 0 || name.n > CW_NAME_MAX)
        return;
    if (link == NULL || link->node != node || link->name_n != 0 ||
        !cw_slice_eq(hash, cw_slice_of(link->hash, sizeof link->hash))) {
        say_done(core, node, confirm, 0);
        return;
    }
    link->confirm = confirm;
    link->by = by;
    link->name_n = (uint8_t)name.n;
    memcpy(link->name, name.p, name.n);
}

static void take_link_ended(struct cw_core *core, unsigned node, struct cw_packed *from)
{
    struct far_link *link = far_link_numbered(core, cw_packed_take_u64(from));
    if (!cw_packed_end(from) || link == NULL || link->node != node)
        return;
    link->ended = true;
    if (link->made == 0)
        return;
    cw_session_drop(core, link->made);
    remove_far_link(link);
}

void cw_far_link_take(struct cw_core *core, const struct cw_core_bus *bus)
{
    struct cw_packed from = cw_packed_begin(bus->body);
    if (bus->kind == CW_BUS_LINK_OPEN)
        take_open(core, bus->node, &from);
    else if (bus->kind == CW_BUS_LINK_TAKEN)
        take_taken(core, bus->node, &from);
    else if (bus->kind == CW_BUS_LINK_CONFIRM)
        take_confirm(core, bus->node, &from);
    else if (bus->kind == CW_BUS_LINK_DONE)
        take_done(core, bus->node, &from);
    else
        take_link_ended(core, bus->node, &from);
}
