/* store_request.c - a request that outlives the step that made it. */
#include "store/store_request.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/account.h"
#include "base/alloc.h"

/* Every slice of a request: one added there must be added here, or its copy
 * points into memory that is gone. Those of a MESSAGE_APPEND come first. */
static const size_t slices[] = {
    offsetof(struct cw_store_request, body),     offsetof(struct cw_store_request, blob),
    offsetof(struct cw_store_request, waveform), offsetof(struct cw_store_request, mentions),
    offsetof(struct cw_store_request, name),     offsetof(struct cw_store_request, key),
    offsetof(struct cw_store_request, secret),   offsetof(struct cw_store_request, client),
    offsetof(struct cw_store_request, active),   offsetof(struct cw_store_request, invitation),
    offsetof(struct cw_store_request, address),  offsetof(struct cw_store_request, looks),
    offsetof(struct cw_store_request, expected), offsetof(struct cw_store_request, renewed),
    offsetof(struct cw_store_request, type),     offsetof(struct cw_store_request, code),
    offsetof(struct cw_store_request, network),
};
#define SLICE_COUNT        (sizeof slices / sizeof slices[0])
#define APPEND_SLICE_COUNT 4

/* How much of the struct, and of `slices`, there is. */
static size_t struct_size(const struct cw_store_request *request)
{
    return request->op == CW_STORE_MESSAGE_APPEND ? offsetof(struct cw_store_request, other_id)
                                                  : sizeof *request;
}

static size_t slice_count(const struct cw_store_request *request)
{
    return request->op == CW_STORE_MESSAGE_APPEND ? APPEND_SLICE_COUNT : SLICE_COUNT;
}

static struct cw_slice slice_at(const struct cw_store_request *request, size_t i)
{
    struct cw_slice slice;
    memcpy(&slice, (const uint8_t *)request + slices[i], sizeof slice);
    return slice;
}

/* What a copy takes: the body is not in it when its memory moves; its owner is. */
static size_t copied_size(const struct cw_store_request *request)
{
    size_t size = struct_size(request);
    for (size_t i = 0; i < slice_count(request); i++)
        size += slice_at(request, i).n;
    if (request->body_owner != NULL)
        size += sizeof *request->body_owner - request->body.n;
    return size;
}

size_t cw_store_request_size(const struct cw_store_request *request)
{
    size_t moved = request->body_owner == NULL ? 0 : request->body_owner->slice.n;
    return cw_account_size(copied_size(request)) + cw_account_size(moved);
}

size_t cw_store_result_size(const struct cw_store_request *request)
{
    size_t page = cw_store_op_is_page(request->op) ? CW_PAGE_BYTES_MAX : 0;
    if (request->op == CW_STORE_FILE_READ)
        return CW_FILE_CHUNK_MAX;
    if (request->op == CW_STORE_THUMBNAIL_FIND ||
        (request->op == CW_STORE_FILE_LINKED && request->thumbnail))
        return CW_THUMBNAIL_MAX;
    return cw_store_op_brings_voices(request->op) ? page + CW_VOICE_MESSAGE_MAX : page;
}

struct cw_store_request *cw_store_request_copy(struct cw_pool *pool,
                                               const struct cw_store_request *request)
{
    size_t size = copied_size(request);
    struct cw_store_request *copy = pool == NULL ? cw_alloc(size) : cw_pool_take(pool, size);
    uint8_t *bytes = (uint8_t *)copy + struct_size(request);
    memcpy(copy, request, struct_size(request));
    if (request->body_owner != NULL) {
        assert(request->body_owner->memory != NULL);
        copy->body_owner = (struct cw_owned *)(void *)bytes;
        *copy->body_owner = cw_owned_take(request->body_owner);
        bytes += sizeof *copy->body_owner;
    }
    for (size_t i = 0; i < slice_count(request); i++) {
        struct cw_slice slice = slice_at(request, i);
        if (slice.n == 0 ||
            (slices[i] == offsetof(struct cw_store_request, body) && request->body_owner != NULL))
            continue;
        memcpy(bytes, slice.p, slice.n);
        slice.p = bytes;
        memcpy((uint8_t *)copy + slices[i], &slice, sizeof slice);
        bytes += slice.n;
    }
    return copy;
}

void cw_store_request_destroy(struct cw_pool *pool, struct cw_store_request *request)
{
    if (request == NULL)
        return;
    size_t size = copied_size(request);
    cw_account_give(request->account, request->charged);
    cw_account_release(request->account);
    if (request->body_owner != NULL)
        cw_owned_free(request->body_owner);
    if (pool == NULL)
        free(request);
    else
        cw_pool_give(pool, request, size);
}

bool cw_store_batch_writes(const struct cw_store_request *const requests[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cw_store_op_writes(requests[i]->op))
            return true;
    return false;
}
