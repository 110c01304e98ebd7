/* versions.c - earlier texts of edited messages, in memory. */
#include "store/memory/versions.h"

#include "store/rules_group.h"

static struct cw_memory_version *version_at(const struct cw_memory *m, size_t i)
{
    return m->versions.items[i];
}

static uint64_t end_of(const struct cw_store_request *request, uint64_t days)
{
    return cw_store_moment(request).earlier_ms + days * CW_DAY_MS;
}

/* Of more than CW_VERSIONS_MAX the oldest goes. */
static void trim(struct cw_memory *m, uint64_t message_id)
{
    size_t count = 0;
    for (size_t i = m->versions.count; i-- > 0;)
        if (version_at(m, i)->message_id == message_id && ++count > CW_VERSIONS_MAX)
            cw_memory_remove(&m->versions, i);
}

void cw_memory_version_keep(struct cw_memory *m, const struct cw_store_request *request,
                            const struct cw_memory_entry *entry)
{
    uint64_t mailbox = entry->message.mailbox;
    const struct cw_memory_group *group =
        cw_mailbox_is_group(mailbox) ? cw_memory_at(&m->groups, mailbox >> 1) : NULL;
    if (group == NULL || group->version_days == 0 || entry->message.damaged)
        return;
    struct cw_memory_version *version = cw_memory_keep(m, sizeof *version);
    *version = (struct cw_memory_version){.message_id = entry->message.message_id,
                                          .group_id = group->id,
                                          .written_ms = entry->message.edited_ms != 0
                                                            ? entry->message.edited_ms
                                                            : entry->message.time_ms,
                                          .ends_ms = end_of(request, group->version_days),
                                          .body = entry->message.body};
    cw_memory_add(&m->versions, version);
    trim(m, version->message_id);
}

void cw_memory_versions_drop(struct cw_memory *m, uint64_t message_id)
{
    for (size_t i = m->versions.count; i-- > 0;)
        if (version_at(m, i)->message_id == message_id)
            cw_memory_remove(&m->versions, i);
}

void cw_memory_versions_expire(struct cw_memory *m)
{
    for (size_t i = m->versions.count; i-- > 0;)
        if (version_at(m, i)->ends_ms <= m->moment.earlier_ms)
            cw_memory_remove(&m->versions, i);
}

void cw_memory_group_versions(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    result->status = cw_store_may_change_group(&m->store, request, request->group_id);
    if (result->status != CW_STORE_OK)
        return;
    group->version_days = request->version_days;
    uint64_t end_ms = end_of(request, request->version_days);
    for (size_t i = m->versions.count; i-- > 0;) {
        struct cw_memory_version *version = version_at(m, i);
        if (version->group_id != group->id)
            continue;
        if (version->ends_ms > end_ms)
            version->ends_ms = end_ms;
        if (request->version_days == 0)
            cw_memory_remove(&m->versions, i);
    }
}

void cw_memory_version_list(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    const struct cw_memory_entry *found =
        cw_memory_entry(cw_memory_conversation(m, conversation), request->seq);
    struct cw_store_entry entry;
    if (found != NULL)
        entry = cw_memory_rules_entry(found);
    result->status = cw_store_may_see_versions(&m->store, request, found != NULL ? &entry : NULL);
    if (result->status != CW_STORE_OK)
        return;
    result->messages = cw_memory_out_array(m, CW_VERSIONS_MAX, sizeof result->messages[0]);
    for (size_t i = 0; i < m->versions.count; i++) {
        const struct cw_memory_version *version = version_at(m, i);
        if (version->message_id == found->message.message_id &&
            version->ends_ms > cw_store_moment(request).earlier_ms)
            result->messages[result->message_count++] =
                (struct cw_store_message){.seq = request->seq,
                                          .time_ms = version->written_ms,
                                          .body = cw_memory_out(m, version->body)};
    }
}
