/* invitations.c - invitations to the server and to groups, in memory. */
#include "store/memory/memory.h"

static struct cw_memory_invitation *invitation_at(const struct cw_memory *m, size_t i)
{
    return m->invitations.items[i];
}

static bool is_good(const struct cw_memory_invitation *invitation, uint64_t now_ms)
{
    return invitation->uses != 0 && now_ms < invitation->expires_ms;
}

struct cw_memory_invitation *cw_memory_invitation_find(struct cw_memory *m, uint64_t mailbox,
                                                       const struct cw_store_request *request)
{
    for (size_t i = 0; i < m->invitations.count; i++) {
        struct cw_memory_invitation *invitation = invitation_at(m, i);
        if (invitation->mailbox == mailbox && is_good(invitation, request->time_ms) &&
            cw_slice_eq(invitation->hash, request->invitation))
            return mailbox != 0 || cw_store_may_invite(&m->store, &m->options, invitation->user_id)
                       ? invitation
                       : NULL;
    }
    return NULL;
}

bool cw_memory_invitation_good(struct cw_store *store, uint64_t mailbox,
                               const struct cw_store_request *request)
{
    return cw_memory_invitation_find((struct cw_memory *)store, mailbox, request) != NULL;
}

void cw_memory_invitations_drop(struct cw_memory *m, uint64_t mailbox)
{
    for (size_t i = m->invitations.count; i-- > 0;)
        if (invitation_at(m, i)->mailbox == mailbox)
            cw_memory_remove(&m->invitations, i);
}

void cw_memory_invitations_end(struct cw_memory *m, uint64_t mailbox, uint64_t user_id)
{
    for (size_t i = m->invitations.count; i-- > 0;)
        if (invitation_at(m, i)->mailbox == mailbox && invitation_at(m, i)->user_id == user_id)
            cw_memory_remove(&m->invitations, i);
}

/* A group's, or one person's. */
static bool is_mine(const struct cw_memory_invitation *invitation,
                    const struct cw_store_request *request)
{
    return invitation->mailbox == request->mailbox &&
           (request->mailbox != 0 || invitation->user_id == request->user_id);
}

/* Another one: is there room, and is the hash new? */
static enum cw_store_status may_add(struct cw_memory *m, const struct cw_store_request *request)
{
    uint64_t count = 0, places = 0;
    bool exists = false;
    for (size_t i = 0; i < m->invitations.count; i++) {
        const struct cw_memory_invitation *other = invitation_at(m, i);
        if (!is_good(other, cw_store_moment(request).earlier_ms))
            continue;
        if (cw_slice_eq(other->hash, request->secret))
            exists = true;
        if (is_mine(other, request)) {
            count++;
            places += other->uses;
        }
    }
    if (!cw_store_has_invitation_room(&m->options, request, count, places))
        return CW_STORE_FULL;
    return exists ? CW_STORE_EXISTS : CW_STORE_OK;
}

/* The server's own: of too many restarts without a user the oldest go. */
static void trim_own(struct cw_memory *m)
{
    size_t count = 0;
    for (size_t i = m->invitations.count; i-- > 0;) {
        const struct cw_memory_invitation *invitation = invitation_at(m, i);
        if (invitation->mailbox == 0 && invitation->user_id == 0 && ++count >= CW_INVITATIONS_MAX)
            cw_memory_remove(&m->invitations, i);
    }
}

void cw_memory_invite_create(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    result->status = cw_store_may_make_invitation(&m->store, &m->options, request);
    if (result->status == CW_STORE_OK)
        result->status = may_add(m, request);
    if (result->status != CW_STORE_OK)
        return;
    if (request->user_id == 0)
        trim_own(m);
    struct cw_memory_invitation *invitation = cw_memory_keep(m, sizeof *invitation);
    *invitation = (struct cw_memory_invitation){.id = ++m->last_invitation_id,
                                                .hash = cw_arena_copy(&m->arena, request->secret),
                                                .user_id = request->user_id,
                                                .mailbox = request->mailbox,
                                                .created_ms = request->time_ms,
                                                .expires_ms = request->expires_ms,
                                                .uses = request->uses};
    cw_memory_add(&m->invitations, invitation);
    result->invitation_id = invitation->id;
}

/* --- looking at them, and taking them back ---------------------------------------------- */

void cw_memory_invite_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    size_t most = CW_INVITATIONS_OPEN_MAX;
    if (request->mailbox != 0)
        result->status = cw_store_may_change_group(&m->store, request, request->mailbox >> 1);
    if (result->status != CW_STORE_OK)
        return;
    result->invitations = cw_memory_out_array(m, most, sizeof result->invitations[0]);
    for (size_t i = 0; i < m->invitations.count && result->invitation_count < most; i++) {
        const struct cw_memory_invitation *invitation = invitation_at(m, i);
        const struct cw_memory_user *by = cw_memory_at(&m->users, invitation->user_id);
        if (!is_mine(invitation, request) ||
            !is_good(invitation, cw_store_moment(request).earlier_ms) || by == NULL)
            continue;
        result->invitations[result->invitation_count++] =
            (struct cw_store_invitation){.id = invitation->id,
                                         .by = cw_memory_out(m, by->name),
                                         .created_ms = invitation->created_ms,
                                         .expires_ms = invitation->expires_ms,
                                         .uses = invitation->uses};
    }
}

void cw_memory_invite_withdraw(struct cw_memory *m, const struct cw_store_request *request,
                               struct cw_store_result *result)
{
    size_t i = 0;
    while (i < m->invitations.count && invitation_at(m, i)->id != request->invitation_id)
        i++;
    if (i == m->invitations.count || !is_good(invitation_at(m, i), request->time_ms) ||
        !cw_store_may_withdraw(&m->store, request, invitation_at(m, i)->mailbox,
                               invitation_at(m, i)->user_id))
        result->status = CW_STORE_NOT_FOUND;
    else
        cw_memory_remove(&m->invitations, i);
}
