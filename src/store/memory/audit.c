/* audit.c - the audit log, in memory. */
#include "store/memory/audit.h"

#include "store/rules_admin.h"
#include "store/rules_audit.h"

void cw_memory_audit(struct cw_memory *m, const struct cw_store_request *request,
                     enum cw_audit_act act, uint64_t target, struct cw_slice detail)
{
    static const uint8_t zeros[CW_AUDIT_HASH_N];
    uint8_t hash[CW_AUDIT_HASH_N];
    const struct cw_store_audit *last = cw_memory_at(&m->audit, m->audit.count);
    struct cw_store_audit *row = cw_memory_keep(m, sizeof *row);
    *row = (struct cw_store_audit){.number = m->audit.count + 1,
                                   .time_ms = request->time_ms,
                                   .actor_id = request->user_id,
                                   .act = (uint8_t)act,
                                   .target = target,
                                   .detail = cw_arena_copy(&m->arena, detail)};
    cw_store_audit_hash(row, last != NULL ? last->hash.p : zeros, hash);
    row->hash = cw_arena_copy(&m->arena, cw_slice_of(hash, sizeof hash));
    cw_memory_add(&m->audit, row);
}

void cw_memory_audit_add(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status == CW_STORE_OK)
        cw_memory_audit(m, request, request->act, request->number, request->body);
}

static struct cw_slice name_of_user(struct cw_memory *m, uint64_t id)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, id);
    return user == NULL ? (struct cw_slice){0} : cw_memory_out(m, user->name);
}

static struct cw_slice name_of_target(struct cw_memory *m, const struct cw_store_audit *row)
{
    const struct cw_memory_group *group;
    switch (cw_store_audit_target(row->act)) {
    case CW_AUDIT_OF_USER:
        return name_of_user(m, row->target);
    case CW_AUDIT_OF_GROUP:
        group = cw_memory_at(&m->groups, row->target);
        return group == NULL ? (struct cw_slice){0} : cw_memory_out(m, group->name);
    case CW_AUDIT_OF_NUMBER:
        break;
    }
    return (struct cw_slice){0};
}

void cw_memory_audit_list(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->audit = cw_memory_out_array(m, request->limit, sizeof result->audit[0]);
    for (uint64_t i = request->after; i < m->audit.count; i++) {
        const struct cw_store_audit *kept = m->audit.items[i];
        result->more = result->audit_count == request->limit;
        if (result->more)
            return;
        struct cw_store_audit *row = &result->audit[result->audit_count++];
        *row = *kept;
        row->detail = cw_memory_out(m, kept->detail);
        row->hash = cw_memory_out(m, kept->hash);
        row->act_name = cw_slice_str(cw_store_audit_name(row->act));
        row->target_name = name_of_target(m, row);
        if (row->actor_id != 0)
            row->actor = name_of_user(m, row->actor_id);
    }
}

void cw_memory_audit_verify(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_store_audit_walk walk = {0};
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    for (size_t i = 0; i < m->audit.count; i++)
        if (!cw_store_audit_step(&walk, request, m->audit.items[i]))
            break;
    cw_store_audit_end(&walk, request, result, m->out);
}
