/* store.c - the calls of store.h, each handed to the back end. */
#include <stdio.h>
#include <time.h>

#include "store/store_backend.h"

static enum cw_store_status frozen_status(enum cw_store_op op)
{
    return op == CW_STORE_SESSION_SAVE ? CW_STORE_OK : CW_STORE_UNAVAILABLE;
}

/* Those that only read are carried out. What a session has received is not saved, and its client
 * may attach all the same: it gets some of that twice. */
static void execute_frozen(struct cw_store *store, const struct cw_store_request *const requests[],
                           size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    const struct cw_store_request **reading = cw_arena_alloc(arena, n * sizeof reading[0]);
    struct cw_store_result *read = cw_arena_alloc(arena, n * sizeof read[0]);
    size_t count = 0, next = 0;
    for (size_t i = 0; i < n; i++)
        if (!cw_store_op_writes(requests[i]->op))
            reading[count++] = requests[i];
    if (count != 0)
        store->backend->execute(store, reading, count, read, arena);
    bool failed = count != 0 && read[0].status == CW_STORE_FAILED;
    for (size_t i = 0; i < n; i++)
        if (cw_store_op_writes(requests[i]->op))
            cw_store_result_init(&results[i], requests[i],
                                 failed ? CW_STORE_FAILED : frozen_status(requests[i]->op));
        else
            results[i] = read[next++];
    cw_store_drop_files(store, requests, n, results);
}

void cw_store_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                      size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    if (store->frozen)
        execute_frozen(store, requests, n, results, arena);
    else
        store->backend->execute(store, requests, n, results, arena);
}

void cw_store_drop_files(struct cw_store *store, const struct cw_store_request *const requests[],
                         size_t n, const struct cw_store_result results[])
{
    if (store->backend->drop_files != NULL)
        store->backend->drop_files(store, requests, n, results);
}

bool cw_store_idle(struct cw_store *store, bool *again)
{
    *again = false;
    return store->frozen || store->backend->idle(store, again);
}

struct cw_store_news_list *cw_store_take_news(struct cw_store *store)
{
    struct cw_store_news_list *news = store->news;
    store->news = NULL;
    return news;
}

void cw_store_look(struct cw_store *store)
{
    if (store->backend->look != NULL)
        store->backend->look(store);
}

void cw_store_set_bell(struct cw_store *store, void (*rung)(void *context), void *context)
{
    if (store->backend->look != NULL)
        store->backend->set_bell(store, rung, context);
}

void cw_store_set_ringer(struct cw_store *store, bool (*rings)(void *context), void *context)
{
    store->rings = rings;
    store->rings_context = context;
}

uint64_t cw_store_epoch(const struct cw_store *store)
{
    return atomic_load(&store->epoch);
}

void cw_store_set_options(struct cw_store *store, const struct cw_store_options *options)
{
    store->backend->set_options(store, options);
}

bool cw_store_tick(struct cw_store *store)
{
    return store->backend->tick != NULL && !store->frozen && store->backend->tick(store);
}

bool cw_store_tick_due(const struct cw_store *store)
{
    return store->backend->tick != NULL && !store->frozen && store->backend->tick_due(store);
}

uint64_t cw_store_free_bytes(const struct cw_store *store)
{
    return store->free_bytes;
}

uint64_t cw_store_waits_ms(const struct cw_store *store)
{
    uint64_t since_ms = store->waits_since_ms;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    return since_ms == 0 || now_ms < since_ms ? 0 : now_ms - since_ms;
}

void cw_store_set_refuser(struct cw_store *store, void (*refuse)(void *context), void *context)
{
    store->refuse_waiting = refuse;
    store->refuse_context = context;
}

bool cw_store_disturbed(struct cw_store *store)
{
    return store->backend->disturbed != NULL && store->backend->disturbed(store);
}

const char *cw_store_failure(struct cw_store *store)
{
    return store->backend->failure == NULL ? NULL : store->backend->failure(store);
}

const uint8_t *cw_store_push_secret(const struct cw_store *store)
{
    return store->push_secret;
}

bool cw_store_has_pushes(const struct cw_store *store)
{
    return store->has_pushes;
}

const struct cw_store_identity *cw_store_identity(const struct cw_store *store)
{
    return &store->identity;
}

void cw_store_set_leases(struct cw_store *store, cw_store_lease_told *told, void *context)
{
    if (store->backend->set_leases != NULL)
        store->backend->set_leases(store, told, context);
}

uint64_t cw_store_renewed_ms(const struct cw_store *store)
{
    return store->backend->renewed_ms == NULL ? 0 : store->backend->renewed_ms(store);
}

void cw_store_lease(struct cw_store *store, uint64_t call, bool take)
{
    if (store->backend->lease != NULL)
        store->backend->lease(store, call, take);
}

uint64_t cw_store_newest(const struct cw_store *store)
{
    return store->backend->newest(store);
}

bool cw_store_renew_identity(struct cw_store *store)
{
    return store->backend->renew_identity(store);
}

bool cw_store_copy_begin(struct cw_store *store, const char *path, char error[256])
{
    if (store->backend->copy_begin != NULL && !store->frozen)
        return store->backend->copy_begin(store, path, error);
    snprintf(error, 256,
             store->frozen ? "The community is on its way to PostgreSQL: wait for the end of that."
                           : "This store cannot be copied.");
    return false;
}

enum cw_store_copying cw_store_copy_step(struct cw_store *store, char error[256])
{
    return store->backend->copy_step(store, error);
}

void cw_store_copy_end(struct cw_store *store)
{
    if (store->backend->copy_end != NULL)
        store->backend->copy_end(store);
}

bool cw_store_restored(struct cw_store *store, bool keep_sessions, struct cw_store_restored *ended)
{
    return store->backend->restored != NULL &&
           store->backend->restored(store, keep_sessions, ended);
}

struct cw_slice cw_store_kept_keys(const struct cw_store *store)
{
    return store->kept_keys;
}

uint64_t cw_store_date(const struct cw_store *store)
{
    return store->date_ms;
}

void cw_store_list_twins(struct cw_store *store, bool only_new, size_t most,
                         void (*found)(void *context, bool group, struct cw_slice name,
                                       struct cw_slice older),
                         void *context)
{
    if (store->backend->list_twins != NULL)
        store->backend->list_twins(store, only_new, most, found, context);
}

void cw_store_take_notes(struct cw_store *store, struct cw_store_notes *notes)
{
    *notes = store->notes;
    store->notes.count = store->notes.lost = 0;
}

void cw_store_close(struct cw_store *store)
{
    if (store != NULL)
        store->backend->close(store);
}
