/* client_outbox.c - see client_outbox.h. */
#include "client/client_outbox.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

/* Every slice that a request can have. */
static const size_t slices[] = {
#define SLICE_STRING(member)  offsetof(struct cw_msg, member),
#define SLICE_BYTES(member)   offsetof(struct cw_msg, member),
#define SLICE_SAMPLES(member) offsetof(struct cw_msg, member.encoded),
#define SLICE_UNSIGNED(member)
#define SLICE_FEATURES(member)
#define SLICE_LIST(member)
#define CW_FIELD(field, member, type)               SLICE_##type(member)
#define CW_EXTRA(extra, member, type, key, program) SLICE_##type(extras.member)
#include "wire/fields.def"
#undef CW_FIELD
#undef CW_EXTRA
};
#define SLICE_COUNT (sizeof slices / sizeof slices[0])

static struct cw_slice *slice_at(struct cw_msg *msg, size_t i)
{
    return (struct cw_slice *)(void *)((char *)msg + slices[i]);
}

static struct cw_outbox_request *copy_request(const struct cw_msg *msg, size_t room)
{
    struct cw_msg copy = *msg;
    size_t bytes = 0;
    for (size_t i = 0; i < SLICE_COUNT; i++)
        bytes += slice_at(&copy, i)->n;
    if (bytes + sizeof(struct cw_outbox_request) > room)
        return NULL;
    struct cw_outbox_request *request = cw_alloc(sizeof *request + bytes);
    if (request == NULL)
        return NULL;
    request->size = sizeof *request + bytes;
    uint8_t *at = request->bytes;
    for (size_t i = 0; i < SLICE_COUNT; i++) {
        struct cw_slice *slice = slice_at(&copy, i);
        if (slice->n != 0)
            memcpy(at, slice->p, slice->n);
        slice->p = at;
        at += slice->n;
    }
    request->msg = copy;
    return request;
}

bool cw_outbox_add(struct cw_outbox *outbox, int64_t number, const struct cw_msg *msg)
{
    if (outbox->count == CW_OUTBOX_MAX)
        return false;
    struct cw_outbox_request *request = copy_request(msg, CW_OUTBOX_BYTES_MAX - outbox->bytes);
    if (request == NULL)
        return false;
    request->next = NULL;
    request->number = number;
    if (outbox->first == NULL)
        outbox->first = request;
    else
        outbox->last->next = request;
    outbox->last = request;
    outbox->count++;
    outbox->bytes += request->size;
    return true;
}

/* The number of sent requests has its own limit, so a returned one need not fit into the outbox. */
void cw_outbox_return(struct cw_outbox *outbox, struct cw_outbox_request *request)
{
    request->next = outbox->first;
    if (outbox->first == NULL)
        outbox->last = request;
    outbox->first = request;
    outbox->count++;
    outbox->bytes += request->size;
}

struct cw_outbox_request *cw_outbox_pop(struct cw_outbox *outbox)
{
    struct cw_outbox_request *request = outbox->first;
    if (request == NULL)
        return NULL;
    outbox->first = request->next;
    outbox->count--;
    outbox->bytes -= request->size;
    return request;
}

void cw_outbox_finish(struct cw_outbox *outbox)
{
    struct cw_outbox_request *request;
    while ((request = cw_outbox_pop(outbox)) != NULL)
        free(request);
}
