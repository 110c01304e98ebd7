/* barred.c - bans from the server, of users and of networks; all users, and the end of their
 * sessions, in memory. */
#include "store/memory/barring.h"

#include "store/memory/audit.h"
#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/rules_profile.h"
#include "text/words.h"

/* --- one ban --------------------------------------------------------------------------------- */

static uint64_t target_of(const struct cw_store_request *request)
{
    return request->network.n != 0 ? 0 : request->other_id;
}

static size_t count_networks(const struct cw_memory *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->barred.count; i++)
        count += ((const struct cw_memory_barred *)m->barred.items[i])->user_id == 0;
    return count;
}

void cw_memory_server_ban_add(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    bool network = request->network.n != 0;
    result->status = cw_store_may_bar(&m->store, request);
    if (result->status == CW_STORE_OK && network && count_networks(m) >= CW_NETWORK_BANS_MAX)
        result->status = CW_STORE_FULL;
    if (result->status != CW_STORE_OK)
        return;
    size_t place = cw_memory_place_of_ban(m, target_of(request), request->network);
    if (place != m->barred.count)
        cw_memory_remove(&m->barred, place);
    struct cw_memory_barred *ban = cw_memory_keep(m, sizeof *ban);
    *ban = (struct cw_memory_barred){.id = ++m->last_barred_id,
                                     .user_id = target_of(request),
                                     .by_id = request->user_id,
                                     .created_ms = request->time_ms,
                                     .until_ms = request->until_ms,
                                     .network = cw_arena_copy(&m->arena, request->network),
                                     .reason = cw_arena_copy(&m->arena, request->name)};
    cw_memory_add(&m->barred, ban);
    if (!network)
        cw_memory_sessions_drop(m, cw_memory_at(&m->users, request->other_id), 0);
    cw_memory_audit(m, request, network ? CW_AUDIT_BAN_NETWORK : CW_AUDIT_BAN_USER,
                    target_of(request), request->network);
}

void cw_memory_server_ban_end(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    size_t place = cw_memory_place_of_ban(m, target_of(request), request->network);
    const struct cw_memory_barred *ban =
        place == m->barred.count ? NULL : (const struct cw_memory_barred *)m->barred.items[place];
    if (ban == NULL || cw_store_is_over(request, ban->until_ms)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_memory_remove(&m->barred, place);
    cw_memory_audit(m, request,
                    request->network.n != 0 ? CW_AUDIT_UNBAN_NETWORK : CW_AUDIT_UNBAN_USER,
                    target_of(request), request->network);
}

static struct cw_slice name_if_any(struct cw_memory *m, uint64_t user_id)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    return user_id == 0 || user == NULL ? (struct cw_slice){0} : cw_memory_out(m, user->name);
}

void cw_memory_server_ban_list(struct cw_memory *m, const struct cw_store_request *request,
                               struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->server_bans = cw_memory_out_array(m, request->limit, sizeof result->server_bans[0]);
    for (size_t i = 0; i < m->barred.count; i++) {
        const struct cw_memory_barred *ban = m->barred.items[i];
        if (ban->id <= request->after || cw_store_is_over(request, ban->until_ms))
            continue;
        result->more = result->server_ban_count == request->limit;
        if (result->more)
            return;
        result->server_bans[result->server_ban_count++] =
            (struct cw_store_server_ban){.id = ban->id,
                                         .user_id = ban->user_id,
                                         .name = name_if_any(m, ban->user_id),
                                         .network = cw_memory_out(m, ban->network),
                                         .created_ms = ban->created_ms,
                                         .until_ms = ban->until_ms,
                                         .by = name_if_any(m, ban->by_id),
                                         .reason = cw_memory_out(m, ban->reason)};
    }
}

/* --- users ------------------------------------------------------------------------------------ */

void cw_memory_sessions_end(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_store_may_act_on(&m->store, request);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_sessions_drop(m, cw_memory_at(&m->users, request->other_id), 0);
    cw_memory_audit(m, request, CW_AUDIT_END_SESSIONS, request->other_id, (struct cw_slice){0});
}

static bool matches_words(struct cw_slice query, struct cw_slice name)
{
    struct cw_buf terms = {0}, tokens = {0};
    cw_words_query(query, &terms);
    bool listed = cw_store_is_listed(cw_buf_slice(&terms), name, (struct cw_slice){0}, &tokens);
    cw_buf_finish(&terms);
    cw_buf_finish(&tokens);
    return listed;
}

void cw_memory_user_list(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    size_t scanned = 0;
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->people = cw_memory_out_array(m, request->limit, sizeof result->people[0]);
    for (size_t i = request->after; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        struct cw_store_result ban = {0};
        if (user->deleted)
            continue;
        result->more = result->person_count == request->limit || scanned++ == CW_DIRECTORY_SCAN_MAX;
        if (result->more)
            return;
        result->scanned_to = user->id;
        if (matches_words(request->body, user->name))
            result->people[result->person_count++] =
                (struct cw_store_person){.user_id = user->id,
                                         .name = cw_memory_out(m, user->name),
                                         .seen_ms = user->seen_ms,
                                         .bot = user->bot,
                                         .admin = user->admin,
                                         .barred = cw_memory_is_barred(m, request, user->id, &ban)};
    }
}
