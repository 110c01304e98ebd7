/* rules_file.c - decisions about files that all back ends share: who may upload, send and read
 * one. */
#include "store/rules.h"

enum cw_store_status cw_store_may_upload(struct cw_store *store,
                                         const struct cw_store_options *options,
                                         const struct cw_store_request *request, uint64_t count,
                                         uint64_t total)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (!facts->user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (count >= CW_UPLOADS_PER_USER)
        return CW_STORE_FULL;
    if (!cw_store_quota_allows(options, facts->stored_of(store, request->user_id), request->size))
        return CW_STORE_OVER_QUOTA;
    bool room = options->uploads == 0 ||
                (request->size <= options->uploads && total <= options->uploads - request->size);
    return room ? CW_STORE_OK : CW_STORE_UNAVAILABLE;
}

enum cw_store_status cw_store_is_same_upload(const struct cw_store_request *request,
                                             const struct cw_store_file *file)
{
    bool same = file->size == request->size && cw_slice_eq(file->name, request->name);
    return same ? CW_STORE_OK : CW_STORE_CONFLICT;
}

/* Is it a message of a pair whose sender has blocked the user? */
static bool is_blocked(struct cw_store *store, uint64_t user_id, uint64_t sender_id,
                       uint64_t mailbox)
{
    return !cw_mailbox_is_group(mailbox) && sender_id != user_id &&
           store->backend->facts.has_blocked(store, sender_id, user_id);
}

enum cw_store_status cw_store_may_fetch(struct cw_store *store, uint64_t user_id,
                                        const struct cw_store_file *file)
{
    uint64_t sender_id, mailbox;
    if (file->message_id == CW_FILE_OF_PROFILE)
        return store->backend->facts.has_blocked(store, file->user_id, user_id) ? CW_STORE_NOT_FOUND
                                                                                : CW_STORE_OK;
    bool good =
        store->backend->facts.message_at(store, file->message_id, &sender_id, &mailbox) &&
        cw_store_may_read(store, user_id, cw_conversation_of(mailbox, sender_id)) == CW_STORE_OK &&
        !is_blocked(store, user_id, sender_id, mailbox);
    return good ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}
