/* store_request.c - a request that outlives the step that made it. */
#include <stddef.h>
#include <stdlib.h>

#include "store/store_backend.h"

/* Every slice of a request: one added there must be added here, or its copy
 * points into memory that is gone. */
static const size_t slices[] = {
    offsetof(struct cw_store_request, name),   offsetof(struct cw_store_request, key),
    offsetof(struct cw_store_request, secret), offsetof(struct cw_store_request, client),
    offsetof(struct cw_store_request, body),   offsetof(struct cw_store_request, blob),
    offsetof(struct cw_store_request, active),
};
#define SLICE_COUNT (sizeof slices / sizeof slices[0])

static struct cw_slice slice_at(const struct cw_store_request *request, size_t i)
{
    struct cw_slice slice;
    memcpy(&slice, (const uint8_t *)request + slices[i], sizeof slice);
    return slice;
}

size_t cw_store_request_size(const struct cw_store_request *request)
{
    size_t size = sizeof *request;
    for (size_t i = 0; i < SLICE_COUNT; i++)
        size += slice_at(request, i).n;
    return size;
}

struct cw_store_request *cw_store_request_copy(const struct cw_store_request *request)
{
    struct cw_store_request copied = *request;
    if (request->frame != NULL)
        copied.body.n = 0;
    struct cw_store_request *copy = cw_alloc(cw_store_request_size(&copied));
    *copy = *request;
    uint8_t *bytes = (uint8_t *)(copy + 1);
    for (size_t i = 0; i < SLICE_COUNT; i++) {
        struct cw_slice slice = slice_at(&copied, i);
        if (slice.n != 0)
            memcpy(bytes, slice.p, slice.n);
        slice.p = bytes;
        memcpy((uint8_t *)copy + slices[i], &slice, sizeof slice);
        bytes += slice.n;
    }
    if (request->frame != NULL)
        copy->body = request->body;
    return copy;
}

void cw_store_request_destroy(struct cw_store_request *request)
{
    if (request == NULL)
        return;
    free(request->frame);
    free(request);
}
