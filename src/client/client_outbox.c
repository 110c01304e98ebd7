/* client_outbox.c - see client_outbox.h. */
#include "client/client_outbox.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

#define SLICES 8

/* Every slice that a request can have. */
static void list_slices(struct cw_msg *msg, struct cw_slice *slices[SLICES])
{
    struct cw_slice *all[SLICES] = {&msg->username, &msg->password,       &msg->token,
                                    &msg->contact,  &msg->recipient,      &msg->group_name,
                                    &msg->content,  &msg->samples.encoded};
    memcpy(slices, all, sizeof all);
}

static struct cw_outbox_request *copy_request(const struct cw_msg *msg, size_t room)
{
    struct cw_msg copy = *msg;
    struct cw_slice *slices[SLICES];
    list_slices(&copy, slices);
    size_t bytes = 0;
    for (size_t i = 0; i < SLICES; i++)
        bytes += slices[i]->n;
    if (bytes + sizeof(struct cw_outbox_request) > room)
        return NULL;
    struct cw_outbox_request *request = cw_alloc(sizeof *request + bytes);
    request->size = sizeof *request + bytes;
    uint8_t *at = request->bytes;
    for (size_t i = 0; i < SLICES; i++) {
        if (slices[i]->n != 0)
            memcpy(at, slices[i]->p, slices[i]->n);
        slices[i]->p = at;
        at += slices[i]->n;
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
